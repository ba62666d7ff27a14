"""What there is to remind of. A higher app registers its events when it starts; this app only knows the columns.

An event's SQL yields one row per open matter and organisation, with the columns
`subject_id bigint, due_on date, organisation_id bigint, division_code text, body_id bigint, variant text`, for due
dates between %(first)s and %(last)s. A matter that is settled is not among them: that is what closes a reminder.

A source that is `paced` adds `pace text`: under what limit the matter runs, as `pace_text` writes it. Its rules may
then count in shares of that limit. A source with `people` of its own knows who holds a matter; it is planned as a
whole each day, and whoever stopped holding a matter is reminded of it no more.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message says about one matter. `staff_path`: where staff handle it, if that is another page. `about`: what
    of it falls due, where the event alone does not say so; in the active language."""

    number: str
    holder: str
    path: str
    staff_path: str = ""
    about: str = ""

    def path_for(self, *, staff: bool) -> str:
        return self.staff_path or self.path if staff else self.path


@dataclass(frozen=True, slots=True)
class Matter:
    """One row of an event, as the independent recount reads it."""

    subject_id: int
    due_on: dt.date
    organisation_id: int
    division_code: str
    body_id: int
    variant: str
    pace: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Who is told as a recipient that only the source knows: SQL with `subject_id bigint, user_id bigint` (it may use
    %(today)s), and the same read in another way, for the recount."""

    sql: Callable[[], str]
    recount: Callable[[Sequence[int], dt.date], Mapping[int, Iterable[int]]]


@dataclass(frozen=True, slots=True)
class EventSource:
    """An event, its words, its rows as SQL, and the same rows read in another way (for the nightly recount)."""

    event: str
    label: Any
    variants: dict[str, Any]
    sql: str
    describe: Callable[[Sequence[int]], dict[int, Subject]]
    recount: Callable[[dt.date, dt.date], Iterable[Matter]]
    paced: bool = False
    people: Mapping[str, People] = field(default_factory=dict)


_sources: dict[str, EventSource] = {}


def pace_text(unit: str, span: int) -> str:
    """How a matter's row names its limit: `unit` of clock.constants.LimitUnit but in days, `span` in that unit."""
    return f"{unit}:{span}"


def pace_parts(pace: str) -> tuple[str, int]:
    """Unit and span of a row's pace."""
    unit, _sep, span = pace.partition(":")
    return unit, int(span)


def register(source: EventSource) -> None:
    """Make an event known. Called by the owning app's AppConfig.ready; the same event again replaces it."""
    _sources[source.event] = source


def registered() -> dict[str, EventSource]:
    """Every known event."""
    return dict(_sources)


def source_of(event: str) -> EventSource | None:
    """The source of an event, or None if its app is gone."""
    return _sources.get(event)
