"""The golden table: every last day of golden_deadlines.csv, which another algorithm made (golden_making)."""

import datetime as dt

import pytest

from apps.clock.constants import FIRST_YEAR, LimitUnit
from apps.clock.rules import Day, Pause, Rule, Span, due_under
from apps.clock.services.calendar import _year
from tests.clock import golden_making
from tests.clock.golden_making import day

UNITS = {"wd": LimitUnit.WORKING_DAY, "cd": LimitUnit.CALENDAR_DAY, "m": LimitUnit.MONTH}
ROWS = golden_making.table()


@pytest.fixture(scope="module")
def calendar() -> dict[dt.date, Day]:
    days = [each for year in range(FIRST_YEAR, 2027) for each in _year(year)]
    return {each.date: Day(each.kind in ("workday", "make_up"), each.provisional) for each in days}


def span(text: str) -> Span:
    number = "".join(letter for letter in text if letter.isdigit())
    return Span(int(number), UNITS[text.removeprefix(number)])


def rules_of(row: dict[str, str]) -> list[Rule]:
    limit, rolls = span(row["limit"]), row["rolls"] == "yes"
    rules = [Rule(limit.value, limit.unit, dt.date(2000, 1, 1), rolls)]
    for change in filter(None, row["change"].split(";")):
        since, text, running = change.split(":")
        limit = span(text)
        rules.append(Rule(limit.value, limit.unit, day(since), rolls, running == "running"))
    return rules


def pauses_of(row: dict[str, str]) -> list[Pause]:
    return [Pause(*map(day, pair.split(".."))) for pair in filter(None, row["pauses"].split(";"))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['about']}: {row['start']} {row['limit']}")
def test_the_last_day(calendar, row: dict[str, str]) -> None:
    extensions = [span(text) for text in filter(None, row["extensions"].split(";"))]
    _rule, last = due_under(day(row["start"]), rules_of(row), pauses_of(row), extensions, calendar)
    assert last is not None
    assert (last.on, last.provisional) == (day(row["due"]), False)


def test_the_table_is_large_enough_and_as_it_was_made() -> None:
    assert len(ROWS) >= 200
    assert list(golden_making.rows()) == ROWS
    assert sum(bool(row["checked"]) for row in ROWS) == len(golden_making.HAND)
    for festival in ("Spring Festival", "National Day"):
        assert all(any(row["about"] == f"{festival} {year}" for row in ROWS) for year in (2024, 2025, 2026))
