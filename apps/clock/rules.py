"""Counting days as the law does. Pure: the calendar is handed in.

The day on which a period begins is not counted; licence-law days are working days (Administrative Licensing Law, art.
82), in the penalty law only its limits of 2, 3, 5 and 7 days are (art. 85). A pause is counted the same way: the day
on which the clock stops was still there to act, and counting goes on after the day on which it starts again.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from apps.clock.constants import LimitUnit
from apps.core.calendar import add_months

ONE_DAY = dt.timedelta(days=1)


class CalendarMissing(LookupError):
    """The calendar does not reach a day that the count needs. Nothing is guessed: somebody must extend it."""

    def __init__(self, day: dt.date) -> None:
        super().__init__(f"no calendar entry for {day.isoformat()}")
        self.day = day


@dataclass(frozen=True, slots=True)
class Day:
    """Whether a date is worked, and whether that is only the weekday rule of a year not yet announced."""

    working: bool
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day of a limit. Provisional: the count went through days whose year is not announced yet."""

    on: dt.date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stood still after `began_on` until the end of `ended_on`; None: it stands still."""

    began_on: dt.date
    ended_on: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        return day > self.began_on and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True, slots=True)
class Span:
    """So many days or months: a limit, or what it was extended by."""

    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit as one row of the law has it, in force from `effective_from`. `key` names the row."""

    value: int
    unit: str
    effective_from: dt.date
    rolls: bool = False
    applies_to_running: bool = False
    key: int | None = None


Calendar = Mapping[dt.date, Day]


def due(
    start: dt.date,
    value: int,
    unit: str,
    pauses: Sequence[Pause],
    extensions: Sequence[Span],
    calendar: Calendar,
    *,
    rolls: bool = False,
) -> LastDay | None:
    """The last day of a limit that began on `start`; None while the clock stands still. The one place that says so.

    An extension begins where the limit before it ends. A clock that was stopped on its very last day gives the first
    day on which one can act again. With `rolls`, a last day that is not worked moves to the next one that is (Civil
    Code, art. 203). Raises CalendarMissing.
    """
    if any(pause.ended_on is None for pause in pauses):
        return None
    end = LastDay(start)
    for span in (Span(value, unit), *extensions):
        end = _after(end, span, pauses, calendar)
        unit = span.unit
    end = _not_before_resumption(end, unit, pauses, calendar)
    return _first_worked(end, calendar) if rolls else end


def due_under(
    start: dt.date,
    rules: Sequence[Rule],
    pauses: Sequence[Pause],
    extensions: Sequence[Span],
    calendar: Calendar,
) -> tuple[Rule, LastDay | None]:
    """The rule that governs a limit begun on `start`, and its last day.

    `rules`: the one in force on `start`, then its successors. A case keeps the rule of its day; a successor that
    says so takes over what still runs on its first day, and never ends it before that day.
    """
    rule, *later = rules
    end = due(start, rule.value, rule.unit, pauses, extensions, calendar, rolls=rule.rolls)
    for row in later:
        if row.applies_to_running and end is not None and end.on >= row.effective_from:
            found = due(start, row.value, row.unit, pauses, extensions, calendar, rolls=row.rolls)
            assert found is not None, "the pauses are the same"
            rule, end = row, LastDay(max(found.on, row.effective_from), found.provisional)
    return rule, end


def add_working_days(start: dt.date, days: int, calendar: Calendar) -> LastDay:
    """The `days`-th working day after `start`; `start` itself for zero. Raises CalendarMissing, never guesses."""
    return _after(LastDay(start), Span(days, LimitUnit.WORKING_DAY), (), calendar)


def working_days_between(start: dt.date, end: dt.date, calendar: Calendar) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before."""
    if end < start:
        return -working_days_between(end, start, calendar)
    return sum(_day(start + ONE_DAY * n, calendar).working for n in range(1, (end - start).days + 1))


def days_between(start: dt.date, end: dt.date, unit: str, calendar: Calendar) -> int:
    """How far `end` is after `start`: in working days for a limit of working days, else in calendar days."""
    if unit == LimitUnit.WORKING_DAY:
        return working_days_between(start, end, calendar)
    return (end - start).days


def by_weekday(day: dt.date) -> bool:
    """Monday to Friday: all that can be said of a year that is not announced."""
    return day.weekday() < 5


def _after(start: LastDay, span: Span, pauses: Sequence[Pause], calendar: Calendar) -> LastDay:
    """The last day of a span that begins on `start`, the days of the pauses left out."""
    if span.value < 0:
        raise ValueError("a limit is not negative")
    if span.unit == LimitUnit.WORKING_DAY:
        return _walk(start, span.value, pauses, lambda on: _day(on, calendar))
    if span.unit != LimitUnit.MONTH:
        return _walk(start, span.value, pauses, _every_day)
    target = add_months(start.on, span.value)
    days = range(1, (target - start.on).days + 1)
    lost = sum(any(pause.covers(start.on + ONE_DAY * n) for pause in pauses) for n in days)
    return _walk(LastDay(target, start.provisional), lost, pauses, _every_day)


def _walk(start: LastDay, count: int, pauses: Sequence[Pause], ask: Callable[[dt.date], Day]) -> LastDay:
    on, provisional = start.on, start.provisional
    while count:
        on += ONE_DAY
        day = ask(on)
        provisional |= day.provisional
        if day.working and not any(pause.covers(on) for pause in pauses):
            count -= 1
    return LastDay(on, provisional)


def _not_before_resumption(end: LastDay, unit: str, pauses: Sequence[Pause], calendar: Calendar) -> LastDay:
    """A clock stopped on its last day still gives a day to act: the first one once it goes again."""
    for pause in pauses:
        if pause.began_on == end.on and pause.ended_on is not None and pause.ended_on > end.on:
            end = LastDay(pause.ended_on, end.provisional)
            if unit == LimitUnit.WORKING_DAY:
                end = _first_worked(end, calendar)
    return end


def _first_worked(end: LastDay, calendar: Calendar) -> LastDay:
    """The day itself if it is worked, else the next that is."""
    on, provisional = end.on, end.provisional
    while True:
        day = _day(on, calendar)
        provisional |= day.provisional
        if day.working:
            return LastDay(on, provisional)
        on += ONE_DAY


def _every_day(_on: dt.date) -> Day:
    return Day(working=True)


def _day(on: dt.date, calendar: Calendar) -> Day:
    try:
        return calendar[on]
    except KeyError:
        raise CalendarMissing(on) from None
