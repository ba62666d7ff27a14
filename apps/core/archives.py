"""Office files are packages: what their directory says is read first, before anything is unpacked.

A workbook of 617 KB took 1.2 GiB of memory to open, so sizes, ratio and number of parts are
judged by the central directory; parts that run or fetch something are refused by name and by relation.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

_OOXML = "application/vnd.openxmlformats-officedocument."
XLSX = _OOXML + "spreadsheetml.sheet"
DOCX = _OOXML + "wordprocessingml.document"
OFFICE = {XLSX: XLSX + ".main+xml", DOCX: DOCX + ".main+xml"}

MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
RATIO_FROM = 1024 * 1024  # below this size a ratio says nothing: an empty sheet compresses a thousandfold
MAX_TYPES_PART = 1024 * 1024
_CONTENT_TYPES = "[Content_Types].xml"
# Parts that run, carry other files, or fetch from elsewhere.
_REFUSED_PARTS = (
    "vbaproject",
    "vbadata",
    "embeddings/",
    "externallink",
    "activex",
    "oleobject",
    "macrosheets",
    "dialogsheets",
    "connections.xml",
    "querytables/",
    "webextensions/",
    "attachedtoolbars",
    "customui",
    "altchunk",
    "afchunk",
)
_NESTED = (
    ".zip",
    ".exe",
    ".dll",
    ".js",
    ".vbs",
    ".bat",
    ".cmd",
    ".scr",
    ".lnk",
    ".jar",
    ".7z",
    ".rar",
    ".html",
    ".svg",
)
_BROKEN = (
    zlib.error,
    zipfile.BadZipFile,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    zipfile.LargeZipFile,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a package is not taken."""

    code: str
    rule: str
    remedy: str


def main_type(content: bytes) -> str:
    """Which of our types the package says it is; empty if none, or if it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            info = package.getinfo(_CONTENT_TYPES)
            if info.file_size > MAX_TYPES_PART or len(package.infolist()) > MAX_ENTRIES * 5:
                return ""
            root = ElementTree.fromstring(package.read(info))
    except (KeyError, ElementTree.ParseError, DefusedXmlException, *_BROKEN):
        return ""
    named = {element.get("ContentType") for element in root.iter() if element.tag.endswith("Override")}
    found = [kind for kind, main in OFFICE.items() if main in named]
    return found[0] if len(found) == 1 else ""


def fault_of(content: bytes) -> Fault | None:
    """What is wrong with an office file, the cheapest questions first; None if it may be kept."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            fault = _size_fault(parts) or _name_fault(parts) or _shape_fault(content, package)
            return fault or _content_fault(package, parts)
    except (ElementTree.ParseError, DefusedXmlException, *_BROKEN):
        return _broken()


def _size_fault(parts: list[zipfile.ZipInfo]) -> Fault | None:
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > MAX_ENTRIES:
        return Fault("bomb", _("文件内部条目过多"), _("请另存为新文件后上传"))
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked / packed > MAX_RATIO):
        return Fault("bomb", _("文件解压后过大"), _("请删去多余的空行、空表或图片后另存"))
    return None


def _name_fault(parts: list[zipfile.ZipInfo]) -> Fault | None:
    names = [part.filename for part in parts]
    if len({name.casefold() for name in names}) != len(names):
        return _broken()
    for part in parts:
        name = part.filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            return _broken()
        if stat.S_ISLNK(part.external_attr >> 16):
            return _broken()
        if part.flag_bits & 0x1:
            return Fault("locked", _("文件设有密码，无法检查"), _("请去掉密码后另存"))
        low = name.casefold()
        if any(refused in low for refused in _REFUSED_PARTS) or low.endswith(_NESTED):
            rule = _("文件含宏、嵌入对象或外部链接，不能接收")
            return Fault("active", rule, _("请另存为不含宏和嵌入对象的文件，或打印为 PDF"))
    return None


def _shape_fault(content: bytes, package: zipfile.ZipFile) -> Fault | None:
    """Nothing before the first part, nothing after the directory: the file is this package and no other thing too."""
    starts = min((part.header_offset for part in package.infolist()), default=-1)
    ends_plain = not package.comment and content[-22:-18] == b"PK\x05\x06"
    return None if starts == 0 and content.startswith(b"PK\x03\x04") and ends_plain else _broken()


def _content_fault(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Fault | None:
    """Every part reads as long as promised; no relation but a hyperlink leads out of the file."""
    for part in parts:
        with package.open(part) as stream:
            if part.filename.casefold().endswith(".rels"):
                if part.file_size > MAX_TYPES_PART * 8 or any(_fetching(stream.read())):
                    rule = _("文件引用外部模板或数据源，不能接收")
                    return Fault("active", rule, _("请断开外部链接后另存，或打印为 PDF"))
            else:
                while stream.read(256 * 1024):
                    pass
    return None


def _fetching(relations: bytes) -> Iterator[bool]:
    for element in ElementTree.fromstring(relations).iter():
        external = (element.get("TargetMode") or "").casefold() == "external"
        if external and not (element.get("Type") or "").casefold().endswith("/hyperlink"):
            yield True


def _broken() -> Fault:
    return Fault("archive", _("文件已损坏，或被改动过"), _("请用办公软件打开并另存一份后上传"))
