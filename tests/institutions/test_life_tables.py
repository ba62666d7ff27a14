"""The tables about an issued licence: sound, their texts in both languages, duties apart, guards one by one."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import translation

from apps.accounts.constants import Role
from apps.institutions.licence_constants import Cause
from apps.institutions.rules import life
from apps.institutions.rules import life_facts as guard
from apps.institutions.rules.life_cancelling import CANCELLATION
from apps.institutions.rules.life_facts import LifeFacts
from apps.institutions.rules.life_rectifying import RECTIFICATION
from apps.institutions.rules.life_revoking import REVOCATION
from apps.workflow.process import APPLICANT, CLOCK, Process
from apps.workflow.rules import barred_by, check_process, texts_of

TABLES = [REVOCATION, CANCELLATION, RECTIFICATION]
TODAY = dt.date(2026, 11, 24)
FACTS = LifeFacts(today=TODAY)
LAPSED = {"fits": False, "why_not": "已过期", "last_day": dt.date(2026, 11, 20)}
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)


@each_table
def test_the_table_is_sound(table: Process) -> None:
    assert check_process(table) == []


@each_table
def test_every_text_is_there_in_both_languages(table: Process) -> None:
    for place, text in texts_of(table):
        with translation.override("zh-hans"):
            chinese = str(text)
        with translation.override("en"):
            english = str(text)
        assert chinese.strip(), place
        assert english.strip(), place
        assert english != chinese, place


@each_table
def test_every_step_tells_somebody_and_names_its_article(table: Process) -> None:
    assert [step.code for step in table.steps if not step.tells or not step.basis] == []


@each_table
def test_nobody_decides_what_they_handled(table: Process) -> None:
    """Whoever took a step of another role, anywhere on any path before, is kept from every decision."""
    for decision in (step for step in table.steps if step.decides):
        assert decision.by == (Role.APPROVER,)
        others = {step.code for step in table.steps if step.by_desk and Role.APPROVER not in step.by}
        after = {step.code for step in table.steps if table.state(step.target).final}  # nothing follows these
        assert others - after <= barred_by(table, decision), decision.code


@each_table
def test_every_matter_is_a_cause_of_its_act(table: Process) -> None:
    move = {"cma_revoke": life.REVOKE, "cma_cancel": life.CANCEL, "cma_rectify": life.ORDER}[table.code]
    assert set(table.matters) == set(move.causes)


@each_table
def test_what_changes_a_licence_asks_whether_it_may(table: Process) -> None:
    changing = {"revoke", "record_revocation", "cancel", "record_cancellation", "order"}
    for step in table.steps:
        if step.code in changing:
            assert guard.act_open in step.needs, step.code
            assert step.publishes, step.code


def test_silence_only_ends_the_right_to_be_heard_and_the_time_to_rectify() -> None:
    by_clock = {step.code: step.on_lapse for table in TABLES for step in table.steps if CLOCK in step.by}
    assert by_clock == {"silent": "CMA.REVOKE.STATE", "lapse": "CMA.ORDER.RECTIFY"}


def test_nothing_is_revoked_before_the_holder_was_told_and_could_speak() -> None:
    """Without the notice, no path leads to the decision."""
    told = replace(REVOCATION, steps=tuple(step for step in REVOCATION.steps if step.code != "notify"))
    reached, waiting = set(), [told.start]
    while waiting:
        status = waiting.pop()
        if status not in reached:
            reached.add(status)
            waiting += [step.target for step in told.steps_from(status)]
    assert "revoked" not in reached
    heard = {step.code for step in REVOCATION.steps if step.target == "heard" and step.sources == ("noticed",)}
    assert heard == {"defend", "silent"}


def test_who_begins_what() -> None:
    assert REVOCATION.opened_by == {Role.REVIEWER}
    assert CANCELLATION.opened_by == {Role.REVIEWER, APPLICANT}
    assert RECTIFICATION.opened_by == {Role.OFFICER, Role.SUPERVISOR}
    assert check_process(replace(REVOCATION, opened_by=frozenset())) == ["nobody opens a file"]
    unknown = check_process(replace(REVOCATION, opened_by=frozenset({CLOCK})))
    assert unknown == ["a file is opened by the unknown 'clock'"]


@pytest.mark.parametrize(
    ("check", "facts", "inputs", "code"),
    [
        (guard.act_open, {}, {}, None),
        (guard.act_open, {"fits": False, "why_not": "已注销"}, {}, "act"),
        (guard.act_open, {**LAPSED, "why_not_then": ""}, {"answered_on": "2026-11-20"}, None),
        (guard.act_open, {**LAPSED, "why_not_then": ""}, {"answered_on": "2026-11-21"}, "act"),
        (guard.act_open, {**LAPSED, "why_not_then": "未届满"}, {"answered_on": "2026-11-20"}, "act"),
        (guard.act_open, {**LAPSED, "why_not_then": ""}, {}, "act"),
        (guard.proposal_made, {}, {"proposal": "do"}, None),
        (guard.proposal_made, {}, {"proposal": "do_not"}, None),
        (guard.proposal_made, {}, {"proposal": "maybe"}, "choice"),
        (guard.hearing_in_time, {}, {"hearing_on": "2026-12-01"}, None),
        (guard.hearing_in_time, {}, {"hearing_on": "2026-11-30"}, "notice"),
        (guard.hearing_in_time, {}, {"hearing_on": "2026-02-30"}, "day"),
        (guard.hearing_held, {"hearing_on": TODAY}, {}, None),
        (guard.hearing_held, {"hearing_on": TODAY + dt.timedelta(days=1)}, {}, "early"),
        (guard.hearing_held, {}, {}, "no_hearing"),
        (guard.evidence_given, {"evidence": 1}, {}, None),
        (guard.evidence_given, {}, {}, "no_evidence"),
        (guard.answer_recorded, {}, {"answered_on": "2026-11-24"}, None),
        (guard.answer_recorded, {}, {"answered_on": "2026-11-25"}, "future"),
        (guard.answer_recorded, {}, {"answered_on": "gestern"}, "day"),
        (guard.answer_recorded, {"forwarded_on": TODAY}, {"answered_on": "2026-11-24"}, None),
        (guard.answer_recorded, {"forwarded_on": TODAY}, {"answered_on": "2026-11-23"}, "before"),
    ],
)
def test_a_guard(check, facts, inputs, code) -> None:
    problem = check(replace(FACTS, **facts), inputs)
    assert (problem.code if problem else None) == code
    assert problem is None or (problem.rule and problem.remedy)


def test_only_what_the_law_bars_is_barred() -> None:
    barring = {cause for move in life.MOVES.values() for cause, ground in move.causes.items() if ground.bars}
    assert barring == {Cause.FRAUD}
    free = {cause for move in life.MOVES.values() for cause, ground in move.causes.items() if not ground.must}
    assert free == {Cause.AUTHORITY_ERROR}
