"""The hostile corpus, made at run time: more than two hundred files, each refused with its reason."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator

import pytest

from apps.core.problems import Problem
from apps.core.uploads import CASE_FILE, check_document
from apps.documents.models import Document
from tests.core import packages
from tests.documents.conftest import CASE
from tests.parties import papers
from tests.parties.browsing import browse
from tests.parties.papers import PDF, image, upload

GOOD = {
    "a.pdf": PDF,
    "a.png": image(size=(64, 64)),
    "a.jpg": image("JPEG", size=(64, 64)),
    "a.xlsx": packages.xlsx(),
    "a.docx": packages.docx(),
}
OTHER_KINDS = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "xml": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "exe": b"MZ\x90\x00" + bytes(200),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "php": b"<?php system($_GET['c']); ?>",
    "class": b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(100),
    "ole document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "rtf": b"{\\rtf1{\\object\\objocx}}",
    "postscript": b"%!PS-Adobe-3.0\n(%pipe%id) (w) file\n",
    "gif": b"GIF89a" + bytes(60),
    "bmp": b"BM" + bytes(100),
    "tiff": b"II*\x00" + bytes(100),
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(60),
    "icon": b"\x00\x00\x01\x00\x01\x00" + bytes(60),
    "psd": b"8BPS\x00\x01" + bytes(60),
    "swf": b"FWS\x08" + bytes(60),
    "wasm": b"\x00asm\x01\x00\x00\x00",
    "gzip": gzip.compress(b"x" * 1000),
    "zlib": zlib.compress(b"x" * 1000),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(60),
    "rar": b"Rar!\x1a\x07\x00" + bytes(60),
    "cabinet": b"MSCF" + bytes(60),
    "mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(60),
    "mp3": b"ID3\x03\x00" + bytes(60),
    "font": b"\x00\x01\x00\x00\x00\x0c" + bytes(60),
    "sqlite": b"SQLite format 3\x00" + bytes(100),
    "shortcut": b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(100),
    "text": "营业执照".encode(),
    "utf-16 text": "营业执照".encode("utf-16"),
    "zeros": bytes(1000),
    "nul and line breaks": b"\x00\r\n" * 100,
}


def corpus() -> Iterator[tuple[str, bytes]]:
    """Name and content of each file."""
    yield from ((f"paper {kind}", content) for kind, (content, _code) in papers.BAD.items() if kind != "too large")
    yield from ((f"package {kind}", make()) for kind, (make, _code) in packages.BAD.items())
    yield from OTHER_KINDS.items()
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../../etc/passwd"))
    yield "tar", written.getvalue()
    for name, content in GOOD.items():
        for tenth in range(1, 9):  # a picture that only lacks its end is whole once it is written anew
            yield f"{name} cut at {tenth}0 %", content[: len(content) * tenth // 10]
        for kind in ("html", "exe", "gif", "shell", "php", "gzip", "svg", "elf", "7z", "zeros"):
            yield f"{kind} before {name}", OTHER_KINDS[kind] + content
        if name.endswith("x"):
            yield from ((f"{kind} after {name}", content + OTHER_KINDS[kind]) for kind in ("html", "exe", "php"))
    yield from ((f"{name} as text", content.hex().encode()) for name, content in GOOD.items())
    yield from ((f"{name} backwards", content[::-1]) for name, content in GOOD.items())
    yield from ((f"{name} without its first byte", content[1:]) for name, content in GOOD.items())


def test_each_of_two_hundred_files_is_refused_with_a_reason() -> None:
    files = list(corpus())
    assert len(files) >= 200
    passed = []
    for name, content in files:
        outcome = check_document(upload(content, f"{name}.pdf"), "upload", CASE_FILE)
        if isinstance(outcome, Problem):
            assert outcome.rule
            assert outcome.remedy
            assert outcome.place == "upload"
        else:
            passed.append(name)
    assert passed == []


@pytest.mark.django_db
def test_over_http_too(case) -> None:
    client = browse(case.person)
    for name, content in [*OTHER_KINDS.items(), *((kind, make()) for kind, (make, _c) in packages.BAD.items())]:
        answer = client.post(f"/documents/of/{CASE}/7/", {"kind": "manual", "upload": upload(content, f"{name}.pdf")})
        assert answer.status_code == 422, name
    assert not Document.objects.exists()
