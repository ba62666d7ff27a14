"""What follows for goods, the plan of surveillance, and when a certificate may pass to another body."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.certifications.constants import Shape, Status
from apps.certifying.rules import life_plan, life_transfer
from apps.certifying.rules.life_effects import Answer, duties_of
from apps.core.calendar import add_months

ENDED = [Status.SUSPENDED, Status.REVOKED, Status.CANCELLED, Status.EXPIRED]
BEGINS, ENDS = dt.date(2026, 1, 15), dt.date(2029, 1, 14)
QMS = life_plan.Cadence(12, 12, least=2)


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("status", ENDED)
def test_every_ended_status_answers_with_its_rule(status: Status, shape: Shape) -> None:
    duties = duties_of(status, shape)
    assert duties
    assert all(duty.basis and duty.words and duty.question for duty in duties)
    assert {duty.code: duty.answer for duty in duties}["use"] == Answer.NO
    assert duties_of(Status.VALID, shape) == ()


@pytest.mark.parametrize(
    ("status", "factory", "shipped"),
    [
        (Status.SUSPENDED, Answer.NO, Answer.WEIGHED),
        (Status.REVOKED, Answer.NO, Answer.NO),
        (Status.CANCELLED, Answer.NO, Answer.YES),
        (Status.EXPIRED, Answer.NO, Answer.YES),
    ],
)
def test_four_acts_have_four_answers_about_stock(status, factory, shipped) -> None:
    answers = {duty.code: duty.answer for duty in duties_of(status, Shape.CCC)}
    assert (answers["factory"], answers["shipped"]) == (factory, shipped)


def test_two_audits_in_a_cycle_of_three_years() -> None:
    plan = life_plan.plan_of(BEGINS, ENDS, QMS)
    assert [visit.last_day for visit in plan] == [dt.date(2027, 1, 15), dt.date(2028, 1, 15)]


def test_an_early_audit_brings_the_next_one_forward() -> None:
    plan = life_plan.plan_of(BEGINS, ENDS, QMS, [dt.date(2026, 6, 1)])
    assert [visit.last_day for visit in plan[1:]] == [dt.date(2027, 6, 1), dt.date(2028, 6, 1)]
    assert life_plan.next_visit(plan) == plan[1]


def test_a_late_audit_is_marked_and_the_least_is_kept() -> None:
    late = life_plan.plan_of(BEGINS, ENDS, QMS, [dt.date(2027, 2, 1)])
    assert late[0].late
    short = life_plan.plan_of(BEGINS, dt.date(2027, 12, 31), QMS)
    assert [visit.last_day for visit in short] == [dt.date(2027, 1, 15), dt.date(2027, 12, 30)]


def test_a_missed_audit_is_missed_the_day_after() -> None:
    plan = life_plan.plan_of(BEGINS, ENDS, QMS)
    assert life_plan.missed(plan, dt.date(2027, 1, 15)) is None
    missed = life_plan.missed(plan, dt.date(2027, 1, 16))
    assert missed is not None
    assert missed.last_day == dt.date(2027, 1, 15)


def test_a_shorter_interval_asks_for_more_audits() -> None:
    ends = dt.date(2031, 1, 14)
    counts = {months: len(life_plan.plan_of(BEGINS, ends, life_plan.Cadence(months, months))) for months in (24, 12, 6)}
    assert counts == {24: 2, 12: 4, 6: 9}


@given(st.lists(st.integers(0, 1200), max_size=6, unique=True), st.integers(6, 60), st.integers(3, 24))
def test_no_gap_of_a_plan_is_longer_than_the_rule_allows(days: list[int], months: int, gap: int) -> None:
    held = sorted(BEGINS + dt.timedelta(days=day) for day in days)
    ends = add_months(BEGINS, months)
    cadence = life_plan.Cadence(first=gap, gap=gap, least=1)
    plan = life_plan.plan_of(BEGINS, ends, cadence, held)
    assert [visit.held_on for visit in plan if visit.held_on] == held
    assert [visit.n for visit in plan] == list(range(1, len(plan) + 1))
    counted = BEGINS
    for visit in plan:
        assert visit.last_day <= add_months(counted, gap) or visit.last_day == ends - dt.timedelta(days=1)
        counted = visit.held_on or visit.last_day
    if add_months(counted, gap) < ends:
        pytest.fail("an audit is missing before the end")


PASSING = life_transfer.Passing("valid", Shape.MANAGEMENT, ENDS, body_id=1, receiving_id=2)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"status": "suspended"}, ["suspended"]),
        ({"status": "revoked"}, ["ended"]),
        ({"valid_to": dt.date(2026, 11, 23)}, ["ended"]),
        ({"valid_to": dt.date(2026, 11, 24)}, []),
        ({"must_suspend": True}, ["overdue"]),
        ({"shape": Shape.CCC}, ["shape"]),
        ({"receiving_id": 1}, ["same"]),
        ({"receiving_id": None, "receiving_is_body": False}, ["not_a_body"]),
        ({"receiving_is_body": False, "status": "suspended"}, ["suspended", "not_a_body"]),
    ],
)
def test_what_stands_against_a_transfer(change, codes) -> None:
    found = life_transfer.obstacles(replace(PASSING, **change), dt.date(2026, 11, 24))
    assert [problem.code for problem in found] == codes
    assert all(problem.rule and problem.remedy for problem in found)
