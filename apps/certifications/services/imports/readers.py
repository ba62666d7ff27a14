"""Reading files row by row, never whole: CSV, JSON and XLSX all become (row number, cells as text).

A row number is what a spreadsheet shows: records counted from 1 with everything above the header. For JSON the first
record is row 1. A record that cannot even be cut into cells comes as `Broken`; it counts as a row like any other.
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

import ijson
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from apps.certifications.rules.import_fields import FIELDS, HEADER_SEARCH_ROWS, Header, field_of, find_header, shown

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
Events = Iterator[tuple[str, Any]]


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


def open_source(path: Path, kind: str, encoding: str) -> Source:
    """Open a stored import file. Raises Unreadable if there is no header or the file cannot be parsed at all."""
    opener = {"csv": _open_csv, "json": _open_json, "xlsx": _open_xlsx}[kind]
    return opener(path, encoding)


def _need_header(rows: list[list[str]]) -> Header:
    header = find_header(rows)
    if header is None:
        raise Unreadable(
            _("前%(n)d行里没有找到表头。表头应含有“证书编号”“持证单位”等列名，可下载模板对照。")
            % {"n": HEADER_SEARCH_ROWS}
        )
    return header


# CSV


def _open_csv(path: Path, encoding: str) -> Source:
    csv.field_size_limit(CELL_LIMIT)
    with _text(path, encoding) as sample:
        delimiter = _delimiter(sample)
    text = _text(path, encoding)
    reader = csv.reader(text, delimiter=delimiter)
    try:
        head = _csv_head(reader)
        header = _need_header([cells for cells, _lines in head])
    except Unreadable:
        text.close()
        raise
    started = [(row, cells, lines) for row, (cells, lines) in enumerate(head, start=1) if row > header.last + 1]
    return Source(header, _csv_rows(reader, started, len(head)), text=text)


def _text(path: Path, encoding: str) -> "io.TextIOWrapper[io.BufferedReader]":
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


# JSON


def _open_json(path: Path, encoding: str) -> Source:
    with _text(path, encoding) as sample:
        if sample.read(4096).lstrip()[:1] != "[":
            raise Unreadable(_("JSON 的最外层应是列表，形如 [{…}, {…}]。"))
    text = _text(path, encoding)
    names = tuple(f.name for f in FIELDS)
    header = Header(tuple(f.national for f in FIELDS), names, -1, (), (), ())
    source = Source(header, iter(()), text=text)
    source.rows = _json_rows(text, source.unread)
    return source


class _Utf8:
    """A binary stream for ijson: whatever the file's encoding, damaged characters as U+FFFD."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text

    def read(self, size: int) -> bytes:
        return self._text.read(size).encode("utf-8", "replace")


def _json_rows(text: "io.TextIOWrapper[io.BufferedReader]", unread: list[str]) -> Iterator[Row]:
    try:
        events = ijson.basic_parse(_Utf8(text), buf_size=1 << 16, use_float=True)
        next(events)  # the list itself
        known: dict[str, int] = {}
        for row in itertools.count(1):
            event, value = next(events)
            if event == "end_array":
                break
            yield row, _json_record(event, value, events, known, unread)
        next(events, None)  # whatever follows the list is an error
    except (ijson.JSONError, StopIteration, ValueError, OverflowError) as error:
        place = {"n": text.buffer.tell(), "error": error or _("内容在此中断")}
        raise Unreadable(_("JSON 在第 %(n)d 字节附近有错：%(error)s") % place) from error


def _json_record(
    event: str, value: Any, events: Events, known: dict[str, int], unread: list[str]
) -> list[str] | Broken:
    """One record from the stream of events. What is nested in it is skipped without being built."""
    if event != "start_map":
        _skip(event, events)
        return Broken("not_record", value=event.removeprefix("start_"))
    cells = [""] * len(FIELDS)
    given: set[int] = set()
    broken: Broken | None = None
    for event, value in events:
        if event == "end_map":
            break
        if event == "map_key":
            place = known[value] if value in known else _json_place(value, known, unread)
            broken = broken or _given_before(place, given, cells)
        elif event in ("start_map", "start_array"):
            _skip(event, events)
            broken = broken or (Broken("nested", FIELDS[place].name, event[6:]) if place >= 0 else None)
        elif place >= 0:
            cells[place] = value if event == "string" else _number_text(value)
    return broken or (cells if any(map(str.strip, cells)) else Broken("not_record", value="{}"))


def _given_before(place: int, given: set[int], cells: list[str]) -> Broken | None:
    """A key that stands twice in one record: some parsers keep the first value, some the last, and which is true?"""
    if place >= 0 and place in given:
        return Broken("repeated", FIELDS[place].name, cells[place])
    given.add(place)
    return None


def _skip(event: str, events: Events) -> None:
    """Go past a value, however deep."""
    depth = int(event.startswith("start_"))
    while depth:
        event, _value = next(events)
        depth += event.startswith("start_") - event.startswith("end_")


def _json_place(key: str, known: dict[str, int], unread: list[str]) -> int:
    """Where a key's value belongs, remembered in `known`; -1 if nowhere, or if another key has the place already."""
    name = field_of(key)
    place = next((i for i, f in enumerate(FIELDS) if f.name == name), -1)
    if place < 0 or place in known.values():
        unread.append(shown(key[:200]))
        place = -1
    known[key] = place
    return place


# XLSX


def _open_xlsx(path: Path, encoding: str) -> Source:
    try:
        book = CalamineWorkbook.from_path(path)
        return _best_sheet(book)
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(_("工作簿无法读取：%(error)s。请用表格软件重新另存为 .xlsx。") % {"error": error}) from error


def _best_sheet(book: CalamineWorkbook) -> Source:
    """The first sheet with a header; the other sheets that hold anything are named, so that nobody misses them."""
    chosen: Source | None = None
    unread = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is None or name == INSTRUCTIONS:
            continue
        head = [_sheet_cells(cells) for cells in itertools.islice(sheet.iter_rows(), HEADER_SEARCH_ROWS)]
        header = find_header(head) if chosen is None else None
        if header is None:
            unread.append(_("工作表“%(name)s”") % {"name": name})
        else:
            chosen = Source(header, _sheet_rows(sheet, header), sheet=name)
    if chosen is None:
        _need_header([])
        raise AssertionError("unreachable")
    chosen.unread = unread
    return chosen


def _sheet_rows(sheet: CalamineSheet, header: Header) -> Iterator[Row]:
    above = sheet.start[0] if sheet.start else 0
    for index, cells in enumerate(sheet.iter_rows()):
        if index > header.last:
            yield above + index + 1, _sheet_cells(cells)


def _sheet_cells(cells: list[Any]) -> list[str]:
    return [cell if type(cell) is str else _number_text(cell) for cell in cells]


def _number_text(value: Any) -> str:
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
