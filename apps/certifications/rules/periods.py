"""Dates of a certificate's life: how long it holds, when surveillance is due, how long a suspension may last."""

import datetime as dt

from apps.certifications.constants import Shape
from apps.core.calendar import add_months

SURVEILLANCE_MONTHS = 12
SUSPENSION_MONTHS = 6
SEASONAL_SUSPENSION_MONTHS = 12


def next_validity(start: dt.date, months: int) -> dt.date:
    """The last day of a period of `months` that begins on `start`: 2026-03-18 and 12 months give 2027-03-17.

    Where the month has no such day, its last day: 29 February 2024 and 36 months give 28 February 2027.
    """
    anniversary = add_months(start, months)
    return anniversary - dt.timedelta(days=1) if anniversary.day == start.day else anniversary


def surveillance_interval_months(group: str, shape: int) -> int | None:
    """Months between surveillance audits; None where each year's recertification is the surveillance (food).

    QMS: at most 12 months since issue or the last audit (CNCA-QMS-01:2025, in force 1 January 2026). Other management
    systems follow the same habit. CCC and voluntary products: each body's rules, 12 months by default.
    """
    return None if shape == Shape.FOOD or group == "organic" else SURVEILLANCE_MONTHS


def surveillance_due(
    last_event: dt.date | None, *, group: str, shape: int, valid_to: dt.date | None = None
) -> dt.date | None:
    """The last day for the next surveillance after `last_event` (issue or last audit).

    None if nothing is known, if the scheme has no surveillance, or if the certificate ends first: then recertification
    is what is due.
    """
    months = surveillance_interval_months(group, shape)
    if last_event is None or months is None:
        return None
    due = add_months(last_event, months)
    return None if valid_to is not None and due >= valid_to else due


def longest_suspension(start: dt.date, *, shape: int, seasonal: bool = False) -> dt.date:
    """The latest end of a suspension: six months; for CCC goods made in season or to order twelve."""
    seasonal_ccc = seasonal and shape == Shape.CCC
    return add_months(start, SEASONAL_SUSPENSION_MONTHS if seasonal_ccc else SUSPENSION_MONTHS)


def day_after(day: dt.date) -> dt.date:
    """The first day of the period that follows without a gap."""
    return day + dt.timedelta(days=1)


def days_left(day: dt.date | None, today: dt.date) -> int | None:
    """Days until `day`: 0 on the day itself, negative afterwards."""
    return None if day is None else (day - today).days
