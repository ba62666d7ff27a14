"""Opening a stored import file: sheets by core's readers, and JSON, whose first record is row 1."""

import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson
from django.utils.translation import gettext as _

from apps.certifications.rules.import_fields import COLUMNS, FIELDS
from apps.core.tables.columns import Header, shown
from apps.core.tables.reading import Broken, Row, Source, Unreadable, as_text, number_text, open_csv, open_xlsx

Events = Iterator[tuple[str, Any]]


def open_source(path: Path, kind: str, encoding: str) -> Source:
    """Open a stored import file. Raises Unreadable if there is no header or the file cannot be parsed at all."""
    if kind == "csv":
        return open_csv(path, encoding, COLUMNS)
    return open_xlsx(path, COLUMNS) if kind == "xlsx" else _open_json(path, encoding)


def _open_json(path: Path, encoding: str) -> Source:
    with as_text(path, encoding) as sample:
        if sample.read(4096).lstrip()[:1] != "[":
            raise Unreadable(_("JSON 的最外层应是列表，形如 [{…}, {…}]。"))
    text = as_text(path, encoding)
    names = tuple(f.name for f in FIELDS)
    header = Header(tuple(f.code for f in FIELDS), names, -1, (), (), ())
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
            cells[place] = value if event == "string" else number_text(value)
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
    name = COLUMNS.name_of(key)
    place = next((i for i, f in enumerate(FIELDS) if f.name == name), -1)
    if place < 0 or place in known.values():
        unread.append(shown(key[:200]))
        place = -1
    known[key] = place
    return place
