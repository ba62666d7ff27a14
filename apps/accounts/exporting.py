"""The register of lists that can be taken out as a file. An app describes a list once (its columns, who may, how many,
the rows) and registers it at start-up; downloading at once, making the file in the background, the data dictionary and
the trail are then the same for all of them (apps.accounts.exports, docs/patterns.md).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise

from apps.core.actors import Actor

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what it means, for the data dictionary."""

    title: Text
    meaning: Text = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One list. Every callable gets the actor, the filter as in the list's address, and the time.

    `allowed` is asked again by the worker and at each download. `count(…, most)` counts no further than `most`.
    `asked` says in the trail what the filter was. `action` and `subject_kind` are those of the trail's entry.
    """

    name: str
    label: Text
    stem: str
    columns: Sequence[Column]
    action: str
    subject_kind: str
    allowed: Callable[[Actor], bool]
    count: Callable[[Actor, QueryDict, dt.datetime, int], int]
    rows: Callable[[Actor, QueryDict, dt.datetime], Iterable[Sequence[Any]]]
    asked: Callable[[QueryDict], dict[str, Any]]

    def header(self) -> list[str]:
        return [str(column.title) for column in self.columns]

    def dictionary(self) -> Iterator[tuple[str, str]]:
        return ((str(column.title), str(column.meaning)) for column in self.columns)


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Make a list known. Called by AppConfig.ready; twice does no harm."""
    _sources[source.name] = source


def unregister(name: str) -> None:
    """Take the list out again (tests)."""
    _sources.pop(name, None)


def source_of(name: str) -> Source | None:
    return _sources.get(name)
