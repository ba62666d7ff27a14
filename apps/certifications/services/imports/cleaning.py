"""Cleaning a row: from the file's cells to one line of PostgreSQL's COPY text, or to the faults of its cells.

Everything that repeats in a register (dates, schemes, bodies, states, firms) is read once and remembered: a cell is
then one look-up, which is what lets a million rows through in seconds. Memories are bounded and start afresh when full.
"""

import base64
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from apps.certifications.constants import RowClass
from apps.certifications.rules import import_cells as cells
from apps.core.grams import fold, vector_literal
from apps.core.tables.cells import Fault, long_text, plain_text
from apps.core.tables.columns import Header
from apps.core.tables.problems import CellProblem
from apps.core.tables.reading import Broken, Row
from apps.core.tokens import TOKEN_ALPHABET

NULL = "\\N"
MEMORY = 50_000
LAST_BUCKET = 63
COLUMNS_OF = {  # field -> columns of the staging table that its reader fills, in order
    "number": "number, number_key",
    "holder": "holder_name",
    "code": "code, uscc, org_code, holder_key",
    "body": "approval, body_id",
    "project": "project_code",
    "shape": "shape",
    "status": "status",
    "status_on": "status_on",
    "issued_on": "issued_on",
    "valid_from": "valid_from",
    "valid_to": "valid_to",
    "first_issued_on": "first_issued_on",
    "standard": "standard_text",
    "scope": "scope, scope_text, scope_vector",
    "products": "products, products_text, products_vector",
    "division": "division_code",
}
_NULLABLE = {
    "shape",
    "status_on",
    "issued_on",
    "valid_from",
    "valid_to",
    "first_issued_on",
    "uscc",
    "org_code",
    "body_id",
}
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "␀"})
_TO_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", TOKEN_ALPHABET.encode())


@dataclass(frozen=True, slots=True)
class Reference:
    """What cells are checked against, read once an import: ids of bodies, codes of projects, codes let pass."""

    bodies: Mapping[str, int]
    projects: frozenset[str]
    overridden: frozenset[str]


class Memory(dict[str, Any]):
    """Cell text -> what it means. A missing text is read and, if texts of its kind repeat, remembered."""

    def __init__(self, read: Callable[[str], Any], limit: int) -> None:
        super().__init__()
        self._read, self._limit = read, limit

    def __missing__(self, text: str) -> Any:
        value = self._read(text)
        if self._limit:
            if len(self) >= self._limit:
                self.clear()
            self[text] = value
        return value


def escape(text: str) -> str:
    """Text as COPY's text format wants it."""
    return text.translate(_ESCAPES) if "\\" in text or not text.isprintable() else text


def new_tokens() -> Iterator[str]:
    """Query tokens (rules.new_token) by the thousand: 60 random bits each, written as 12 characters."""
    while True:
        text = base64.b32encode(os.urandom(7_500)).translate(_TO_CROCKFORD).decode()
        yield from (text[i : i + 12] for i in range(0, 12_000, 12))


