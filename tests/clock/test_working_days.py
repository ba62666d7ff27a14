"""Golden cases: start (not counted), working days, last day. Across every festival and make-up workday 2024 to 2026."""

import datetime as dt

import pytest

from apps.clock.constants import FIRST_YEAR
from apps.clock.rules import CalendarMissing, Day, add_working_days, by_weekday, due, working_days_between
from apps.clock.services.calendar import _year
from apps.core.calendar import add_months

GOLDEN = """
2024-02-02   1  2024-02-04
2024-02-02   5  2024-02-08
2024-02-03   1  2024-02-04
2024-02-03   5  2024-02-08
2024-02-09   1  2024-02-18
2024-02-09   5  2024-02-22
2024-02-09  20  2024-03-14
2024-02-17   1  2024-02-18
2024-02-17   5  2024-02-22
2024-02-29   1  2024-03-01
2024-02-29   5  2024-03-07
2024-04-03   1  2024-04-07
2024-04-03   5  2024-04-11
2024-04-26   1  2024-04-28
2024-04-26   5  2024-05-07
2024-04-30   1  2024-05-06
2024-04-30   5  2024-05-10
2024-06-07   1  2024-06-11
2024-06-07   5  2024-06-17
2024-09-13   1  2024-09-14
2024-09-13   5  2024-09-23
2024-09-27   1  2024-09-29
2024-09-27   5  2024-10-10
2024-09-30   1  2024-10-08
2024-09-30   5  2024-10-12
2024-10-11   1  2024-10-12
2024-10-11   5  2024-10-17
2025-01-24   1  2025-01-26
2025-01-24   5  2025-02-07
2025-01-27   1  2025-02-05
2025-01-27   5  2025-02-10
2025-01-27  20  2025-03-03
2025-02-07   1  2025-02-08
2025-02-07   5  2025-02-13
2025-04-03   1  2025-04-07
2025-04-03   5  2025-04-11
2025-04-25   1  2025-04-27
2025-04-25   5  2025-05-06
2025-05-30   1  2025-06-03
2025-05-30   5  2025-06-09
2025-09-26   1  2025-09-28
2025-09-26   5  2025-10-10
2025-09-30   1  2025-10-09
2025-09-30   5  2025-10-14
2025-10-10   1  2025-10-11
2025-10-10   5  2025-10-16
2025-12-31   1  2026-01-04
2025-12-31   5  2026-01-08
2026-02-06   1  2026-02-09
2026-02-06   5  2026-02-13
2026-02-13   1  2026-02-14
2026-02-13   5  2026-02-27
2026-02-14   1  2026-02-24
2026-02-14   5  2026-02-28
2026-02-14  20  2026-03-20
2026-02-27   1  2026-02-28
2026-02-27   5  2026-03-05
2026-04-03   1  2026-04-07
2026-04-03   5  2026-04-13
2026-04-30   1  2026-05-06
2026-04-30   5  2026-05-11
2026-05-08   1  2026-05-09
2026-05-08   5  2026-05-14
2026-06-18   1  2026-06-22
2026-06-18   5  2026-06-26
2026-09-18   1  2026-09-20
2026-09-18   5  2026-09-24
2026-09-24   1  2026-09-28
2026-09-24   5  2026-10-09
2026-09-30   1  2026-10-08
2026-09-30   5  2026-10-13
2026-10-09   1  2026-10-10
2026-10-09   5  2026-10-15
"""
BETWEEN = [
    ("2024-02-09", "2024-02-19", 2),
    ("2024-09-13", "2024-09-18", 2),
    ("2024-09-30", "2024-10-12", 5),
    ("2025-01-24", "2025-02-08", 6),
    ("2025-09-26", "2025-10-11", 6),
    ("2026-02-13", "2026-02-28", 6),
    ("2026-09-18", "2026-10-10", 11),
    ("2026-10-10", "2026-09-18", -11),
    ("2024-01-01", "2024-12-31", 251),
    ("2026-05-01", "2026-05-01", 0),
]
MONTHS = [
    ("2024-01-31", 1, "2024-02-29"),
    ("2025-01-31", 1, "2025-02-28"),
    ("2024-02-29", 12, "2025-02-28"),
    ("2024-02-29", 36, "2027-02-28"),
    ("2024-02-29", 48, "2028-02-29"),
    ("2026-03-31", -1, "2026-02-28"),
    ("2026-08-31", 6, "2027-02-28"),
    ("2026-10-15", 3, "2027-01-15"),
]


@pytest.fixture(scope="module")
def calendar() -> dict[dt.date, Day]:
    """The calendar as loading would store it, without a database."""
    days = [day for year in range(FIRST_YEAR, 2028) for day in _year(year)]
    return {day.date: Day(day.kind in ("workday", "make_up"), day.provisional) for day in days}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(("start", "count", "end"), [line.split() for line in GOLDEN.split("\n") if line])
def test_the_last_day_of_a_limit(calendar, start: str, count: str, end: str) -> None:
    found = add_working_days(day(start), int(count), calendar)
    assert (found.on, found.provisional) == (day(end), False)


@pytest.mark.parametrize(("start", "end", "count"), BETWEEN)
def test_working_days_between(calendar, start: str, end: str, count: int) -> None:
    assert working_days_between(day(start), day(end), calendar) == count


@pytest.mark.parametrize(("start", "months", "end"), MONTHS)
def test_months_end_on_a_day_that_exists(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


def test_a_year_not_announced_counts_by_weekday_and_says_so(calendar) -> None:
    found = add_working_days(day("2026-12-31"), 1, calendar)
    assert (found.on, found.provisional) == (day("2027-01-01"), True)


def test_a_missing_day_blocks_and_names_itself(calendar) -> None:
    with pytest.raises(CalendarMissing) as missing:
        add_working_days(day("2027-12-30"), 5, calendar)
    assert missing.value.day == day("2028-01-01")


def test_zero_is_the_day_itself_and_less_is_refused(calendar) -> None:
    assert add_working_days(day("2026-10-01"), 0, calendar).on == day("2026-10-01")
    with pytest.raises(ValueError, match="negative"):
        add_working_days(day("2026-10-01"), -1, calendar)


@pytest.mark.parametrize(
    ("unit", "end"), [("working_day", "2026-10-10"), ("calendar_day", "2026-10-05"), ("month", "2027-02-28")]
)
def test_each_unit_counts_its_way(calendar, unit: str, end: str) -> None:
    start = day("2026-09-30")
    value = {"working_day": 3, "calendar_day": 5, "month": 5}[unit]
    found = due(start, value, unit, (), (), calendar)
    assert found is not None
    assert found.on == day(end)


def test_weekday_rule() -> None:
    assert [by_weekday(day("2026-11-23") + dt.timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2
