"""What must hold of every last day, whatever the calendar: searched by hypothesis over invented calendars."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apps.clock.constants import LimitUnit
from apps.clock.rules import CalendarMissing, Day, Pause, Rule, Span, due, due_under, working_days_between
from apps.core.calendar import add_months

FIRST = dt.date(2024, 1, 1)
LENGTH = 1_200
STEADY = settings(  # the same examples every time, however busy the machine
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
WD, CD, MONTH = LimitUnit.WORKING_DAY, LimitUnit.CALENDAR_DAY, LimitUnit.MONTH


def at(n: int) -> dt.date:
    return FIRST + dt.timedelta(days=n)


@st.composite
def calendars(draw: st.DrawFn) -> dict[dt.date, Day]:
    """Weekdays worked, except on invented holidays, and some weekend days worked instead."""
    turned = draw(st.sets(st.integers(0, 400), max_size=60))
    return {at(n): Day((at(n).weekday() < 5) != (n in turned)) for n in range(LENGTH)}


starts = st.integers(0, 200).map(at)
values = st.integers(1, 60)
units = st.sampled_from([WD, CD])


@STEADY
@given(calendars(), starts, values, units)
def test_exactly_so_many_days_are_counted_and_the_last_one_counts(calendar, start, value, unit) -> None:
    found = due(start, value, unit, (), (), calendar)
    assert found is not None
    if unit == WD:
        assert calendar[found.on].working
        assert working_days_between(start, found.on, calendar) == value
    else:
        assert (found.on - start).days == value


@STEADY
@given(calendars(), starts, values, units, st.integers(0, 30), st.integers(0, 30))
def test_later_or_longer_is_never_earlier(calendar, start, value, unit, later, longer) -> None:
    base = due(start, value, unit, (), (), calendar)
    assert due(start + dt.timedelta(days=later), value, unit, (), (), calendar).on >= base.on
    assert due(start, value + longer, unit, (), (), calendar).on >= base.on


@STEADY
@given(calendars(), starts, values, st.integers(0, 80), st.integers(0, 60))
def test_a_pause_of_n_working_days_moves_the_last_day_by_n(calendar, start, value, after, length) -> None:
    base = due(start, value, WD, (), (), calendar)
    began = start + dt.timedelta(days=after)
    assume(began < base.on)
    pause = Pause(began, began + dt.timedelta(days=length))
    n = working_days_between(pause.began_on, pause.ended_on, calendar)
    assert due(start, value, WD, [pause], (), calendar).on == due(start, value + n, WD, (), (), calendar).on


@STEADY
@given(calendars(), starts, values, units, st.integers(0, 40))
def test_what_was_left_at_the_pause_is_left_at_the_resumption(calendar, start, value, unit, length) -> None:
    base = due(start, value, unit, (), (), calendar)
    began = start + (base.on - start) // 2
    assume(began < base.on)
    ended = began + dt.timedelta(days=length)
    found = due(start, value, unit, [Pause(began, ended)], (), calendar)
    if unit == WD:
        assert working_days_between(began, base.on, calendar) == working_days_between(ended, found.on, calendar)
    else:
        assert base.on - began == found.on - ended


@STEADY
@given(calendars(), starts, values, units, st.integers(1, 40))
def test_a_clock_stopped_on_its_last_day_leaves_one_day_to_act(calendar, start, value, unit, length) -> None:
    last = due(start, value, unit, (), (), calendar).on
    ended = last + dt.timedelta(days=length)
    found = due(start, value, unit, [Pause(last, ended)], (), calendar)
    assert found.on >= ended
    assert unit == CD or calendar[found.on].working
    assert working_days_between(ended, found.on, calendar) <= 1


@STEADY
@given(calendars(), starts, values, values, units)
def test_an_extension_of_the_same_unit_adds_up(calendar, start, value, more, unit) -> None:
    extended = due(start, value, unit, (), [Span(more, unit)], calendar)
    assert extended == due(start, value + more, unit, (), (), calendar)


@STEADY
@given(calendars(), starts, st.integers(1, 12), st.integers(0, 300), st.integers(0, 40))
def test_a_pause_moves_months_by_its_calendar_days(calendar, start, months, after, length) -> None:
    base = add_months(start, months)
    began = start + dt.timedelta(days=after)
    assume(began < base)
    ended = began + dt.timedelta(days=length)
    assert due(start, months, MONTH, [Pause(began, ended)], (), calendar).on == base + dt.timedelta(days=length)


@STEADY
@given(calendars(), starts, values, units)
def test_rolling_ends_on_the_first_working_day_from_there_on(calendar, start, value, unit) -> None:
    plain = due(start, value, unit, (), (), calendar).on
    rolled = due(start, value, unit, (), (), calendar, rolls=True).on
    assert rolled >= plain
    assert calendar[rolled].working
    assert working_days_between(plain - dt.timedelta(days=1), rolled, calendar) == 1


@STEADY
@given(calendars(), starts, values, units, st.integers(0, 60))
def test_an_open_pause_has_no_last_day(calendar, start, value, unit, after) -> None:
    assert due(start, value, unit, [Pause(start + dt.timedelta(days=after))], (), calendar) is None


@STEADY
@given(calendars(), starts, values, values, st.integers(1, 200), st.booleans())
def test_a_successor_takes_over_only_what_still_runs(calendar, start, old, new, since, running) -> None:
    rules = [
        Rule(old, WD, dt.date(2000, 1, 1), key=1),
        Rule(new, WD, start + dt.timedelta(days=since), applies_to_running=running, key=2),
    ]
    base = due(start, old, WD, (), (), calendar)
    rule, found = due_under(start, rules, (), (), calendar)
    if running and base.on >= rules[1].effective_from:
        assert rule.key == 2
        assert found.on == max(due(start, new, WD, (), (), calendar).on, rules[1].effective_from)
    else:
        assert (rule.key, found) == (1, base)


@STEADY
@given(starts, values, units, st.integers(0, 400))
def test_a_gap_in_the_calendar_blocks_or_was_not_needed(start, value, unit, gap) -> None:
    calendar = {at(n): Day(at(n).weekday() < 5) for n in range(LENGTH) if n != gap}
    whole = {**calendar, at(gap): Day(at(gap).weekday() < 5)}
    last = due(start, value, unit, (), (), whole, rolls=True).on
    needed = start < at(gap) <= last if unit == WD else start + dt.timedelta(days=value) <= at(gap) <= last
    if needed:
        with pytest.raises(CalendarMissing) as missing:
            due(start, value, unit, (), (), calendar, rolls=True)
        assert missing.value.day == at(gap)
    else:
        assert due(start, value, unit, (), (), calendar, rolls=True).on == last


def test_a_provisional_day_marks_the_result() -> None:
    calendar = {at(n): Day(at(n).weekday() < 5, provisional=n >= 10) for n in range(60)}
    assert due(at(0), 3, WD, (), (), calendar).provisional is False
    assert due(at(0), 30, WD, (), (), calendar).provisional is True
    assert due(at(0), 30, CD, (), (), calendar).provisional is False
    assert due(at(0), 30, CD, (), (), calendar, rolls=True).provisional is True


def test_nothing_is_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        due(at(0), -1, WD, (), (), {})
