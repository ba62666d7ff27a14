"""The columns of a list that people hand in: what each is called, and where the header of a sheet stands.

Real sheets carry a title above the header, group headings over two rows, and headings of their own making; the header
is therefore looked for, not assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise

from apps.core.grams import fold

Words = str | Promise
HEADER_SEARCH_ROWS = 30


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name here, its heading in the template, its name in a code list, other headings, an example."""

    name: str
    heading: str
    code: str
    also: tuple[str, ...]
    required: bool
    example: str
    hint: Words


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column stands. `last` is the index of the header's last row, so data begin at `last` + 1."""

    texts: tuple[str, ...]
    fields: tuple[str | None, ...]
    last: int
    unknown: tuple[str, ...]
    doubled: tuple[str, ...]
    missing: tuple[str, ...]

    def place(self, name: str) -> int | None:
        return self.fields.index(name) if name in self.fields else None

    @property
    def usable(self) -> bool:
        return not self.missing and not self.doubled


def shown(text: str) -> str:
    """A heading as people and the database can hold it: what is invisible becomes U+FFFD."""
    plain = text.strip()
    return plain if plain.isprintable() else "".join(ch if ch.isprintable() else "\ufffd" for ch in plain)


@dataclass(frozen=True)
class Columns:
    """The columns of one kind of list; `template` names those that the template for download shows, in its order."""

    listed: tuple[Column, ...]
    template: tuple[str, ...]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.listed}

    @cached_property
    def _known(self) -> dict[str, str]:
        return {
            fold(text): column.name
            for column in self.listed
            for text in (column.heading, column.code, column.name, *column.also)
            if text
        }

    def name_of(self, text: str) -> str | None:
        """The column that a heading means; stars and remarks in brackets do not matter."""
        plain = text.replace("（", "(").partition("(")[0]
        return self._known.get(fold(text)) or self._known.get(fold(plain))

    def read_header(self, texts: Sequence[str], last: int = 0) -> Header:
        """What a row of headings says. Trailing blank columns are not columns."""
        listed = list(texts)
        while listed and not listed[-1].strip():
            listed.pop()
        names = [self.name_of(text) for text in listed]
        given = list(zip(listed, names, strict=True))
        return Header(
            texts=tuple(shown(text) for text in listed),
            fields=tuple(names),
            last=last,
            unknown=tuple(shown(text) or f"#{n}" for n, (text, name) in enumerate(given, 1) if not name),
            doubled=tuple(dict.fromkeys(name for name in names if name is not None and names.count(name) > 1)),
            missing=tuple(column.name for column in self.listed if column.required and column.name not in names),
        )

    def find_header(self, rows: Sequence[Sequence[str]]) -> Header | None:
        """The header among the first rows of a sheet: the first row, or pair of rows, that names most columns.

        None if no row names at least two columns; then the file is no list of this kind.
        """
        best: Header | None = None
        for last in range(min(len(rows), HEADER_SEARCH_ROWS)):
            for candidate in self._readings(rows, last):
                if best is None or _named(candidate) > _named(best):
                    best = candidate
        return best if best is not None and _named(best) >= 2 else None

    def _readings(self, rows: Sequence[Sequence[str]], last: int) -> list[Header]:
        """A row by itself, and together with the row above, whose group headings span the cells to their right."""
        found = [self.read_header(rows[last], last)]
        if last and found[0].texts:
            found.append(self.read_header(self._joined(rows[last - 1], rows[last]), last))
        return found

    def _joined(self, above: Sequence[str], below: Sequence[str]) -> list[str]:
        texts, group = [], ""
        for i in range(max(len(above), len(below))):
            top = above[i].strip() if i < len(above) else ""
            bottom = below[i].strip() if i < len(below) else ""
            group = top or (group if bottom else "")
            texts.append(self._best_of(group, top, bottom))
        return texts

    def _best_of(self, group: str, top: str, bottom: str) -> str:
        """有效期 over 自 is 有效期自; a heading merged over both rows stands in the upper one only."""
        for text in (group + bottom if bottom else "", bottom, top):
            if text and self.name_of(text):
                return text
        return bottom or top


def _named(header: Header) -> int:
    return sum(name is not None for name in header.fields)