def _column(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A reader of import_cells as a reader of COPY text: None is NULL, text is escaped, a fault stays a fault."""

    def written(text: str) -> Any:
        value = read(text)
        if isinstance(value, Fault):
            return value
        return NULL if value is None else escape(str(value))

    return written


def _number(text: str) -> str | Fault:
    value = cells.read_number(text)
    return value if isinstance(value, Fault) else f"{escape(value[0])}\t{escape(value[1])}"


def _long_text(text: str) -> str | Fault:
    value = long_text(text)
    if isinstance(value, Fault):
        return value
    folded = fold(value)
    return f"{escape(value)}\t{folded}\t{vector_literal(folded)}"


def _required_date(text: str) -> Any:
    value = cells.read_date(text)
    return Fault("required") if value is None else value


class Cleaner:
    """Cleans the rows of one file into COPY lines; faults of cells go to `problems`, which the caller empties."""

    def __init__(self, batch_id: int, header: Header, reference: Reference) -> None:
        self._reference = reference
        self._header = header
        self._width = len(header.texts)
        readers = self._readers()
        self._names = [name for name in COLUMNS_OF if header.place(name) is not None]
        self._given = [(header.fields.index(name), Memory(*readers[name])) for name in self._names]
        self._places = {name: i for i, name in enumerate(self._names)}
        absent = ", ".join(columns for name, columns in COLUMNS_OF.items() if name not in self._places)
        given = ", ".join(COLUMNS_OF[name] for name in self._names)
        self.columns = ", ".join(
            filter(None, ("batch_id, row, row_class, bucket, token", given, absent, "body_name, conflict_kind"))
        )
        self._suffix = "".join("\t" + (NULL if c in _NULLABLE else "") for c in absent.split(", ") if c)
        self._bad = "".join("\t" + (NULL if c in _NULLABLE else "") for c in given.split(", ")) + self._suffix
        self._batch_id = batch_id
        self._tokens = new_tokens()
        self._ordered = [
            (self._places[a], self._places[b])
            for a, b in (("issued_on", "valid_to"), ("valid_from", "valid_to"))
            if a in self._places and b in self._places
        ]
        self.problems: list[CellProblem] = []

    def _readers(self) -> dict[str, tuple[Callable[[str], Any], int]]:
        """Field -> (its reader, how many texts it remembers)."""
        date = (_column(cells.read_date), MEMORY)
        long_text = (_long_text, 2_000)
        return {
            "number": (_number, 0),
            "holder": (_column(cells.read_name), 8_000),
            "code": (self._code, 8_000),
            "body": (self._body, MEMORY),
            "project": (self._project, MEMORY),
            "shape": (_column(cells.read_shape), MEMORY),
            "status": (_column(cells.read_status), MEMORY),
            **dict.fromkeys(("status_on", "issued_on", "valid_from", "first_issued_on"), date),
            "valid_to": (_column(_required_date), MEMORY),
            "standard": (_column(lambda text: plain_text(text, cells.STANDARD_LENGTH)), 20_000),
            "scope": long_text,
            "products": long_text,
            "division": (_column(cells.read_division), MEMORY),
        }

    def lines(self, rows: Iterable[Row]) -> Iterator[str]:
        """One COPY line for each row, in order; a blank row gives none, a faulty one a line of class bad."""
        given, ordered, tokens = self._given, self._ordered, self._tokens
        width, code, body = self._width, self._places["code"], self._places["body"]
        start, suffix = f"{self._batch_id}\t", self._suffix + "\t\t\n"
        for row, texts in rows:
            try:
                if len(texts) != width:  # type: ignore[arg-type]
                    raise TypeError
                out = [memory[texts[place]] for place, memory in given]  # type: ignore[index]
                line = "\t".join(out)
                if out[body][-1] == "N" or out[code][-1] == "\t":
                    raise TypeError
                for earlier, later in ordered:
                    if out[later] < out[earlier]:
                        raise TypeError
            except TypeError:
                yield from self._unusual(row, texts)
                continue
            bucket = crc32(out[code][-9:].encode()) & LAST_BUCKET
            yield f"{start}{row}\tnew\t{bucket}\t{next(tokens)}\t{line}{suffix}"

    def _unusual(self, row: int, texts: "list[str] | Broken") -> Iterator[str]:
        """The slow way: blank rows, faults, unknown bodies, firms without a code."""
        if isinstance(texts, Broken):
            yield self._bad_line(row, [CellProblem(row, self._heading(texts.column), texts.value, texts.code)])
            return
        texts = self._fitted(texts)
        if not any(text.strip() for text in texts):
            return
        if len(texts) != self._width:
            yield self._bad_line(row, [CellProblem(row, "", " | ".join(texts)[:500], "columns")])
            return
        out = [memory[texts[place]] for place, memory in self._given]
        if problems := self._faults(row, texts, out):
            yield self._bad_line(row, problems)
            return
        if out[self._places["code"]].endswith("\t"):
            out[self._places["code"]] += self._key_without_code(out, texts)
        unknown = out[self._places["body"]].endswith(NULL)
        tail = f"{self._reported_body(texts)}\tunknown_body" if unknown else "\t"
        row_class = RowClass.CONFLICT if unknown else RowClass.NEW
        values = "\t".join(out)
        token, bucket = next(self._tokens), crc32(out[self._places["code"]].rpartition("\t")[2].encode()) & LAST_BUCKET
        yield f"{self._batch_id}\t{row}\t{row_class}\t{bucket}\t{token}\t{values}{self._suffix}\t{tail}\n"

    def _key_without_code(self, out: list[Any], texts: list[str]) -> str:
        """A code that staff let pass identifies by itself; without any, the folded name does within this source."""
        uscc: str = out[self._places["code"]].split("\t")[1]
        name = texts[self._header.fields.index("holder")]
        return "=" + (fold(name)[:200] if uscc == NULL else uscc)

    def _fitted(self, texts: list[str]) -> list[str]:
        """Blank cells to the right of the last column are no cells."""
        while len(texts) > self._width and not texts[-1].strip():
            texts = texts[:-1]
        return texts

    def _faults(self, row: int, texts: list[str], out: list[Any]) -> list[CellProblem]:
        found = [
            CellProblem(row, self._heading(name), texts[self._given[i][0]], out[i].code)
            for i, name in enumerate(self._names)
            if isinstance(out[i], Fault)
        ]
        for earlier, later in self._ordered if not found else ():
            if NULL not in (out[earlier], out[later]) and out[later] < out[earlier]:
                value = f"{texts[self._given[earlier][0]]} > {texts[self._given[later][0]]}"
                found.append(CellProblem(row, self._heading("valid_to"), value, "dates.reversed"))
        return found

    def _bad_line(self, row: int, problems: list[CellProblem]) -> str:
        self.problems.extend(problems)
        return f"{self._batch_id}\t{row}\tbad\t0\t{self._bad}\t\t\n"

    def _heading(self, name: str) -> str:
        place = self._header.place(name)
        return self._header.texts[place] if place is not None else name

    def _reported_body(self, texts: list[str]) -> str:
        place = self._header.place("body_name")
        value = plain_text(texts[place], cells.NAME_LENGTH) if place is not None else ""
        return "" if isinstance(value, Fault) else escape(value)

    def _code(self, text: str) -> str | Fault:
        value = cells.read_holder_code(text, self._reference.overridden)
        if isinstance(value, Fault):
            return value
        return f"{escape(value.verbatim)}\t{value.uscc or NULL}\t{value.org_code or NULL}\t{value.org_code or ''}"

    def _body(self, text: str) -> str | Fault:
        value = cells.read_approval(text)
        return value if isinstance(value, Fault) else f"{value}\t{self._reference.bodies.get(value, NULL)}"

    def _project(self, text: str) -> str | Fault:
        value = text.strip().upper()
        if value in self._reference.projects:
            return value
        return Fault("project.unknown" if value else "required")
