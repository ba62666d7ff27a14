"""Who is kept off a file is kept off what is done beside its steps; and a review goes on when somebody steps back."""

import pytest

from apps.accounts.constants import Role
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.institutions.services.demands import settle_demand, strike_demand
from apps.institutions.services.reviews import plan_review
from apps.workflow.services.assignment import recuse
from tests import factories
from tests.institutions.casework import Case, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def step_back(case: Case, who: object) -> None:
    recuse(**case.by(who), file_id=case.file.pk, reason="与申请人有利害关系")


def test_who_stepped_back_lists_and_strikes_nothing() -> None:
    case = Case().to("submitted")
    point = case.point()
    step_back(case, Role.WINDOW_CLERK)
    with pytest.raises(Refused, match="回避"):
        case.point()
    with pytest.raises(Refused, match="回避"):
        strike_demand(**case.by(Role.WINDOW_CLERK), **case.id, demand_id=point.pk)


def test_who_joined_the_applicant_neither_signs_nor_settles() -> None:
    case = Case().to("review")
    point = case.point("first")
    case.take("head", "demand_rectification")
    case.answer_all()
    case.take("applicant", "rectify")
    factories.member(case.person("first"), case.lab)
    with pytest.raises(Refused, match="任职"):
        case.sign("first")
    with pytest.raises(Refused, match="任职"):
        settle_demand(**case.by("first"), **case.id, demand_id=point.pk)


def test_who_stepped_back_plans_nothing_and_signs_nothing() -> None:
    case = Case().to("accepted")
    step_back(case, Role.REVIEWER)
    plan = {"mode": "on_site", "review_from": today(case.now), "review_days": 5}
    with pytest.raises(Refused, match="回避"):
        plan_review(**case.by(Role.REVIEWER), **case.id, **plan)
    case = Case(lab=factories.organisation("示例·另一家")).to("review")
    step_back(case, "first")
    with pytest.raises(Refused, match="回避"):
        case.sign("first")


def test_the_team_neither_proposes_nor_decides() -> None:
    """Signing is no step: whoever signed, and left it to the leader to conclude, is off the decision all the same."""
    case = Case()
    case.people["first"] = factories.staff(Role.REVIEW_EXPERT, Role.APPROVER, Role.REVIEWER)
    case.to("concluded")
    with pytest.raises(Refused, match="技术评审"):
        case.take("first", "propose", inputs={"proposal": "grant"}, reason="x")
    case.take(Role.REVIEWER, "propose", inputs={"proposal": "grant"}, reason="x")
    for step in ("grant", "refuse", "send_back"):
        with pytest.raises(Refused, match="技术评审"):
            case.take("first", step, reason="x")
    case.take(Role.APPROVER, "grant", reason="x")


def test_who_listed_what_was_wrong_does_not_decide() -> None:
    case = Case()
    case.people["both"] = factories.staff(Role.WINDOW_CLERK, Role.APPROVER)
    case.to("submitted")
    case.point("both")
    case.take(Role.WINDOW_CLERK, "correct")
    case.answer_all()
    case.take("applicant", "answer")
    case.take(Role.WINDOW_CLERK, "accept")
    case.plan()
    case.take(Role.REVIEWER, "plan")
    case.sign("first", "second", "head")
    case.take("head", "conclude")
    case.take(Role.REVIEWER, "propose", inputs={"proposal": "grant"}, reason="x")
    with pytest.raises(Refused, match="补正"):
        case.take("both", "grant", reason="x")
