"""Helps for the tests of imports: files from rows, and a worker that runs until nothing waits."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.certifications.models import ImportBatch
from apps.certifications.rules.import_fields import BY_NAME, TEMPLATE
from apps.certifications.services.imports import batches, running
from apps.core.actors import Actor

ACTOR = Actor.system("test")
NATIONAL = ["certNumber", "orgName", "orgCode", "rzjgId", "authProjCode", "certiEDate", "certiStatus", "zersda"]
HEADINGS = [BY_NAME[name].heading for name in TEMPLATE]
GOOD = ["00126Q10001R0S", "示例·梵净山茶业有限公司", "91371323760038087M", "CNCA-R-2002-001", "A010101"]
GOOD += ["2029-03-17", "01", "20260318"]


def row(**cells: str) -> list[str]:
    """A faultless record in national columns, with some cells exchanged."""
    return [cells.get(name, value) for name, value in zip(NATIONAL, GOOD, strict=True)]


def csv_bytes(rows: Iterable[Sequence[str]], encoding: str = "utf-8", header: Sequence[str] = NATIONAL) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def json_bytes(rows: Iterable[Sequence[Any]]) -> bytes:
    return json.dumps([dict(zip(NATIONAL, cells, strict=True)) for cells in rows], ensure_ascii=False).encode()


def xlsx_bytes(rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook; everything above the data is in `rows` too."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("证书")
        for r, cells in enumerate(rows):
            for c, cell in enumerate(cells):
                sheet.write(r, c, cell)
    return buffer.getvalue()


def upload(content: bytes, name: str = "证书.csv", source: str = "national", actor: Actor = ACTOR) -> ImportBatch:
    file = SimpleUploadedFile(name, content)
    return batches.upload(actor=actor, now=timezone.now(), file=file, source_code=source)


def read(content: bytes, name: str = "证书.csv", **options: Any) -> ImportBatch:
    """Upload and let the worker read."""
    batch = upload(content, name, **options)
    assert running.work(batch.pk, clock=timezone.now)
    batch.refresh_from_db()
    return batch


def write(batch: ImportBatch) -> ImportBatch:
    """Confirm and let the worker write."""
    batches.confirm(actor=ACTOR, now=timezone.now(), batch_id=batch.pk, version=batch.version)
    assert running.work(batch.pk, clock=timezone.now)
    batch.refresh_from_db()
    return batch


def take(content: bytes, name: str = "证书.csv", **options: Any) -> ImportBatch:
    """From file to registry."""
    return write(read(content, name, **options))


def nonzero(batch: ImportBatch) -> dict[str, int]:
    return {row_class: n for row_class, n in batch.counts.items() if n}
