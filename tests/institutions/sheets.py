"""Scope sheets for tests: CSV and XLSX with the template's headings."""

import csv
import io

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.institutions.rules.scope_columns import COLUMNS

HEADINGS = [column.heading for column in COLUMNS.listed]
TOYS = ["轻工", "玩具", "铅迁移量", "GB 6675.4-2014", "玩具安全", "", ""]


def row(**parts: str) -> list[str]:
    """A good row with some of its cells changed."""
    cells = dict(zip(COLUMNS.by_name, TOYS, strict=True))
    return list({**cells, **parts}.values())


def many(count: int) -> list[list[str]]:
    return [row(parameter=f"参数{n}", object=f"玩具{n % 40}") for n in range(count)]


def as_csv(rows: list[list[str]], name: str = "scope.csv", headings: list[str] | None = None) -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows([headings or HEADINGS, *rows])
    return SimpleUploadedFile(name, b"\xef\xbb\xbf" + text.getvalue().encode())


def as_xlsx(rows: list[list[str]], name: str = "scope.xlsx") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("附表")
        for n, cells in enumerate([["检验检测机构资质认定能力附表"], HEADINGS, *rows]):
            for column, text in enumerate(cells):
                sheet.write_string(n, column, text)
    return SimpleUploadedFile(name, buffer.getvalue())
