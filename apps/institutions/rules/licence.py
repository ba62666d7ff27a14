"""The licence itself: its number, how long it holds, and when its renewal may be applied for. Pure; months are given.

The lengths are rows of the statutory limits (CMA.VALIDITY, CMA.RENEWAL.WINDOW).
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from apps.core.calendar import add_months

ONE_DAY = dt.timedelta(days=1)
DRAFT_DAYS = 180  # so long before expiry the portal offers the renewal draft
LAST_SERIAL = 9999


class BadNumber(ValueError):
    """A licence number that cannot be: says which part."""


@dataclass(frozen=True, slots=True)
class Number:
    """The twelve digits of a licence: year, authority, field, line ministry, serial."""

    year: int
    authority: str
    field: str
    ministry: str
    serial: int

    def __str__(self) -> str:
        return f"{self.year % 100:02d}{self.authority}{self.field}{self.ministry}{self.serial:04d}"


def number_of(year: int, authority: str, field: str, ministry: str, serial: int) -> Number:
    """A number from its parts. Raises BadNumber: four digits of serial are all that a year and authority have."""
    for name, part in (("authority", authority), ("field", field), ("ministry", ministry)):
        if len(part) != 2 or not (part.isascii() and part.isdigit()):
            raise BadNumber(name)
    if not 1 <= serial <= LAST_SERIAL:
        raise BadNumber("serial")
    return Number(year, authority, field, ministry, serial)


def parse_number(text: str) -> Number:
    """The parts of a printed number. Raises BadNumber."""
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        raise BadNumber("length")
    return number_of(2000 + int(text[:2]), text[2:4], text[4:6], text[6:8], int(text[8:]))


def valid_to(first: dt.date, months: int) -> dt.date:
    """The last day of a licence that begins on `first`: the eve of the same day `months` later.

    Where that month has no such day (29 February), its own last day, so that the whole term is there.
    """
    same = add_months(first, months)
    return same - ONE_DAY if same.day == first.day else same


class Window(StrEnum):
    """Where a licence stands on its way to renewal."""

    EARLY = "early"
    OPEN = "open"
    LATE = "late"  # still valid, too late to renew: what follows is a first application
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Renewal:
    """When a renewal may be applied for. `last_day`: expiry minus three calendar months, the last day to apply."""

    last_day: dt.date
    state: Window


def renewal(expiry: dt.date, months: int, on: dt.date) -> Renewal:
    """The renewal window of a licence valid to `expiry`, on a day.

    Expiry minus calendar months is the last day of its month where that month is shorter: 31 May gives 28 February.
    """
    opens, last = expiry - ONE_DAY * DRAFT_DAYS, add_months(expiry, -months)
    if on > expiry:
        state = Window.EXPIRED
    elif on > last:
        state = Window.LATE
    else:
        state = Window.OPEN if on >= opens else Window.EARLY
    return Renewal(last, state)
