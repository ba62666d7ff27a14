"""The table of the general route: sound, its texts in both languages, its guards one by one."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import translation

from apps.accounts.constants import Role
from apps.institutions.rules import facts as guard
from apps.institutions.rules.facts import Facts, Opinion
from apps.institutions.rules.licensing import LICENSING
from apps.workflow.process import APPLICANT, CLOCK
from apps.workflow.rules import barred_by, check_process, texts_of

LEADER, EXPERT = Opinion(leader=True, sequence=9), Opinion(leader=False, sequence=5)


def test_the_table_is_sound() -> None:
    assert check_process(LICENSING) == []


def test_every_text_is_there_in_both_languages() -> None:
    for place, text in texts_of(LICENSING):
        with translation.override("zh-hans"):
            chinese = str(text)
        with translation.override("en"):
            english = str(text)
        assert chinese.strip(), place
        assert english.strip(), place
        assert english != chinese, place


def test_every_step_tells_somebody_but_those_that_concern_nobody_else() -> None:
    assert {step.code for step in LICENSING.steps if not step.tells} == {"discard"}


def test_every_step_of_the_bureau_names_its_article() -> None:
    assert [step.code for step in LICENSING.steps if step.by_desk and not step.basis] == []


def test_nobody_decides_what_they_handled() -> None:
    staff = {step.code for step in LICENSING.steps if step.by_desk}
    for code in ("grant", "grant_informed", "refuse", "forward"):
        mine = {step.code for step in LICENSING.steps if Role.APPROVER in step.by}
        later = {"seal", "stop_issue", "record_grant", "record_refusal"}
        assert staff - mine - later <= barred_by(LICENSING, LICENSING.step(code))


def test_silence_grants_acceptance_and_only_that() -> None:
    by_clock = {step.code: step.on_lapse for step in LICENSING.steps if CLOCK in step.by}
    assert by_clock == {"deem": "CMA.ACCEPT", "deem_informed": "CMA.ACCEPT"}


def test_the_applicant_may_withdraw_until_the_decision() -> None:
    sources = set(LICENSING.step("withdraw").sources)
    decided = {"forwarded", "decided"}
    open_states = {state.code for state in LICENSING.states if not state.final} - {"draft"}
    assert sources == open_states - decided
    assert {step.code for step in LICENSING.steps_from("draft") if APPLICANT in step.by} == {"submit", "discard"}


@pytest.mark.parametrize(
    ("check", "good", "bad", "code"),
    [
        (guard.complete, {}, {"gaps": ("材料",)}, "incomplete"),
        (guard.not_barred, {}, {"bars": ("在限制期内",)}, "barred"),
        (guard.nothing_listed, {}, {"open_demands": 1}, "demands"),
        (guard.something_listed, {"open_demands": 2}, {}, "no_demands"),
        (guard.first_correction, {}, {"correction_rounds": 1}, "second_correction"),
        (guard.all_answered, {}, {"unanswered": 1}, "unanswered"),
        (guard.all_settled, {}, {"unsettled": 1}, "unsettled"),
        (guard.planned, {"review_from": dt.date(2026, 3, 2), "review_days": 5}, {"review_days": 5}, "no_plan"),
        (guard.team_named, {"opinions": (LEADER, EXPERT)}, {"opinions": (LEADER,)}, "no_team"),
        (guard.team_named, {"opinions": (LEADER, EXPERT)}, {"opinions": (EXPERT, EXPERT)}, "no_team"),
        (guard.paper_ready, {"paper_done": True}, {}, "paper_waits"),
        (guard.paper_ready, {"paper_done": True}, {"paper_failed": True}, "paper_failed"),
    ],
)
def test_a_guard(check, good, bad, code) -> None:
    assert check(replace(Facts(), **good), {}) is None
    problem = check(replace(Facts(), **bad), {})
    assert problem is not None
    assert problem.code == code
    assert problem.rule
    assert problem.remedy


@pytest.mark.parametrize(
    ("opinions", "code"),
    [
        ([LEADER, EXPERT], None),
        ([LEADER, EXPERT, Opinion(False, None)], "unsigned"),
        ([Opinion(True, None), EXPERT], "leader_unsigned"),
        ([Opinion(True, 4), EXPERT], "leader_unsigned"),  # an opinion changed after the leader signed
        ([Opinion(True, 6), EXPERT, Opinion(False, 7)], "leader_unsigned"),
        ([Opinion(True, 9, same_team=False), EXPERT], "leader_unsigned"),  # somebody joined or left since
    ],
)
def test_opinions_are_signed_in_order(opinions: list[Opinion], code: str | None) -> None:
    found = guard.signed_in_order(Facts(opinions=tuple(opinions)), {})
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", None),  # missing is said by the engine
        ("2026-03-02", None),
        ("2026-04-01", None),
        ("2026-03-01", "day"),  # nobody answers before they were asked
        ("2026-04-02", "day"),
        ("9999-12-31", "day"),
        ("0001-01-01", "day"),
        ("²026-03-02", "day"),
        ("2026-02-30", "day"),
    ],
)
def test_the_province_answers_between_submission_and_today(given: str, code: str | None) -> None:
    facts = Facts(submitted_on=dt.date(2026, 3, 2), on=dt.date(2026, 4, 1))
    found = guard.answer_sound(facts, {"answered_on": given})
    assert (found.code if found else None) == code


@pytest.mark.parametrize(("given", "ok"), [("grant", True), ("refuse", True), ("", True), ("maybe", False)])
def test_a_proposal_is_one_of_two(given: str, ok: bool) -> None:
    assert (guard.proposal_known(Facts(), {"proposal": given}) is None) == ok
