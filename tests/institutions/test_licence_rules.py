"""Numbers, terms and renewal windows of licences."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.calendar import add_months
from apps.institutions.rules.licence import BadNumber, Window, number_of, parse_number, renewal, valid_to


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# Expiry, last day to apply: the same day three months earlier, or the month's last where it has no such day.
LAST_DAYS = [
    ("2026-05-31", "2026-02-28"),
    ("2028-05-31", "2028-02-29"),
    ("2026-05-30", "2026-02-28"),
    ("2026-05-29", "2026-02-28"),
    ("2026-05-28", "2026-02-28"),
    ("2028-05-29", "2028-02-29"),
    ("2026-11-30", "2026-08-30"),
    ("2026-12-31", "2026-09-30"),
    ("2027-01-14", "2026-10-14"),
    ("2027-01-31", "2026-10-31"),
    ("2027-02-28", "2026-11-28"),
    ("2028-02-29", "2027-11-29"),
    ("2026-07-31", "2026-04-30"),
    ("2026-03-31", "2025-12-31"),
]


@pytest.mark.parametrize(("expiry", "last"), LAST_DAYS)
def test_the_last_day_to_apply(expiry: str, last: str) -> None:
    assert renewal(day(expiry), 3, day("2020-01-01")).last_day == day(last)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2026-12-01", Window.EARLY),
        ("2026-12-02", Window.OPEN),  # 180 days before
        ("2027-02-28", Window.OPEN),
        ("2027-03-01", Window.LATE),
        ("2027-05-31", Window.LATE),
        ("2027-06-01", Window.EXPIRED),
    ],
)
def test_the_window(on: str, state: Window) -> None:
    assert renewal(day("2027-05-31"), 3, day(on)).state == state


@settings(derandomize=True, deadline=None)
@given(st.dates(dt.date(2020, 1, 1), dt.date(2060, 1, 1)))
def test_three_months_after_the_last_day_lie_within_the_term(expiry: dt.date) -> None:
    last = renewal(expiry, 3, expiry).last_day
    assert add_months(last, 3) <= expiry
    assert (expiry - add_months(last, 3)).days <= 3


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-15", "2032-01-14"),
        ("2026-01-01", "2031-12-31"),
        ("2024-02-29", "2030-02-28"),
        ("2024-03-01", "2030-02-28"),
        ("2026-12-31", "2032-12-30"),
        ("2022-03-01", "2028-02-29"),
    ],
)
def test_six_years(first: str, last: str) -> None:
    assert valid_to(day(first), 72) == day(last)


@settings(derandomize=True, deadline=None)
@given(st.integers(2001, 2099), st.integers(0, 21), st.integers(0, 34), st.integers(1, 9999))
def test_a_number_reads_back(year: int, field: int, ministry: int, serial: int) -> None:
    number = number_of(year, "24", f"{field:02d}", f"{ministry:02d}", serial)
    assert len(str(number)) == 12
    assert parse_number(str(number)) == number


def test_the_digits_of_a_number() -> None:
    assert str(number_of(2026, "24", "12", "05", 37)) == "262412050037"


@pytest.mark.parametrize("text", ["", "26241205003", "2624120500371", "２６2412050037", "26241205003X", "262412050000"])
def test_a_number_that_cannot_be(text: str) -> None:
    with pytest.raises(BadNumber):
        parse_number(text)


def test_a_year_has_so_many_numbers() -> None:
    with pytest.raises(BadNumber, match="serial"):
        number_of(2026, "24", "12", "05", 10_000)
