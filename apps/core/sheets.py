"""Writing sheets for people: CSV with a byte-order mark, XLSX, and the guard against formulas in both.

A cell that begins like a formula runs in the reader's spreadsheet (CWE-1236), so such text gets an apostrophe in
front. Codes stay text: a spreadsheet must not turn 0101 into 101 or 18 digits into 5.2E+17.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import xlsxwriter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # some programs fold full width
BOM = "\ufeff"
_CHUNK = 500


def guarded(value: Any) -> str:
    """`value` as text that no spreadsheet takes for a formula. Dates are ISO; None is empty."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, dt.date | dt.datetime) else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The sheet as CSV text, piece by piece, so that no list of any length is held in memory."""
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    writer.writerow([guarded(cell) for cell in header])
    for n, row in enumerate(rows, 1):
        writer.writerow([guarded(cell) for cell in row])
        if n % _CHUNK == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


Notes = tuple[str, Sequence[tuple[str, str]]]  # name of the sheet, its lines
CELL = 32_767  # characters that a cell may hold


def write_xlsx(
    target: BinaryIO, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]], *, notes: Notes | None = None
) -> None:
    """The sheet as XLSX: every cell a string, the header bold and frozen. Rows go to disk as they come.

    `notes` become a second sheet: what the file is, from when, what its columns mean.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_sheet_name(name))
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, guarded(title), bold)
            sheet.set_column(column, column, min(40, max(12, 2 * len(title) + 2)))
        for n, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                sheet.write_string(n, column, guarded(cell)[:CELL])
        if notes is not None:
            about = book.add_worksheet(_sheet_name(notes[0]))
            about.set_column(0, 0, 24)
            about.set_column(1, 1, 80)
            for n, (what, meaning) in enumerate(notes[1]):
                about.write_string(n, 0, guarded(what), bold)
                about.write_string(n, 1, guarded(meaning)[:CELL])


def _sheet_name(name: str) -> str:
    """What a spreadsheet program takes as the name of a sheet."""
    return "".join("_" if ch in "[]:*?/\\" else ch for ch in name)[:31]
