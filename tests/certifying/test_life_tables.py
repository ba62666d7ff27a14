"""The tables about an issued certificate: sound, their texts in both languages, duties apart, guards one by one."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import translation

from apps.certifications.constants import ReasonClass, Status
from apps.certifications.rules.status import MOVES
from apps.certifying.rules import life_acts
from apps.certifying.rules import life_facts as guard
from apps.certifying.rules.life_facts import LifeFacts
from apps.certifying.rules.life_terms import AUDIT, DECISION, PLANNING
from apps.workflow.process import APPLICANT, CLOCK, Process
from apps.workflow.rules import barred_by, check_process, texts_of

TODAY = dt.date(2026, 11, 24)
DAY = dt.timedelta(days=1)
FACTS = LifeFacts(today=TODAY, latest=dt.date(2027, 5, 24), latest_seasonal=dt.date(2027, 11, 24))
TABLES = list(life_acts.TABLES.values())
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)


@each_table
def test_the_table_is_sound(table: Process) -> None:
    assert check_process(table) == []
    assert table.handled


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
def test_every_step_tells_somebody_and_names_its_rule(table: Process) -> None:
    assert [step.code for step in table.steps if not step.tells or not step.basis] == []


@each_table
def test_nobody_decides_what_they_handled(table: Process) -> None:
    """Whoever took a desk step of another duty, anywhere on any path before, is kept from every decision."""
    decisions = [step for step in table.steps if step.decides]
    assert decisions
    for decision in decisions:
        assert decision.by == (DECISION,)
        others = {step.code for step in table.steps if step.by_desk and DECISION not in step.by}
        assert others <= barred_by(table, decision), decision.code


@each_table
def test_only_the_body_decides_and_only_a_decision_changes_a_status(table: Process) -> None:
    target = life_acts.TARGETS.get(table.code)
    final = {state.code for state in table.states if state.final}
    by_decision = {step.target for step in table.steps if step.decides}
    assert final - by_decision <= {"withdrawn", "dropped"}
    if target is not None:
        acting = [step for step in table.steps if step.decides and guard.act_open in step.needs]
        assert len(acting) == 1, table.code
        assert acting[0].issues


def test_every_reason_is_one_that_the_registry_allows() -> None:
    for code, target in life_acts.TARGETS.items():
        allowed = {reason for move in MOVES if move.to_status == target for reason in move.reasons}
        assert set(life_acts.TABLES[code].matters) <= {str(reason) for reason in allowed}, code


def test_silence_only_ends_the_right_to_state_and_the_time_for_an_audit() -> None:
    by_clock = {(table.code, step.code): step.on_lapse for table in TABLES for step in table.steps if CLOCK in step.by}
    assert by_clock == {
        ("cert_suspend", "silent"): "CERT.STATE",
        ("cert_revoke", "silent"): "CERT.STATE",
        ("cert_watch", "late"): "CERT.SHORT_NOTICE",
    }


def test_nothing_is_revoked_before_the_holder_was_told_and_could_speak() -> None:
    table = life_acts.TABLES["cert_revoke"]
    unheard = replace(table, steps=tuple(step for step in table.steps if step.code not in ("state", "silent")))
    reached, waiting = set(), [unheard.start]
    while waiting:
        status = waiting.pop()
        if status not in reached:
            reached.add(status)
            waiting += [step.target for step in unheard.steps_from(status)]
    assert "revoked" not in reached


@pytest.mark.parametrize("reason", [str(each) for each in ReasonClass])
def test_each_reason_of_a_suspension_has_one_beginning(reason: str) -> None:
    table, facts = life_acts.TABLES["cert_suspend"], replace(FACTS, reason=reason)
    open_to = [step.code for step in table.steps_from("found") if step.applies is None or step.applies(facts)]
    assert len(open_to) == 1


def test_who_begins_what() -> None:
    opened = {table.code: table.opened_by for table in TABLES}
    assert opened["cert_resume"] == opened["cert_release"] == {APPLICANT}
    assert opened["cert_revoke"] == {PLANNING}
    assert life_acts.TABLES["cert_watch"].named_only == {AUDIT}


SUSPENDED = life_acts.Standing(Status.SUSPENDED, TODAY - DAY, suspended_for="nonconformity")
MISSED = life_acts.Standing(Status.VALID, missed=TODAY - DAY)
VALID = life_acts.Standing(Status.VALID)


@pytest.mark.parametrize(
    ("standing", "due"),
    [
        (VALID, None),
        (MISSED, ("cert_suspend", "surveillance_missed")),
        (SUSPENDED, ("cert_revoke", "not_corrected")),
        (replace(SUSPENDED, suspended_for="surveillance_missed"), ("cert_revoke", "surveillance_missed")),
        (replace(SUSPENDED, suspended_until=TODAY), None),  # its last day still runs
        (life_acts.Standing(Status.REVOKED, missed=TODAY - DAY), None),
    ],
)
def test_what_a_body_has_to_begin(standing, due) -> None:
    assert life_acts.due_act(standing, TODAY) == due
    if due is not None:
        assert life_acts.must(*due, standing, TODAY)
        assert not life_acts.why_not(*due, standing)


@pytest.mark.parametrize(
    ("check", "facts", "inputs", "code"),
    [
        (guard.act_open, {}, {}, None),
        (guard.act_open, {"why_not": "已注销"}, {}, "act"),
        (guard.proposal_made, {}, {"proposal": "do"}, None),
        (guard.proposal_made, {}, {"proposal": "maybe"}, "choice"),
        (guard.until_proposed, {}, {"proposal": "do_not"}, None),
        (guard.until_proposed, {}, {"proposal": "do"}, "required"),
        (guard.until_proposed, {}, {"proposal": "do", "until": "2027-05-24"}, None),
        (guard.until_proposed, {}, {"proposal": "do", "until": "2027-05-25"}, "until"),
        (guard.until_proposed, {}, {"proposal": "do", "until": "2026-11-24"}, "until"),
        (guard.until_proposed, {}, {"proposal": "do", "until": "2027-02-30"}, "day"),
        (
            guard.until_proposed,
            {"ccc": True, "reason": "holder_request"},
            {"proposal": "do", "until": "2027-11-24", "seasonal": "yes"},
            None,
        ),
        (
            guard.until_proposed,
            {"ccc": False, "reason": "holder_request"},
            {"proposal": "do", "until": "2027-11-24", "seasonal": "yes"},
            "seasonal",
        ),
        (
            guard.until_proposed,
            {"ccc": True, "reason": "nonconformity"},
            {"proposal": "do", "until": "2027-11-24", "seasonal": "yes"},
            "seasonal",
        ),
        (guard.until_holds, {}, {}, "until"),
        (guard.until_holds, {"until": TODAY}, {}, "until"),
        (guard.until_holds, {"until": TODAY + DAY}, {}, None),
        (guard.may_keep, {}, {}, None),
        (guard.may_keep, {"must": "必须暂停"}, {}, "must"),
        (guard.in_the_period, {"suspended_until": TODAY}, {}, None),
        (guard.in_the_period, {"suspended_until": TODAY - DAY}, {}, "late"),
        (guard.in_the_period, {"suspended_until": TODAY - DAY, "asked_on": TODAY - DAY}, {}, None),
        (guard.evidence_given, {}, {}, "no_evidence"),
        (guard.evidence_given, {"evidence": 1}, {}, None),
        (guard.day_planned, {}, {"planned_on": "2026-11-24"}, None),
        (guard.day_planned, {}, {"planned_on": "2026-11-23"}, "past"),
        (guard.day_planned, {}, {"planned_on": "morgen"}, "day"),
        (guard.audit_held, {}, {"held_on": "2026-11-25"}, "future"),
        (guard.audit_held, {"opened_on": TODAY}, {"held_on": "2026-11-23"}, "before"),
        (guard.audit_held, {"opened_on": TODAY}, {"held_on": "2026-11-24"}, None),
        (guard.audit_held, {}, {"held_on": "gestern"}, "day"),
        (guard.result_fits, {}, {"result": "conforming"}, None),
        (guard.result_fits, {"findings": ("minor",)}, {"result": "conforming"}, "result"),
        (guard.result_fits, {"findings": ("minor", "major")}, {"result": "major"}, None),
        (guard.result_fits, {}, {"result": "minor"}, "result"),
        (guard.result_fits, {}, {"result": "missed"}, "choice"),
        (guard.nothing_grave_open, {"open_major": 1}, {}, "open_major"),
        (guard.nothing_grave_open, {}, {}, None),
    ],
)
def test_a_guard(check, facts, inputs, code) -> None:
    problem = check(replace(FACTS, **facts), inputs)
    assert (problem.code if problem else None) == code
    assert problem is None or (problem.rule and problem.remedy)
