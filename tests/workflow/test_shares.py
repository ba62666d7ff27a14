"""Shares of a limit against another algorithm: the counted days of the golden deadlines, written out one by one."""

import datetime as dt
from collections import defaultdict

import pytest
from django.db import connection
from django.utils import timezone

from apps.clock.constants import FIRST_YEAR, EventKind, LimitUnit
from apps.clock.models import Deadline, DeadlineEvent, StatutoryLimit
from apps.clock.rules import Calendar, Pause, Span, days_between
from apps.clock.selectors import calendar_between
from apps.notifications.models import ReminderRule
from apps.notifications.rules import Pace
from apps.notifications.services.reaching import reached
from apps.notifications.sources import pace_parts, pace_text, source_of
from apps.workflow.constants import SUBJECT
from apps.workflow.reminders import DEADLINE
from tests.clock import golden_making
from tests.clock.golden_making import day
from tests.clock.test_golden import pauses_of, span
from tests.reference import load_calendar
from tests.workflow.casework import at

pytestmark = pytest.mark.django_db
ROWS = [row for row in golden_making.table() if not row["change"] and row["rolls"] == "no"]
SHARES = (1, 20, 33, 50, 66, 80, 99, 100)
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def calendar() -> Calendar:
    load_calendar(*range(FIRST_YEAR, 2028))
    return calendar_between(dt.date(FIRST_YEAR, 1, 1), dt.date(2027, 12, 31))


def counted(row: dict[str, str], unit: str, calendar: Calendar) -> list[dt.date]:
    """Every day of the limit that is used, one by one, up to its last."""
    start, due = day(row["start"]), day(row["due"])
    days = [start + ONE_DAY * n for n in range(1, (due - start).days + 1)]
    worked = [on for on in days if unit != LimitUnit.WORKING_DAY or calendar[on].working]
    return [on for on in worked if not any(pause.covers(on) for pause in pauses_of(row))]


def begun(row: dict[str, str]) -> dt.date:
    """Since when the clock has run without a pause."""
    return max([day(row["start"]), *(pause.ended_on for pause in pauses_of(row) if pause.ended_on)])


def extensions_of(row: dict[str, str]) -> list[Span]:
    return [span(text) for text in filter(None, row["extensions"].split(";"))]


def stopped_on_its_last_day(row: dict[str, str], days: list[dt.date]) -> bool:
    """Then the law gives one more day to act, and the limit itself is used up before it."""
    parts = [span(row["limit"]), *extensions_of(row)]
    return all(part.unit != LimitUnit.MONTH for part in parts) and len(days) != sum(part.value for part in parts)


def days_unit(row: dict[str, str]) -> str:
    unit = span(row["limit"]).unit
    return LimitUnit.CALENDAR_DAY if unit == LimitUnit.MONTH else unit


def test_each_share_is_reached_on_the_day_that_uses_it_up(calendar) -> None:
    """Ten days, 80 per cent: on the eighth of them, or when the clock goes on again after that one."""
    cases = 0
    for row in ROWS:
        unit = days_unit(row)
        days = counted(row, unit, calendar)
        if stopped_on_its_last_day(row, days):
            continue
        for share in SHARES:
            expected = max(days[-(-len(days) * share // 100) - 1], begun(row))
            on = begun(row)
            while not Pace(len(days), days_between(on, day(row["due"]), unit, calendar)).used(share):
                on += ONE_DAY
            assert on == expected, (row, share)
            cases += 1
    assert cases > 1_500


def test_the_planned_day_is_the_same_whichever_way_it_is_found(calendar) -> None:
    """The table that the server joins says of each day and last day what the rule says of them one by one."""
    rule = ReminderRule(shares=[50, 80], offsets=[0, -3])
    for row in ROWS[::9]:
        unit = days_unit(row)
        days, due = counted(row, unit, calendar), day(row["due"])
        pace = pace_text(unit, len(days))
        for on in (begun(row) + ONE_DAY * n for n in range((due - begun(row)).days + 40)):
            found = dict(reached(rule, on, pace, calendar)).get(due)
            left = sum(day > on for day in days)
            used = [1000 + 100 - share for share in rule.shares if 100 * left <= len(days) * (100 - share)]
            expected = -3 if on >= due + ONE_DAY * 3 else 0 if on >= due else min(used, default=None)
            assert found == (None if on > due + ONE_DAY * 33 else expected), (row, on)


def test_the_database_knows_how_long_each_limit_is(calendar) -> None:
    """Length with extensions and without pauses, for every golden deadline at once, by SQL and by the recount."""
    file, limits = at("submitted"), _limits()
    expected = {}
    for n, row in enumerate(ROWS):
        first, *further = [span(row["limit"]), *extensions_of(row)]
        deadline = Deadline.objects.create(
            subject_kind=SUBJECT,
            subject_id=file.pk,
            code=f"GOLD.N{n}",
            limit=limits[first],
            started_on=day(row["start"]),
            due_on=day(row["due"]),
        )
        _history(deadline, pauses_of(row), [limits[one] for one in further])
        days = counted(row, days_unit(row), calendar)
        length = len(days) if first.unit == LimitUnit.MONTH else sum(one.value for one in (first, *further))
        expected[f"n{n}"] = pace_text(days_unit(row), length)
        assert stopped_on_its_last_day(row, days) or pace_parts(expected[f"n{n}"])[1] == len(days)
    source = source_of(DEADLINE)
    values = {"first": dt.date(2023, 1, 1), "last": dt.date(2028, 1, 1)}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT variant, pace FROM ({source.sql}) s WHERE variant LIKE 'n%%'", values)
        assert dict(cursor.fetchall()) == expected
    recounted = {matter.variant: matter.pace for matter in source.recount(values["first"], values["last"])}
    assert {key: pace for key, pace in recounted.items() if key != "accept"} == expected


def _limits() -> dict[Span, StatutoryLimit]:
    made: dict[Span, StatutoryLimit] = defaultdict()
    for row in ROWS:
        for one in (span(row["limit"]), *extensions_of(row)):
            if one not in made:
                made[one] = StatutoryLimit.objects.create(
                    code=f"GOLD.{one.unit}.{one.value}",
                    name="示例",
                    value=one.value,
                    unit=one.unit,
                    effective_from=dt.date(2000, 1, 1),
                    article="示例",
                )
    return made


def _history(deadline: Deadline, pauses: list[Pause], extensions: list[StatutoryLimit]) -> None:
    happened = [(EventKind.START, deadline.started_on, None)]
    for pause in pauses:
        happened += [(EventKind.PAUSE, pause.began_on, None), (EventKind.RESUME, pause.ended_on, None)]
    happened += [(EventKind.EXTEND, deadline.due_on, extension) for extension in extensions]
    DeadlineEvent.objects.bulk_create(
        DeadlineEvent(
            deadline=deadline, n=n, kind=kind, on=on, extension=extension, actor_label="示例", at=timezone.now()
        )
        for n, (kind, on, extension) in enumerate(happened, 1)
    )
