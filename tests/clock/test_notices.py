"""The calendar beside the State Council's notices, day by day: what is off, and which weekends are worked.

Typed from the published wording (see apps/clock/constants.py), so that neither the package that seeds the calendar nor
its maintainers are taken at their word.
"""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from apps.clock.constants import NOTICES, DayKind
from apps.clock.models import CalendarDay
from apps.clock.services import load_calendar
from apps.core.actors import Actor

# (first day off, last day off), …; days worked although they are a weekend
WORDING: dict[int, tuple[list[tuple[str, str]], list[str]]] = {
    2024: (
        [
            ("01-01", "01-01"),
            ("02-10", "02-17"),
            ("04-04", "04-06"),
            ("05-01", "05-05"),
            ("06-10", "06-10"),
            ("09-15", "09-17"),
            ("10-01", "10-07"),
        ],
        ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    ),
    2025: (
        [
            ("01-01", "01-01"),
            ("01-28", "02-04"),
            ("04-04", "04-06"),
            ("05-01", "05-05"),
            ("05-31", "06-02"),
            ("10-01", "10-08"),
        ],
        ["01-26", "02-08", "04-27", "09-28", "10-11"],
    ),
    2026: (
        [
            ("01-01", "01-03"),
            ("02-15", "02-23"),
            ("04-04", "04-06"),
            ("05-01", "05-05"),
            ("06-19", "06-21"),
            ("09-25", "09-27"),
            ("10-01", "10-07"),
        ],
        ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
    ),
}


def days(year: int, spans: list[tuple[str, str]]) -> Iterator[dt.date]:
    for first, last in spans:
        day = dt.date.fromisoformat(f"{year}-{first}")
        while day <= dt.date.fromisoformat(f"{year}-{last}"):
            yield day
            day += dt.timedelta(days=1)


def test_every_notice_is_held_against_its_wording() -> None:
    assert set(NOTICES) == set(WORDING)


@pytest.mark.django_db
@pytest.mark.parametrize("year", WORDING)
def test_the_year_is_that_of_the_notice(year: int) -> None:
    load_calendar(actor=Actor.system("test"), years=[year], now=timezone.now())
    spans, made_up = WORDING[year]
    off, worked = set(days(year, spans)), {dt.date.fromisoformat(f"{year}-{day}") for day in made_up}
    rows = {row.date: row for row in CalendarDay.objects.filter(date__year=year)}
    for day, row in rows.items():
        working = day in worked or (day not in off and day.weekday() < 5)
        assert (row.kind in (DayKind.WORKDAY, DayKind.MAKE_UP)) == working, day
        assert not row.provisional
    assert {day for day, row in rows.items() if row.kind == DayKind.MAKE_UP} == worked
    assert {rows[day].notice for day in worked} == {NOTICES[year]}
