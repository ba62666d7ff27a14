"""Counting days as the law does. Pure: the calendar is handed in.

The day on which a period begins is not counted; licence-law days are working days (Administrative Licensing Law, art.
82), in the penalty law only its limits of 2, 3, 5 and 7 days are (art. 85).
"""

import datetime as dt
from collections.abc import Mapping
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
class Deadline:
    """The last day of a limit. Provisional: the count went through days whose year is not announced yet."""

    on: dt.date
    provisional: bool


Calendar = Mapping[dt.date, Day]


def add_working_days(start: dt.date, days: int, calendar: Calendar) -> Deadline:
    """The `days`-th working day after `start`; `start` itself for zero. Raises CalendarMissing, never guesses."""
    if days < 0:
        raise ValueError("a limit is not negative")
    on, provisional = start, False
    while days:
        on += ONE_DAY
        day = _day(on, calendar)
        provisional |= day.provisional
        days -= day.working
    return Deadline(on, provisional)


def working_days_between(start: dt.date, end: dt.date, calendar: Calendar) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before."""
    if end < start:
        return -working_days_between(end, start, calendar)
    return sum(_day(start + ONE_DAY * n, calendar).working for n in range(1, (end - start).days + 1))


def deadline(start: dt.date, value: int, unit: str, calendar: Calendar) -> Deadline:
    """The last day of a limit that begins on `start`."""
    if unit == LimitUnit.WORKING_DAY:
        return add_working_days(start, value, calendar)
    if unit == LimitUnit.MONTH:
        return Deadline(add_months(start, value), False)
    return Deadline(start + dt.timedelta(days=value), False)


def by_weekday(day: dt.date) -> bool:
    """Monday to Friday: all that can be said of a year that is not announced."""
    return day.weekday() < 5


def _day(on: dt.date, calendar: Calendar) -> Day:
    try:
        return calendar[on]
    except KeyError:
        raise CalendarMissing(on) from None
