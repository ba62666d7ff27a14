"""The trail as CSV and XLSX. Codes stay text, and nothing in a cell is ever read as a formula."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from apps.audit.models import AuditEntry
from apps.audit.rules import guarded
from apps.core.calendar import SHANGHAI

COLUMNS = (
    (_("编号"), 10),
    (_("时间"), 20),
    (_("操作人编号"), 10),
    (_("操作人"), 20),
    (_("所代表的组织"), 12),
    (_("操作"), 30),
    (_("对象类型"), 16),
    (_("对象"), 20),
    (_("变更前"), 40),
    (_("变更后"), 40),
    (_("理由"), 30),
    (_("请求编号"), 38),
    (_("地址"), 16),
)


def csv_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Lines of CSV, with the byte-order mark that makes spreadsheet programs read UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([str(title) for title, _width in COLUMNS])
    for entry in entries:
        writer.writerow(_cells(entry))
        if buffer.tell() > 64_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def xlsx_bytes(entries: Iterable[AuditEntry]) -> bytes:
    """A workbook of one sheet: a frozen header, filters, every cell text."""
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(str(_("审计记录")))
        bold = book.add_format({"bold": True})
        for column, (title, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, str(title), bold)
        sheet.freeze_panes(1, 0)
        row = 0
        for row, entry in enumerate(entries, start=1):
            for column, text in enumerate(_cells(entry)):
                sheet.write_string(row, column, text[:32_000])
        sheet.autofilter(0, 0, row, len(COLUMNS) - 1)
    return target.getvalue()


def _cells(entry: AuditEntry) -> list[str]:
    values: list[Any] = [
        entry.pk,
        entry.at.astimezone(SHANGHAI).isoformat(sep=" ", timespec="milliseconds"),
        entry.actor_id,
        entry.actor_label,
        entry.organisation_id,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        _json(entry.before),
        _json(entry.after),
        entry.reason,
        entry.request_id,
        entry.ip,
    ]
    return [guarded("" if value is None else str(value)) for value in values]


def _json(value: dict[str, Any] | None) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
