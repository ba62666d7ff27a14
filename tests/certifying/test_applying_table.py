"""The table of the application: sound, in both languages, with the examinations that each scheme asks for."""

import itertools

import pytest
from django.utils.translation import override

from apps.certifications.constants import Shape
from apps.certifying.constants import Kind, Stage
from apps.certifying.rules.applying import APPLYING
from apps.certifying.rules.facts import Facts
from apps.certifying.rules.stages import BY_SHAPE, STATE_OF, stages
from apps.core.calendar import today
from apps.workflow.rules import check_process, texts_of

GROUPS = [("qms", 1), ("service", 1), ("ccc", 2), ("organic", 3), ("gap", 3), ("industrial", 4)]
WAYS = list(itertools.product(GROUPS, Kind.values))


def test_the_table_is_sound() -> None:
    assert check_process(APPLYING) == []


def test_every_text_is_there_in_both_languages() -> None:
    for place, text in texts_of(APPLYING):
        with override("zh-hans"):
            chinese = str(text)
        with override("en"):
            assert str(text) != chinese, f"{place} has no English"


@pytest.mark.parametrize(("scheme", "kind"), WAYS)
def test_each_scheme_goes_one_way_to_the_decision(scheme: tuple[str, int], kind: str, django_now) -> None:
    """Of the steps that apply, one plans, each state of examination has one way on, and one decision certifies."""
    facts = Facts(group=scheme[0], shape=scheme[1], kind=kind, on=today(django_now), predecessor_number="1")

    def open_(step) -> bool:
        return step.applies is None or step.applies(facts)

    planned = [step for step in APPLYING.steps_from("accepted") if step.code.startswith("plan_") and open_(step)]
    assert [step.target for step in planned] == [facts.states[0]]
    way = [planned[0].target]
    while onward := [step for step in APPLYING.steps_from(way[-1]) if step.code.startswith("to_") and open_(step)]:
        assert len(onward) == 1
        way.append(onward[0].target)
    assert tuple(way) == facts.states
    assert {STATE_OF[stage] for stage in facts.stages} == set(way)
    ends = {"certify", "renew", "change_scope"}
    assert len([step for step in APPLYING.steps_from("recommended") if step.code in ends and open_(step)]) == 1


@pytest.fixture
def django_now():
    import datetime as dt

    return dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)


def test_what_the_schemes_ask_for() -> None:
    assert stages("qms", Shape.MANAGEMENT, Kind.INITIAL) == (Stage.STAGE1, Stage.STAGE2)
    assert stages("qms", Shape.MANAGEMENT, Kind.RECERTIFICATION) == (Stage.STAGE2,)
    assert stages("ccc", Shape.CCC, Kind.INITIAL) == (Stage.TYPE_TEST, Stage.FACTORY)
    assert stages("organic", Shape.FOOD, Kind.RECERTIFICATION) == (Stage.FIELD, Stage.SAMPLING)
    assert all(set(kinds) == set(Kind.values) for kinds in BY_SHAPE.values())
