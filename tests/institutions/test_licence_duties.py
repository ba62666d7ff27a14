"""Who is kept off a file is kept off what is done beside its steps; and a review goes on when somebody steps back."""

import pytest
from django.urls import reverse

from apps.accounts.constants import Role
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.institutions.models import Opinion
from apps.institutions.services.demands import reopen_demand, settle_demand, strike_demand
from apps.institutions.services.reviews import drop_member, name_member, plan_review
from apps.workflow.services.assignment import recuse
from tests import factories
from tests.institutions.casework import Case, fresh, prepare
from tests.institutions.house import browse

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
        strike_demand(**case.by(Role.WINDOW_CLERK), **case.id, demand_id=point.pk, version=fresh(point))


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
        settle_demand(**case.by("first"), **case.id, demand_id=point.pk, version=fresh(point))


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


def name(case: Case, who: str, duty: str = "expert") -> None:
    name_member(**case.by(Role.REVIEWER), **case.id, user_id=case.person(who).pk, duty=duty, field="环境")


def test_a_review_goes_on_without_who_stepped_back() -> None:
    case = Case().to("review")
    step_back(case, "second")
    case.sign("first", "head")
    case.take("head", "conclude")
    assert case.file.status == "concluded"


def test_who_stepped_back_is_replaced_during_the_review() -> None:
    case = Case().to("review")
    case.sign("first")
    for who in ("first", "second"):
        step_back(case, who)
    case.sign("head")
    with pytest.raises(ProblemsFound, match="评审组须有一名组长和至少一名评审员"):
        case.take("head", "conclude")
    name(case, "third")
    with pytest.raises(ProblemsFound, match="签署"):
        case.take("head", "conclude")
    case.sign("third", "head")
    case.take("head", "conclude")
    assert case.file.status == "concluded"


def test_a_conclusion_on_another_team_is_none_and_what_was_signed_stays() -> None:
    case = Case().to("review")
    case.sign("first", "second", "head")
    step_back(case, "second")
    with pytest.raises(ProblemsFound, match="评审组的成员有变动"):
        case.take("head", "conclude")
    case.sign("head")
    case.take("head", "conclude")
    assert Opinion.objects.filter(member__application=case.application).count() == 4


@pytest.mark.parametrize("signed", [False, True])
def test_a_leader_who_stepped_back_is_replaced(signed: bool) -> None:
    case = Case().to("review")
    case.sign("first", "second")
    if signed:
        case.sign("head")
    with pytest.raises(Refused, match="已有组长"):
        name(case, "other", "leader")
    step_back(case, "head")
    name(case, "other", "leader")
    case.sign("other")
    case.take("other", "conclude")
    assert case.file.status == "concluded"


def test_the_pages_of_a_review_under_way_offer_the_team_and_not_the_plan() -> None:
    case = Case().to("review")
    case.sign("first", "second")
    step_back(case, "second")
    reviewer, plan = browse(case.person(Role.REVIEWER)), reverse("institutions:plan", args=[case.file.pk])
    assert plan in reviewer.get(reverse("institutions:case", args=[case.file.pk])).content.decode()
    page = reviewer.get(plan).content.decode()
    assert "review_days" not in page
    assert (page.count("已回避"), page.count("/drop/")) == (1, 1), "of whoever signed nothing, the leader"
    member = {"user": case.person("third").pk, "duty": "expert", "field": "环境"}
    assert reviewer.post(reverse("institutions:member_add", args=[case.file.pk]), member).status_code == 302
    page = browse(case.people["applicant"]).get(reverse("institutions:case", args=[case.file.pk])).content.decode()
    assert "已回避" not in page


def test_during_the_review_only_who_signed_nothing_is_taken_off() -> None:
    case = Case().to("review")
    case.sign("first")
    members = {member.user_id: member.pk for member in case.application.team.all()}
    with pytest.raises(Refused, match="已签署"):
        drop_member(**case.by(Role.REVIEWER), **case.id, member_id=members[case.person("first").pk])
    drop_member(**case.by(Role.REVIEWER), **case.id, member_id=members[case.person("second").pk])
    case.sign("head")
    case.take("head", "conclude")
    plan = {"mode": "on_site", "review_from": today(case.now), "review_days": 5}
    with pytest.raises(Refused, match="评审"):
        plan_review(**case.by(Role.REVIEWER), **case.id, **plan)


def test_a_point_that_moved_since_the_page_showed_it_is_neither_struck_nor_settled_nor_sent_back() -> None:
    case = Case().to("review")
    point = case.point("first")
    case.take("head", "demand_rectification")
    case.answer_all()
    case.take("applicant", "rectify")
    seen = {"demand_id": point.pk, "version": point.version}  # before the answer
    with pytest.raises(StaleVersion):
        settle_demand(**case.by("first"), **case.id, **seen)
    with pytest.raises(StaleVersion):
        reopen_demand(**case.by("first"), **case.id, **seen, problem="仍缺记录")
    press = reverse("institutions:demand_act", args=[case.file.pk, point.pk, "settle"])
    for stale in ({}, {"version": "x"}, {"version": str(point.version)}):
        page = browse(case.person("first")).post(press, stale, follow=True).content.decode()
        assert "有变动" in page
        point.refresh_from_db()
        assert point.settled_at is None
        point.version -= 1
    other = case.point("first")
    with pytest.raises(StaleVersion):
        strike_demand(**case.by("first"), **case.id, demand_id=other.pk, version=other.version + 1)
