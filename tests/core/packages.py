"""Office files for tests: good ones, and a corpus of bad ones, made when asked for."""

import io
import stat
import zipfile
from collections.abc import Callable

import xlsxwriter

DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
)


def xlsx(rows: int = 3) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet("能力附表")
        for n in range(rows):
            sheet.write_string(n, 0, f"项目{n}")
    return written.getvalue()


def docx(*, main: str = DOCX_MAIN, types: str = TYPES, **parts: str | bytes) -> bytes:
    """A small document. `parts` are added under their names, __ standing for a slash and _dot_ for a dot."""
    named = {name.replace("__", "/").replace("_dot_", "."): value for name, value in parts.items()}
    return package({"[Content_Types].xml": types.format(main=main), "word/document.xml": "<d/>", **named})


def package(parts: dict[str, str | bytes], before: bytes = b"", comment: bytes = b"") -> bytes:
    written = io.BytesIO()
    written.write(before)
    with zipfile.ZipFile(written, "a" if before else "w", zipfile.ZIP_DEFLATED) as target:
        for name, value in parts.items():
            target.writestr(name, value)
        target.comment = comment
    return written.getvalue()


def relation(kind: str, target: str) -> str:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{RELS}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )


def symlink() -> bytes:
    written = io.BytesIO(docx())
    with zipfile.ZipFile(written, "a") as target:
        info = zipfile.ZipInfo("word/media/a.png")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        target.writestr(info, "/etc/passwd")
    return written.getvalue()


def locked() -> bytes:
    """Marked as encrypted in the directory and in the part's own header."""
    content = bytearray(docx())
    content[content.rfind(b"PK\x03\x04") + 6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying_about_sizes() -> bytes:
    """The directory promises one byte for a part that unpacks to many."""
    content = bytearray(docx(word__media__a_dot_bin=b"0" * 500_000))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1).to_bytes(4, "little")
    return bytes(content)


def many_parts() -> bytes:
    return docx(**{f"word__m__{n}": "" for n in range(2_001)})


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "macro": (lambda: docx(word__vbaProject_dot_bin=b"x"), "active"),
    "macro in capitals": (lambda: docx(word__VBAPROJECT_dot_BIN=b"x"), "active"),
    "embedded object": (lambda: docx(word__embeddings__oleObject1_dot_bin=b"x"), "active"),
    "external link": (lambda: docx(xl__externalLinks__externalLink1_dot_xml="<x/>"), "active"),
    "activex": (lambda: docx(word__activeX__activeX1_dot_xml="<x/>"), "active"),
    "connections": (lambda: docx(xl__connections_dot_xml="<x/>"), "active"),
    "chunk of html": (lambda: docx(word__afchunk_dot_html="<script>"), "active"),
    "program inside": (lambda: docx(word__media__a_dot_exe=b"MZ"), "active"),
    "zip inside": (lambda: docx(word__media__a_dot_zip=b"PK"), "active"),
    "template from elsewhere": (
        lambda: docx(word___rels__settings_dot_xml_dot_rels=relation("attachedTemplate", "http://example.org/a.dotm")),
        "active",
    ),
    "picture from elsewhere": (
        lambda: docx(word___rels__document_dot_xml_dot_rels=relation("image", "http://example.org/a.png")),
        "active",
    ),
    "entities in a relation": (
        lambda: docx(word___rels__a_dot_rels='<!DOCTYPE a [<!ENTITY b "c">]><Relationships>&b;</Relationships>'),
        "archive",
    ),
    "bomb by ratio": (lambda: docx(word__big_dot_xml=b"0" * 20_000_000), "bomb"),
    "bomb by parts": (many_parts, "bomb"),
    "slip": (lambda: package({**_plain(), "../../evil.xml": "x"}), "archive"),
    "absolute": (lambda: package({**_plain(), "/etc/passwd": "x"}), "archive"),
    "backslash": (lambda: package({**_plain(), "word\\..\\evil": "x"}), "archive"),
    "twice the same name": (lambda: package({**_plain(), "WORD/document.xml": "x"}), "archive"),
    "symlink": (symlink, "archive"),
    "locked": (locked, "locked"),
    "lying about sizes": (lying_about_sizes, "archive"),
    "something after it": (lambda: docx() + b"<script>", "archive"),
    "comment": (lambda: package(_plain(), comment=b"<script>alert(1)</script>"), "archive"),
    "cut": (lambda: docx()[:-10], "type"),
    "something before it": (lambda: package(_plain(), before=b"MZ\x90\x00"), "type"),
    "a picture before it": (lambda: package(_plain(), before=b"GIF89a" + b"\0" * 30), "type"),
    "macro document by type": (
        lambda: docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "type",
    ),
    "template by type": (lambda: docx(main=DOCX_MAIN.replace("document.main", "template.main")), "type"),
    "both word and excel": (
        lambda: docx(
            types=TYPES.replace(
                "</Types>",
                '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
                'spreadsheetml.sheet.main+xml"/></Types>',
            )
        ),
        "type",
    ),
    "no types": (lambda: package({"word/document.xml": "x"}), "type"),
    "entities in the types": (
        lambda: docx(types='<!DOCTYPE a [<!ENTITY b "c">]>' + TYPES.removeprefix('<?xml version="1.0"?>')),
        "type",
    ),
    "java archive": (lambda: package({"META-INF/MANIFEST.MF": "Main-Class: A", "A.class": b"\xca\xfe"}), "type"),
    "presentation": (
        lambda: docx(main="application/vnd.openxmlformats-officedocument.presentationml.main+xml"),
        "type",
    ),
    "open document": (lambda: package({"mimetype": "application/vnd.oasis.opendocument.text"}), "type"),
}


def _plain() -> dict[str, str | bytes]:
    return {"[Content_Types].xml": TYPES.format(main=DOCX_MAIN), "word/document.xml": "<d/>"}
