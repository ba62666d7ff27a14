"""Reading sheets row by row, never whole: CSV and XLSX both become (row number, cells as text).

A row number is what a spreadsheet shows: records counted from 1 with everything above the header. A record that
cannot even be cut into cells comes as `Broken`; it counts as a row like any other.
"""

import csv
import datetime as dt
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from apps.core.tables.columns import HEADER_SEARCH_ROWS, Columns, Header

CELL_LIMIT = 1 << 20
LONGEST_RECORD = 50  # physical lines; more means a quotation mark that never closes
INSTRUCTIONS = "填写说明"  # second sheet of the template


class Unreadable(Exception):
    """The file as a whole cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that is none, or a cell that is no value."""

    code: str
    column: str = ""
    value: str = ""


Row = tuple[int, list[str] | Broken]


@dataclass
class Source:
    """An opened file: its header, and its rows after the header. Close it with `close`."""

    header: Header
    rows: Iterator[Row]
    sheet: str = ""
    unread: list[str] = field(default_factory=list)
    text: "io.TextIOWrapper[io.BufferedReader] | None" = None

    def position(self) -> int:
        """Bytes read so far; 0 where that cannot be said."""
        return self.text.buffer.tell() if self.text is not None and not self.text.closed else 0

    def close(self) -> None:
        if self.text is not None:
            self.text.close()


def _need_header(rows: list[list[str]], columns: Columns) -> Header:
    header = columns.find_header(rows)
    if header is None:
        wanted = [columns.by_name[name].heading for name in columns.template[:2]]
        told = {"n": HEADER_SEARCH_ROWS, "first": wanted[0], "second": wanted[1]}
        raise Unreadable(_("前%(n)d行里没有找到表头。表头应含有“%(first)s”“%(second)s”等列名，可下载模板对照。") % told)
    return header


# CSV


def open_csv(path: Path, encoding: str, columns: Columns) -> Source:
    """A CSV file with any of the usual delimiters. Raises Unreadable if it has no header."""
    csv.field_size_limit(CELL_LIMIT)
    with as_text(path, encoding) as sample:
        delimiter = _delimiter(sample)
    text = as_text(path, encoding)
    reader = csv.reader(text, delimiter=delimiter)
    try:
        head = _csv_head(reader)
        header = _need_header([cells for cells, _lines in head], columns)
    except Unreadable:
        text.close()
        raise
    started = [(row, cells, lines) for row, (cells, lines) in enumerate(head, start=1) if row > header.last + 1]
    return Source(header, _csv_rows(reader, started, len(head)), text=text)


def as_text(path: Path, encoding: str) -> "io.TextIOWrapper[io.BufferedReader]":
    """The file as text. What cannot be decoded becomes U+FFFD, which no cell may hold."""
    return io.TextIOWrapper(path.open("rb"), encoding=encoding, errors="replace", newline="")


def _delimiter(lines: Iterator[str]) -> str:
    sample = "".join(itertools.islice((line[:4096] for line in lines), HEADER_SEARCH_ROWS))
    return max(",\t;", key=sample.count)


def _csv_head(reader: Any) -> list[tuple[list[str], int]]:
    head = []
    for cells in _guarded(reader):
        head.append((cells, reader.line_num))
        if len(head) == HEADER_SEARCH_ROWS:
            break
    return head


def _guarded(reader: Any) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise Unreadable(
            _("第%(line)d行附近无法读取：引号没有配对，或单个单元格超过1 MB（%(error)s）。")
            % {"line": reader.line_num, "error": error}
        ) from error


def _csv_rows(reader: Any, started: list[tuple[int, list[str], int]], row: int) -> Iterator[Row]:
    last_line = started[0][2] - 1 if started else reader.line_num
    for number, cells, line in started:
        yield number, _whole(cells, line - last_line)
        last_line = line
    for cells in _guarded(reader):
        row += 1
        line = reader.line_num
        yield (row, cells) if line - last_line <= 1 else (row, _whole(cells, line - last_line))
        last_line = line


def _whole(cells: list[str], lines: int) -> list[str] | Broken:
    if lines <= LONGEST_RECORD:
        return cells
    longest = max(cells, key=len)
    return Broken("quote", value=f"{lines} × ⏎ {longest[:200]}")


# XLSX


def open_xlsx(path: Path, columns: Columns) -> Source:
    """The first sheet of a workbook that has a header. Raises Unreadable if none has."""
    try:
        book = CalamineWorkbook.from_path(path)
        return _best_sheet(book, columns)
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(_("工作簿无法读取：%(error)s。请用表格软件重新另存为 .xlsx。") % {"error": error}) from error


def _best_sheet(book: CalamineWorkbook, columns: Columns) -> Source:
    """The first sheet with a header; the other sheets that hold anything are named, so that nobody misses them."""
    chosen: Source | None = None
    unread = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is None or name == INSTRUCTIONS:
            continue
        head = [_sheet_cells(cells) for cells in itertools.islice(sheet.iter_rows(), HEADER_SEARCH_ROWS)]
        header = columns.find_header(head) if chosen is None else None
        if header is None:
            unread.append(_("工作表“%(name)s”") % {"name": name})
        else:
            chosen = Source(header, _sheet_rows(sheet, header), sheet=name)
    if chosen is None:
        _need_header([], columns)
        raise AssertionError("unreachable")
    chosen.unread = unread
    return chosen


def _sheet_rows(sheet: CalamineSheet, header: Header) -> Iterator[Row]:
    above = sheet.start[0] if sheet.start else 0
    for index, cells in enumerate(sheet.iter_rows()):
        if index > header.last:
            yield above + index + 1, _sheet_cells(cells)


def _sheet_cells(cells: list[Any]) -> list[str]:
    return [cell if type(cell) is str else number_text(cell) for cell in cells]


def number_text(value: Any) -> str:
    """A typed value as text: days as ISO, whole numbers without .0, and what lost digits visibly so."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, float | Decimal):
        return _float_text(value)
    return str(value).upper() if isinstance(value, bool) else str(value)


def _float_text(value: float | Decimal) -> str:
    """A spreadsheet keeps 15 digits: a longer whole number is shown as 2.00901070235837E+15, so that it is refused."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if not -(10**15) < value < 10**15:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else str(value)
