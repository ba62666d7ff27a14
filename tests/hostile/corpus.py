"""Hostile files, made when they are needed: name, content, and whether no entrance may take it.

`MUST_REFUSE` files would harm whoever opens them; the others may be refused or read, but must not break anything.
"""

import gzip
import io
import json
import random
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.certifications.importing import HEADINGS, NATIONAL, csv_bytes, json_bytes, row, xlsx_bytes
from tests.parties.papers import PDF, chunk, image, picture

MEGABYTE = 1 << 20
ZEROS = zlib.compress(b"\0" * (12 * MEGABYTE), 9)
HTML = b"<!doctype html><html><script>alert(document.cookie)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10) for n in range(10)
)
LAUGHS += b"]>"
STRANGER = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FETCHED = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">'
PARAMETER = b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/evil.dtd"> %a;]>'


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file."""

    kind: str
    name: str
    content: bytes
    refused: bool = False  # by every entrance


def workbook() -> bytes:
    return xlsx_bytes([NATIONAL, row()])


def with_parts(parts: dict[str, bytes], *, instead: bool = True, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The plain workbook with parts exchanged or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(made, "w", method) as new:
        for entry in old.infolist():
            if not (instead and entry.filename in parts):
                new.writestr(entry.filename, old.read(entry))
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


def part(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        return book.read(name)


def polyglots() -> Iterator[Hostile]:
    """Files that are two things at once. An image is written anew, so what hung on it is gone."""
    heads = {"pdf": PDF, "png": image(), "jpeg": image("JPEG"), "gif": b"GIF89a" + b"\0" * 64}
    tails = {"html": HTML, "zip": workbook(), "js": b"/*", "php": b"<?php system($_GET[0]);", "exe": b"MZ" + b"\0" * 99}
    for head, first in heads.items():
        for tail, second in tails.items():
            yield Hostile("polyglot", f"{head}-{tail}.pdf", first + second)
            yield Hostile("polyglot", f"{tail}-{head}.xlsx", second + first, refused=tail != "zip")


def disguises() -> Iterator[Hostile]:
    """What it is against what it is called."""
    contents = {
        "html": HTML,
        "svg": SVG,
        "exe": b"MZ" + b"\0" * 300,
        "elf": b"\x7fELF" + b"\0" * 300,
        "shell": b"#!/bin/sh\nrm -rf /\n",
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "gzip": gzip.compress(csv_bytes([row()]), mtime=0),
        "rar": b"Rar!\x1a\x07\x00" + b"\0" * 99,
        "7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 99,
        "xml": b'<?xml version="1.0"?>' + STRANGER + b"<x>&a;</x>",
        "rtf": b"{\\rtf1 {\\object\\objdata 01}}",
        "tiff": b"II*\0" + b"\0" * 99,
        "webp": b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 40,
    }
    for what, content in contents.items():
        for name in ("a.pdf", "a.png", "a.xlsx", "a.docx", "证书.xlsx.exe", "a"):
            yield Hostile("disguise", name, content, refused=True)
        for name in ("a.csv", "a.json"):
            yield Hostile("disguise", name, content, refused=what not in ("html", "svg", "shell", "xml", "rtf"))


def truncated() -> Iterator[Hostile]:
    whole = {"a.pdf": PDF, "a.png": image(), "a.jpg": image("JPEG"), "a.xlsx": workbook()}
    whole |= {"a.json": json_bytes([row()] * 3), "a.csv": csv_bytes([row()] * 3)}
    for name, content in whole.items():
        for share in (1, 5, 20, 50, 80, 95, 99):
            yield Hostile("truncated", name, content[: max(1, len(content) * share // 100)])


def damaged(seed: int = 7) -> Iterator[Hostile]:
    """Some bytes exchanged, the same ones each time."""
    chance = random.Random(seed)
    whole = {
        "a.pdf": PDF,
        "a.png": image(),
        "a.jpg": image("JPEG"),
        "a.xlsx": workbook(),
        "a.json": json_bytes([row()]),
    }
    for name, content in whole.items():
        for _n in range(6):
            bent = bytearray(content)
            for _byte in range(12):
                bent[chance.randrange(len(bent))] = chance.randrange(256)
            yield Hostile("damaged", name, bytes(bent))


def packages() -> Iterator[Hostile]:
    """Workbooks that carry, fetch or run something, or that are no honest packages."""
    for name in ("xl/vbaProject.bin", "xl/embeddings/oleObject1.bin", "xl/externalLinks/externalLink1.xml"):
        yield Hostile("active", "a.xlsx", with_parts({name: b"x"}), refused=True)
    for name in ("xl/activeX/activeX1.xml", "xl/macrosheets/sheet1.xml", "XL/VBAPROJECT.BIN", "xl/connections.xml"):
        yield Hostile("active", "a.xlsx", with_parts({name: b"x"}), refused=True)
    link = (
        b'<Relationship Id="r9" Type="http://x/attachedTemplate" Target="http://127.0.0.1:9/" TargetMode="External"/>'
    )
    rels = part("xl/_rels/workbook.xml.rels").replace(b"</Relationships>", link + b"</Relationships>")
    yield Hostile("active", "a.xlsx", with_parts({"xl/_rels/workbook.xml.rels": rels}), refused=True)
    for inner in ("a.zip", "a.exe", "a.html", "a.js"):
        yield Hostile("nested", "a.xlsx", with_parts({f"xl/media/{inner}": workbook()}), refused=True)
    yield Hostile("nested", "a.zip", with_parts({"a.zip": with_parts({"b.zip": workbook()})}), refused=True)
    for name in ("../../evil.txt", "/etc/evil", "..\\evil.txt", "C:\\evil.txt", "xl/../../evil", "a\0b"):
        yield Hostile("slip", "a.xlsx", with_parts({name: b"x"}), refused="\0" not in name)
    for target in ("/etc/passwd", "../../../etc/shadow"):
        yield Hostile("symlink", "a.xlsx", symlinked(target), refused=True)
    yield from bombs()
    yield from odd_packages()


def symlinked(target: str) -> bytes:
    made = io.BytesIO(workbook())
    with zipfile.ZipFile(made, "a") as book:
        info = zipfile.ZipInfo("xl/link.xml")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        book.writestr(info, target)
    return made.getvalue()


def bombs() -> Iterator[Hostile]:
    zeros = b"\0" * (12 * MEGABYTE)
    for n in (1, 2, 4):
        yield Hostile("bomb", "a.xlsx", with_parts({f"xl/media/{k}.png": zeros for k in range(n)}), refused=True)
    yield Hostile("bomb", "a.xlsx", with_parts({f"xl/{n}.xml": b"" for n in range(2_100)}), refused=True)
    yield Hostile("bomb", "a.xlsx", understated(with_parts({"xl/media/0.png": zeros})), refused=True)
    yield Hostile("bomb", "a.xlsx", b"".join([workbook()] * 2 + [b"\0" * 5 * MEGABYTE]))


def understated(content: bytes) -> bytes:
    """The directory says ten bytes of a part that unpacks to megabytes."""
    big = struct.pack("<I", 12 * MEGABYTE)
    return content.replace(big, struct.pack("<I", 10))


def odd_packages() -> Iterator[Hostile]:
    encrypted = bytearray(workbook())
    for at in range(len(encrypted) - 10):
        if encrypted[at : at + 4] == b"PK\x01\x02":
            encrypted[at + 8] |= 1
        elif encrypted[at : at + 4] == b"PK\x03\x04":
            encrypted[at + 6] |= 1
    yield Hostile("locked", "a.xlsx", bytes(encrypted), refused=True)
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED):
        yield Hostile("method", "a.xlsx", with_parts({}, method=method))
    yield Hostile("empty package", "a.xlsx", b"PK\x05\x06" + b"\0" * 18, refused=True)
    yield Hostile("before", "a.xlsx", b"MZ" + b"\0" * 500 + workbook(), refused=True)
    yield Hostile("behind", "a.xlsx", workbook() + HTML)
    with zipfile.ZipFile(made := io.BytesIO(workbook()), "a") as book:
        book.comment = HTML
    yield Hostile("comment", "a.xlsx", made.getvalue())


def sheets() -> Iterator[Hostile]:
    """Workbooks whose XML is a trap."""
    sheet, strings, types = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"
    for target in (sheet, strings, "xl/workbook.xml", types, "xl/styles.xml"):
        plain = part(target)
        at = plain.index(b"?>") + 2
        for trap in (LAUGHS, STRANGER, FETCHED, PARAMETER):
            yield Hostile("entities", "a.xlsx", with_parts({target: plain[:at] + trap + plain[at:]}))
    plain = part(sheet)
    body = plain.index(b"<sheetData>") + len(b"<sheetData>")
    cells = {
        "far": b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "farther": b'<row r="9999999"><c r="ZZZZZ9999999"><v>1</v></c></row>',
        "nowhere": b'<row r="-1"><c r="A-1"><v>1</v></c></row>',
        "no string": b'<row r="9"><c r="A9" t="s"><v>99999999</v></c></row>',
        "negative string": b'<row r="9"><c r="A9" t="s"><v>-1</v></c></row>',
        "formula": b'<row r="9"><c r="A9"><f>WEBSERVICE("http://127.0.0.1:9/")</f><v>1</v></c></row>',
        "command": b'<row r="9"><c r="A9" t="str"><f>cmd|"/C calc"!A0</f><v>x</v></c></row>',
        "huge number": b'<row r="9"><c r="A9"><v>' + b"9" * 5_000 + b"</v></c></row>",
        "strange date": b'<row r="9"><c r="F9" s="1"><v>1e308</v></c></row>',
        "deep": b"<a>" * 20_000 + b"</a>" * 20_000,
        "long text": b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"a" * 2 * MEGABYTE + b"</t></is></c></row>",
    }
    for kind, added in cells.items():
        yield Hostile(f"sheet {kind}", "a.xlsx", with_parts({sheet: plain[:body] + added + plain[body:]}))
    wide = plain.replace(b'<dimension ref="', b'<dimension ref="A1:XFD1048576"/><dimension ref="')
    yield Hostile("sheet claims all", "a.xlsx", with_parts({sheet: wide}))


def texts() -> Iterator[Hostile]:
    good = csv_bytes([row()])
    head = ",".join(NATIONAL).encode()
    odd = {
        "NUL": good.replace(b"R0S", b"R\0S"),
        "only NUL": b"\0" * 5_000,
        "newlines": b"\n" * 200_000,
        "returns": good.replace(b"\n", b"\r"),
        "commas": head + b"\n" + b"," * MEGABYTE,
        "columns": b",".join([b"a"] * 100_000) + b"\n" + b",".join([b"1"] * 100_000),
        "open quote": head + b'\n"' + b"a\n" * 100_000,
        "long cell": head + b"\n" + b"a" * (2 * MEGABYTE),
        "utf-16": good.decode().encode("utf-16"),
        "half utf-16": b"\xff\xfe" + good,
        "utf-7": head + b"\n+ADw-script+AD4-",
        "mixed": good + "示例,茶业\n".encode("gb18030") + "示例\n".encode(),
        "surrogates": head + b"\n\xed\xa0\x80,x",
        "bidi": head + "\n\u202e\u2066,x".encode(),
        "formula": head + b'\n=HYPERLINK("http://127.0.0.1:9/"),@SUM(1),+1,-1',
        "sql": head + b"\n'; DROP TABLE certifications_certificate; --,x",
        "no header": b"a,b,c\n" * 1_000,
        "twice the header": head + b"\n" + head,
    }
    for kind, content in odd.items():
        yield Hostile(f"csv {kind}", "a.csv", content)
    values = {
        "deep": b"[" * 100_000,
        "deep map": b'[{"a":' * 20_000,
        "deep inside": b'[{"certNumber":' + b"[" * 50_000 + b"]" * 50_000 + b"}]",
        "big number": b'[{"certNumber": 1e400, "orgName": ' + b"9" * 100_000 + b"}]",
        "not a number": b'[{"certNumber": NaN, "orgName": Infinity}]',
        "twice": b'[{"certNumber": "a", "certNumber": "b"}]',
        "lone surrogate": b'[{"certNumber": "\\ud800"}]',
        "NUL": b'[{"certNumber": "a\\u0000b"}]',
        "behind": json_bytes([row()]) + b"x",
        "object": b'{"certNumber": "a"}',
        "nulls": b"[" + b"null," * 200_000 + b"null]",
        "long key": json.dumps([{"k" * MEGABYTE: 1}]).encode(),
        "many keys": json.dumps([{f"k{n}": n for n in range(20_000)}]).encode(),
        "prototype": b'[{"__proto__": {"x": 1}, "constructor": 1, "__class__": "x"}]',
        "bad utf-8": b'[{"certNumber": "\xff\xfe\xc0\x80"}]',
    }
    for kind, content in values.items():
        yield Hostile(f"json {kind}", "a.json", content)


def pictures() -> Iterator[Hostile]:
    for width, height in ((30_000, 30_000), (2**31 - 1, 1), (1, 2**31 - 1), (2**31 - 1, 2**31 - 1), (0, 0)):
        yield Hostile("pixels", "a.png", picture(width, height), refused=True)
    for kind, data in (
        (b"zTXt", b"k\0\0" + ZEROS),
        (b"iTXt", b"k\0\1\0\0\0" + ZEROS),
        (b"iCCP", b"p\0\0" + ZEROS),
        (b"acTL", struct.pack(">II", 2**31 - 1, 0)),
        (b"eXIf", b"II*\0" + b"\xff" * 1_000),
    ):
        yield Hostile("chunk", "a.png", picture(40, 30, chunk(kind, data)))
    for at in (0xC0, 0xC2):  # the size in a JPEG's frame header
        bent = bytearray(image("JPEG"))
        where = bent.find(bytes([0xFF, at]))
        if where > 0:
            bent[where + 5 : where + 9] = b"\xff\xff\xff\xff"
        yield Hostile("pixels", "a.jpg", bytes(bent))
    yield Hostile("endless", "a.jpg", image("JPEG")[:-2] + b"\xff\xfe\xff\xff" * 50_000)
    yield Hostile("vector", "a.svg", b'<?xml version="1.0"?>' + LAUGHS + SVG, refused=True)


def papers() -> Iterator[Hostile]:
    catalogue = b"/Catalog"
    for kind, added in {
        "script": b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>",
        "escaped script": b"/OpenAction<</S/J#61vaScript/JS(x)>>",
        "launch": b"/AA<</O<</S/Launch/F(cmd.exe)>>>>",
        "attachment": b"/Names<</EmbeddedFiles 3 0 R>>",
        "form": b"/AcroForm<</XFA 3 0 R>>",
        "submit": b"/OpenAction<</S/SubmitForm/F(http://127.0.0.1:9/)>>",
        "media": b"/RichMedia<<>>",
    }.items():
        yield Hostile(f"pdf {kind}", "a.pdf", PDF.replace(catalogue, catalogue + added), refused=True)
    hidden = zlib.compress(b"1 0 <</S/JavaScript/JS(x)>>")
    for content, kind in ((hidden, "hidden script"), (ZEROS * 6, "bomb")):
        stream = b"9 0 obj<</Type/ObjStm/Filter/FlateDecode/Length %d>>stream\n" % len(content) + content
        made = PDF.replace(b"trailer", stream + b"\nendstream endobj\ntrailer")
        yield Hostile(f"pdf {kind}", "a.pdf", made, refused=kind == "hidden script")
    yield Hostile("pdf locked", "a.pdf", PDF.replace(b"trailer<<", b"trailer<</Encrypt 9 0 R"), refused=True)
    yield Hostile("pdf of streams", "a.pdf", PDF.replace(b"trailer", b"stream\n" * 200_000 + b"trailer"))
    yield Hostile("pdf of names", "a.pdf", PDF.replace(b"trailer", b"/#41" * 500_000 + b"trailer"))
    yield Hostile("pdf late", "a.pdf", HTML + PDF, refused=True)
    yield Hostile("pdf long", "a.pdf", PDF + b"%" * (11 * MEGABYTE), refused=True)


def names() -> Iterator[Hostile]:
    for name in (
        *("a\0.exe.csv", "../../../etc/cron.d/x.csv", "..\\..\\x.csv", "/etc/passwd.csv", "C:\\x.csv", "CON.csv"),
        *("\u202egpj.csv", "a\r\nSet-Cookie: x.csv", "<img src=x onerror=alert(1)>.csv", "a" * 5_000 + ".csv", ".csv"),
        *("a.csv\0.xlsx", "=cmd().csv", "%2e%2e%2fx.csv", "a.CSV ", "-rf.csv", "💥.csv"),
    ):
        yield Hostile("name", name, csv_bytes([row()]))
    yield Hostile("name", "模板.csv", ",".join(HEADINGS).encode())


def corpus() -> Iterator[Hostile]:
    """All of them, in a fixed order."""
    for family in (polyglots, disguises, truncated, damaged, packages, sheets, texts, pictures, papers, names):
        yield from family()
