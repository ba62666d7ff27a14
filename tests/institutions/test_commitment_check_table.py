"""The table of the check on site: sound, its texts in both languages, its guards one by one, its separations."""

from dataclasses import replace

import pytest
from django.utils import translation

from apps.accounts.constants import Role
from apps.institutions.rules import commitment_check_facts as guard
from apps.institutions.rules.commitment_check import CHECK
from apps.institutions.rules.commitment_check_facts import CheckFacts
from apps.workflow.process import APPLICANT, CLOCK
from apps.workflow.rules import barred_by, check_process, texts_of
from apps.workflow.rules.table import before


def test_the_table_is_sound() -> None:
    assert check_process(CHECK) == []
    assert CHECK.starts == ("CMA.COMMITMENT.CHECK",)


def test_every_text_is_there_in_both_languages() -> None:
    for place, text in texts_of(CHECK):
        with translation.override("zh-hans"):
            chinese = str(text)
        with translation.override("en"):
            english = str(text)
        assert chinese.strip(), place
        assert english.strip(), place
        assert english != chinese, place


def test_every_step_tells_somebody_and_every_step_of_the_bureau_names_its_article() -> None:
    assert [step.code for step in CHECK.steps if not step.tells] == []
    assert [step.code for step in CHECK.steps if step.by_desk and not step.basis] == []


def test_nothing_is_decided_by_silence() -> None:
    """A late check escalates; no outcome comes of itself."""
    assert [step.code for step in CHECK.steps if CLOCK in step.by] == []


@pytest.mark.parametrize("step", [step for step in CHECK.steps if step.by_desk], ids=lambda step: step.code)
def test_no_role_approves_its_own_step(step) -> None:
    """Whoever planned or found never judges, and whoever judges was at no other desk of the file before."""
    if step.decides:
        earlier = {other.code for other in before(CHECK, step) if other.by_desk and not {*other.by} & {*step.by}}
        assert earlier
        assert earlier <= barred_by(CHECK, step)
        assert step.by == (Role.LEADER,)
    assert not {APPLICANT, CLOCK} & {*step.by}


def test_only_named_officers_find_and_confirm() -> None:
    by_officers = {step.code for step in CHECK.steps if Role.OFFICER in step.by}
    assert by_officers == {"report", "send_back", "confirm"}
    assert CHECK.named_only == frozenset({Role.OFFICER})
    assert Role.REVIEW_EXPERT not in {role for step in CHECK.steps for role in step.by}  # third parties never inspect


@pytest.mark.parametrize(
    ("check", "good", "bad", "code"),
    [
        (guard.staffed, {"checkers": 2}, {"checkers": 1}, "checkers"),
        (guard.dated, {"visit_set": True}, {}, "no_day"),
        (guard.all_found, {}, {"missing": ("人员",)}, "missing"),
        (guard.all_signed, {"checkers": 2, "signed": 2}, {"checkers": 2, "signed": 1}, "unsigned"),
        (guard.all_signed, {"checkers": 2, "signed": 2}, {}, "unsigned"),
        (guard.nothing_wrong, {}, {"defects": 1}, "defects"),
        (guard.nothing_wrong, {}, {"false": 1}, "defects"),
        (guard.only_defects, {"defects": 1}, {"defects": 1, "false": 1}, "false"),
        (guard.only_defects, {"defects": 1}, {}, "no_defects"),
        (guard.all_answered, {}, {"unanswered": 1}, "unanswered"),
        (guard.all_settled, {}, {"unsettled": 1}, "unsettled"),
        (guard.some_unsettled, {"unsettled": 1}, {}, "settled"),
        (guard.untrue, {"false": 1}, {"defects": 1, "stage": "found"}, "not_untrue"),
        (guard.untrue, {"stage": "rectification", "overdue": True}, {"stage": "rectification"}, "not_untrue"),
        (guard.untrue, {"stage": "recheck", "lacking": 1}, {"stage": "recheck", "unsettled": 1}, "not_untrue"),
        (guard.untrue, {"stage": "recheck", "lacking": 1}, {"stage": "found", "lacking": 1}, "not_untrue"),
        (guard.licence_gone, {"licence_live": False}, {}, "live"),
    ],
)
def test_a_guard(check, good, bad, code) -> None:
    assert check(replace(CheckFacts(), **good), {}) is None
    problem = check(replace(CheckFacts(), **bad), {})
    assert problem is not None
    assert problem.code == code
    assert problem.rule
    assert problem.remedy


@pytest.mark.parametrize(
    ("false", "defects", "open_steps"),
    [(0, 0, {"find_true"}), (0, 2, {"order"}), (1, 0, {"hand_over"}), (1, 2, {"hand_over"})],
)
def test_every_set_of_findings_leads_to_one_judgement(false: int, defects: int, open_steps: set[str]) -> None:
    facts = CheckFacts(false=false, defects=defects, unsettled=defects, stage="found")
    judged = [step for step in CHECK.steps_from("found") if step.decides]
    assert {step.code for step in judged if not any(guard(facts, {}) for guard in step.needs)} == open_steps
