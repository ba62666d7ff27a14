"""From a paper and its parameters to the bytes of a PDF: the same input gives the same bytes, on any machine.

Only the fonts of this repository are used (and those that the installation adds at the end of the list for rare
characters); the time in the file is the paper's own date. A character that no font has refuses the paper.
"""

import datetime as dt
import hashlib
import io
import json
import threading
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from fontTools.ttLib import TTFont

from apps.core.calendar import SHANGHAI
from apps.documents.rules import Paper, texts_of

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
SOURCES = HERE / "typst"
BODY = "NotoSerifSC-Regular.ttf"  # what every other font falls back to, so the one that is asked for a glyph
STANDARDS: list[Any] = ["a-2a", "ua-1"]
_SPACES = frozenset("\n ")
_LARGE = 20_000  # characters of parameters from which on a paper is not to be remembered
_REMEMBERED = 10  # compilations that typst keeps parts of
_lock = threading.Lock()


class CannotRender(Exception):
    """The paper cannot be made from these parameters; trying again would not help. The message is for staff."""


def render(paper: Paper, params: Mapping[str, Any], *, mark: str = "") -> bytes:
    """The paper as PDF/A-2a with tags (PDF/UA-1). `mark` is the text in the place of the seal. Raises CannotRender."""
    if missing := missing_glyphs(params):
        names = "、".join(f"{ch}（U+{ord(ch):04X}）" for ch in missing[:20])
        raise CannotRender(
            _("字库缺少下列字符，不能出具文书：%(names)s。请见《文书与字库手册》补充字库。") % {"names": names}
        )
    date = dt.date.fromisoformat(params["date"])
    stamp = dt.datetime.combine(date, dt.time(), SHANGHAI)
    inputs = json.dumps(_inputs(paper, params, mark), ensure_ascii=False)
    try:
        with _lock:  # one compiler for the process: it keeps the fonts, and is no business of two threads
            made = compiler().compile(
                input=SOURCES / f"{paper.code}.typ",
                format="pdf",
                sys_inputs={"params": inputs},
                pdf_standards=STANDARDS,
                timestamp=int(stamp.timestamp()),
            )
            if len(inputs) > _LARGE:
                _forget()
    except typst.TypstError as error:
        raise CannotRender(f"{error.message} {' '.join(error.hints)}".strip()[:500]) from error
    assert isinstance(made, bytes), "one file, not pages"
    return made


def _forget() -> None:
    """Push a large paper out of typst's memory: a certificate of 800 rows leaves 50 MB there, ten of them 600 MB."""
    for _n in range(_REMEMBERED + 1):
        compiler().compile(input=b"", format="pdf")


def _inputs(paper: Paper, params: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """The parameters, every optional one present, with what the template cannot make itself."""
    empty = {field.name: [] if field.form.name in ("LIST", "ROWS") else "" for field in paper.fields}
    filled = {**empty, **{key: value for key, value in params.items() if value is not None}}
    url = filled.get("verify_url", "")
    with override("zh-hans"):  # the paper's own language, whoever asks
        title = str(paper.label)
    return {**filled, "_title": title, "_qr": qr_svg(url) if url else "", "_mark": mark, "_extra": extra()}


@cache
def compiler() -> typst.Compiler:
    """The typesetter with our fonts, none of the system's, and no way to files outside its folder."""
    folders: list[Any] = [FONTS, *extra_folders()]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    return typst.Compiler(root=SOURCES, font_paths=fonts)


def extra_folders() -> list[Path]:
    """The installation's own folder of further fonts, if there is one."""
    folder = settings.DOCUMENT_FONTS
    return [Path(folder)] if folder and Path(folder).is_dir() else []


def extra() -> list[str]:
    """The families of the further fonts, last in the list of every text."""
    return sorted({_family(path) for path in _extra_files()})


def _extra_files() -> list[Path]:
    return [path for folder in extra_folders() for path in sorted(folder.iterdir()) if path.suffix in (".ttf", ".otf")]


def _family(path: Path) -> str:
    with TTFont(path, lazy=True) as font:
        return str(font["name"].getBestFamilyName())


@cache
def covered() -> frozenset[int]:
    """The code points that some font of ours, or of the installation, can draw."""
    found: set[int] = set()
    for path in (FONTS / BODY, *_extra_files()):
        with TTFont(path, lazy=True) as font:
            found |= set(font.getBestCmap())
    return frozenset(found)


def missing_glyphs(params: Any) -> list[str]:
    """The characters of the parameters that no font has, in order of code point. Private-use ones count as missing."""
    used = {ch for text in texts_of(params) for ch in text} - _SPACES
    return sorted(ch for ch in used if ord(ch) not in covered() or unicodedata.category(ch) == "Co")


def qr_svg(url: str) -> str:
    """The address as a QR code (level M), black on nothing, without a quiet zone: the template leaves one."""
    written = io.BytesIO()
    segno.make(url, error="m", micro=False).save(written, kind="svg", border=0, xmldecl=False, svgclass=None)
    return written.getvalue().decode()


@cache
def source_hash() -> str:
    """What made the paper: the templates and the typesetter's version."""
    digest = hashlib.sha256(version("typst").encode())
    for path in sorted(SOURCES.glob("*.typ")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def version_of(paper: Paper) -> str:
    """The version of a template as it stands beside each document."""
    return f"{paper.revision}-{source_hash()}"
