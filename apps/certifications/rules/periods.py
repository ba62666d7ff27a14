"""Dates of a certificate's life: how long it holds, when surveillance is due, how long a suspension may last."""

import datetime as dt
from collections.abc import Sequence

from apps.certifications.rules.schemes import RuleRow, last_day
from apps.core.calendar import add_months


def next_validity(start: dt.date, months: int) -> dt.date:
    """The last day of a period of `months` that begins on `start`: 2026-03-18 and 12 months give 2027-03-17.

    Where the month has no such day, its last day: 29 February 2024 and 36 months give 28 February 2027.
    """
    anniversary = add_months(start, months)
    return anniversary - dt.timedelta(days=1) if anniversary.day == start.day else anniversary


def surveillance_due(
    last_event: dt.date | None, rows: Sequence[RuleRow], *, valid_to: dt.date | None = None
) -> dt.date | None:
    """The last day for the next surveillance after `last_event` (issue or last audit).

    `rows`: the history of the scheme's rule for that gap. None if nothing is known, if the scheme has no surveillance
    (food: each year's recertification is it), or if the certificate ends first: then recertification is what is due.
    """
    due = last_day(last_event, rows) if last_event is not None else None
    if due is None or (valid_to is not None and due >= valid_to):
        return None
    return due


def longest_suspension(start: dt.date, months: int) -> dt.date:
    """The latest end of a suspension of at most `months`."""
    return add_months(start, months)


def day_after(day: dt.date) -> dt.date:
    """The first day of the period that follows without a gap."""
    return day + dt.timedelta(days=1)


def days_left(day: dt.date | None, today: dt.date) -> int | None:
    """Days until `day`: 0 on the day itself, negative afterwards."""
    return None if day is None else (day - today).days
