"""Revocation, cancellation, order to rectify: from the first step to the licence and the public, and who may not."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.audit.models import PublicFact
from apps.clock.models import Deadline
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from apps.documents.models import GeneratedDocument
from apps.documents.services import check
from apps.institutions.models import Bar, Licence, LifeCase
from apps.institutions.selectors.life import standing_of
from apps.institutions.services import licence_life
from apps.institutions.services.life_cases import open_life_case
from apps.notifications.calendar_feed import calendar_of
from apps.workflow.constants import SUBJECT
from apps.workflow.policies import visible_files
from apps.workflow.services import advance
from tests import factories
from tests.institutions.casework import prepare
from tests.institutions.house import browse
from tests.institutions.lifework import REASON, Life, held

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def papers_of(life: Life) -> list[str]:
    made = GeneratedDocument.objects.filter(subject_id=life.case.file_id).order_by("pk")
    assert [problem for each in made for problem in check(each.template, each.params)] == []
    return [each.template for each in made]


def propose(life: Life, proposal: str = "do") -> None:
    life.take(
        Role.OFFICER if life.file.process == "cma_rectify" else Role.REVIEWER,
        _step(life),
        inputs={"proposal": proposal},
    )


def _step(life: Life) -> str:
    return "recheck" if life.file.process == "cma_rectify" else "propose"


def told_to_heard(life: Life) -> None:
    life.take(Role.REVIEWER, "notify")
    life.take("holder", "defend", reason="证书由代理机构提供")


def test_a_fraud_is_told_heard_and_revoked() -> None:
    life = Life("cma_revoke", "fraud")
    told_to_heard(life)
    propose(life)
    life.take(Role.APPROVER, "revoke")
    licence = Licence.objects.get()
    assert (life.file.status, licence.status) == ("revoked", "revoked")
    barred = Bar.objects.get()
    assert barred.decision_number == f"{life.file.number}-{life.file.version:02d}"
    assert papers_of(life) == ["notice_revocation", "decision_revocation"]
    decision = GeneratedDocument.objects.get(template="decision_revocation").params
    assert "证书由代理机构提供" in decision["statement"]
    assert "第七十九条" in decision["barred"]
    assert PublicFact.objects.filter(kind="cma.revoked", payload__contains=licence.number).exists()


def test_silence_waives_the_right_and_a_hearing_stops_the_clock() -> None:
    life = Life("cma_revoke", "authority_error")
    life.take(Role.REVIEWER, "notify")
    advance(actor=SYSTEM, now=life.now, file_id=life.file.pk, version=life.file.version, step="silent")
    assert life.file.status == "heard"
    other = Life("cma_revoke", "fraud")
    other.take(Role.REVIEWER, "notify")
    other.take("holder", "ask_hearing")
    soon = (today(other.now) + dt.timedelta(days=3)).isoformat()
    with pytest.raises(ProblemsFound, match="七日前"):
        other.take(Role.LEGAL_REVIEWER, "appoint_hearing", inputs={"hearing_on": soon, "hearing_place": "会议室"})
    later = (today(other.now) + dt.timedelta(days=8)).isoformat()
    other.take(Role.LEGAL_REVIEWER, "appoint_hearing", inputs={"hearing_on": later, "hearing_place": "会议室"})
    with pytest.raises(ProblemsFound, match="尚未到期"):
        other.take(Role.LEGAL_REVIEWER, "close_hearing")
    assert papers_of(other) == ["notice_revocation", "notice_hearing"]


@pytest.mark.parametrize("swept", [False, True])
def test_a_late_bureau_costs_the_holder_no_hearing(swept: bool) -> None:
    life = Life("cma_revoke", "fraud")
    life.take(Role.REVIEWER, "notify")
    decide = Deadline.objects.filter(subject_id=life.case.file_id, code="CMA.REVOKE.DECIDE")
    decide.update(due_on=today(life.now) - dt.timedelta(days=1), **({"state": "lapsed"} if swept else {}))
    life.take("holder", "ask_hearing")
    assert life.file.status == "hearing"
    later = today(life.now) + dt.timedelta(days=8)
    life.take(
        Role.LEGAL_REVIEWER, "appoint_hearing", inputs={"hearing_on": later.isoformat(), "hearing_place": "会议室"}
    )
    decide.update(state="lapsed")  # the sweep comes by
    LifeCase.objects.filter(pk=life.case.pk).update(hearing_on=today(life.now))
    life.take(Role.LEGAL_REVIEWER, "close_hearing")
    propose(life)
    life.take(Role.APPROVER, "revoke")
    assert (life.file.status, decide.get().state) == ("revoked", "lapsed")
    assert not decide.get().events.filter(kind__in=["pause", "resume"]).exists()


def test_whoever_examined_does_not_decide() -> None:
    life = Life("cma_revoke", "fraud")
    both = factories.staff(Role.REVIEWER, Role.APPROVER)
    life.people[Role.REVIEWER] = both
    told_to_heard(life)
    propose(life)
    life.people[Role.APPROVER] = both
    with pytest.raises(Refused, match="告知拟撤销"):
        life.take(Role.APPROVER, "revoke")
    assert life.status_of_licence() == "valid"


def test_a_licence_of_the_province_is_revoked_by_the_province() -> None:
    life = Life("cma_revoke", "fraud", held(authority="贵州省市场监督管理局"))
    told_to_heard(life)
    propose(life)
    with pytest.raises(Refused):
        life.take(Role.APPROVER, "revoke")
    life.take(Role.APPROVER, "forward")
    assert life.status_of_licence() == "valid"
    answer = {"answer_number": "黔市监撤〔2026〕8号", "answered_on": today(life.now).isoformat()}
    life.take(Role.REVIEWER, "record_revocation", inputs=answer, reason="")
    assert life.status_of_licence() == "revoked"
    assert Bar.objects.get().decided_by == "贵州省市场监督管理局"


def test_the_holder_has_the_licence_cancelled() -> None:
    life = Life("cma_cancel", "wish")
    propose(life)
    life.take(Role.APPROVER, "cancel")
    assert (life.file.status, life.status_of_licence()) == ("cancelled", "cancelled")
    assert papers_of(life) == ["decision_cancellation"]


def test_a_cancellation_that_is_declined_says_why() -> None:
    life = Life("cma_cancel", "wish")
    propose(life, "do_not")
    life.take(Role.APPROVER, "decline")
    assert (life.file.status, life.status_of_licence()) == ("declined", "valid")
    assert papers_of(life) == ["decision_not_cancelled"]


def test_the_holder_may_think_better_of_it() -> None:
    life = Life("cma_cancel", "wish")
    life.take("holder", "withdraw", reason="")
    assert (life.file.status, life.status_of_licence()) == ("withdrawn", "valid")


def test_staff_do_not_wish_for_the_holder_nor_the_holder_act_of_office() -> None:
    licence = held()
    reviewer, holder = factories.staff(Role.REVIEWER), factories.person()
    factories.member(holder, licence.organisation)
    given = {"licence_id": licence.pk, "facts": "事由"}
    now = Life("cma_cancel", "wish", held(factories.organisation("示例·别家"))).now
    with pytest.raises(Refused):
        open_life_case(actor=actor_for(reviewer), now=now, process="cma_cancel", cause="wish", **given)
    for process, cause in (("cma_revoke", "fraud"), ("cma_cancel", "dissolved"), ("cma_rectify", "conditions")):
        with pytest.raises((Refused, ProblemsFound)):
            open_life_case(actor=actor_for(holder), now=now, process=process, cause=cause, requirements="改正", **given)
    clerk = factories.staff(Role.WINDOW_CLERK)
    with pytest.raises(Refused):
        open_life_case(actor=actor_for(clerk), now=now, process="cma_revoke", cause="fraud", **given)


def test_one_case_of_a_kind_at_a_time() -> None:
    life = Life("cma_revoke", "fraud")
    with pytest.raises(ProblemsFound, match="正在办理"):
        Life("cma_revoke", "authority_error", life.licence)


def test_an_order_is_answered_with_evidence_rechecked_and_lifted() -> None:
    life = Life("cma_rectify", "conditions")
    life.take(Role.APPROVER, "order")
    assert life.status_of_licence() == "rectifying"
    with pytest.raises(ProblemsFound, match="证明材料"):
        life.take("holder", "answer")
    life.prove()
    life.take("holder", "answer")
    propose(life, "do_not")
    life.now += dt.timedelta(minutes=1)
    life.take(Role.APPROVER, "again")
    with pytest.raises(ProblemsFound, match="证明材料"):  # the old proof does not answer the new order
        life.take("holder", "answer")
    life.prove()
    life.take("holder", "answer")
    propose(life)
    life.take(Role.APPROVER, "lift")
    assert (life.file.status, life.status_of_licence()) == ("lifted", "valid")
    assert papers_of(life) == ["order_rectification", "order_again", "notice_recheck"]


def test_an_order_that_leads_nowhere_is_handed_on_and_ends_with_the_licence() -> None:
    life = Life("cma_rectify", "beyond_scope")
    life.take(Role.APPROVER, "order")
    advance(actor=SYSTEM, now=life.now, file_id=life.file.pk, version=life.file.version, step="lapse")
    propose(life, "do_not")
    life.take(Role.APPROVER, "hand_on")
    page = reverse("institutions:life_case", args=[life.file.pk])
    officer = browse(life.person(Role.OFFICER))
    assert "/steps/close/" not in officer.get(page).content.decode()
    with pytest.raises(Refused):
        life.take(Role.OFFICER, "close")
    after = life.now + dt.timedelta(days=366 * 7)
    assert licence_life.expire_due(actor=SYSTEM, now=after) == 1
    life.take(Role.OFFICER, "close")
    assert (life.file.status, life.status_of_licence()) == ("ended", "expired")


def test_the_holder_learns_of_a_case_when_it_is_told(client) -> None:
    life = Life("cma_revoke", "fraud")
    holder, licence = life.person("holder"), life.licence
    page = reverse("institutions:life_case", args=[life.file.pk])
    licence_page = reverse("institutions:licence_page", args=[licence.pk])
    assert browse(holder).get(page).status_code == 404
    assert life.file.number not in browse(holder).get(licence_page).content.decode()
    assert browse(life.person(Role.REVIEWER)).get(page).status_code == 200
    life.take(Role.REVIEWER, "notify")
    body = browse(holder).get(page).content.decode()
    assert "提交陈述申辩" in body
    assert life.person(Role.REVIEWER).display_name not in body
    assert life.file.number in browse(holder).get(licence_page).content.decode()
    assert browse(factories.person()).get(page).status_code == 404
    assert browse(factories.person()).get(licence_page).status_code == 404


def test_no_other_door_tells_the_holder_what_is_still_examined() -> None:
    life = Life("cma_revoke", "fraud")
    holder, pk = life.person("holder"), life.case.file_id
    step = reverse("workflow:step", args=[pk, "drop"])
    doors = [step, reverse("workflow:file", args=[pk]), reverse("documents:subject", args=[SUBJECT, pk])]
    assert [browse(holder).get(door).status_code for door in doors] == [404, 404, 404]
    assert browse(holder).post(step, {"version": life.file.version, "reason": REASON}).status_code == 404
    assert life.file.number not in calendar_of(holder, now=life.now).decode()
    life.take(Role.REVIEWER, "notify")
    assert visible_files(holder).filter(pk=pk).exists()


def test_the_calendar_of_the_holder_has_what_the_holder_owes() -> None:
    life = Life("cma_rectify", "conditions")
    assert not visible_files(life.person("holder")).exists()
    life.take(Role.APPROVER, "order")
    assert life.file.number in calendar_of(life.person("holder"), now=life.now).decode()


def test_the_pages_open_a_case_and_take_its_steps() -> None:
    licence = held()
    reviewer = factories.staff(Role.REVIEWER)
    begin = reverse("institutions:life_begin", args=[licence.pk, "cma_revoke"])
    assert (
        "cma_revoke" in browse(reviewer).get(reverse("institutions:licence_page", args=[licence.pk])).content.decode()
    )
    assert browse(reviewer).post(begin, {"cause": "fraud"}).status_code == 422
    answer = browse(reviewer).post(begin, {"cause": "fraud", "facts": "证书不实", "safety": "on"})
    assert answer.status_code == 302
    assert browse(reviewer).get(answer.url).status_code == 200
    assert browse(factories.staff(Role.WINDOW_CLERK)).get(begin).status_code == 404
    life = Life("cma_cancel", "wish", held(factories.organisation("示例·页面")))
    step = reverse("institutions:life_step", args=[life.file.pk, "propose"])
    assert browse(life.person(Role.REVIEWER)).get(step).status_code == 200
    assert browse(life.person(Role.REVIEWER)).post(step, {"version": life.file.version}).status_code == 422
    given = {"version": life.file.version, "proposal": "do", "reason": "同意"}
    assert browse(life.person(Role.REVIEWER)).post(step, given).status_code == 302
    assert life.file.status == "proposed"
    assert browse(life.person(Role.APPROVER)).get(step).status_code == 404


def test_the_list_knows_an_expired_licence_before_the_sweep() -> None:
    old = held(valid_from=dt.date(2019, 1, 1))
    new = held(factories.organisation("示例·新证"))
    clerk = browse(factories.staff(Role.REVIEWER))
    page = reverse("institutions:licences")
    expired = clerk.get(page, {"status": "expired"}).content.decode()
    valid = clerk.get(page, {"status": "valid", "q": "2624"}).content.decode()
    assert (old.number in expired, new.number in expired) == (True, False)
    assert (old.number in valid, new.number in valid) == (False, True)
    assert old.status == "valid"
    assert standing_of(old, today(Life("cma_revoke", "fraud", new).now)).status == "expired"


def test_the_holder_finds_the_licence_among_the_applications() -> None:
    licence = held()
    holder = factories.person()
    factories.member(holder, licence.organisation)
    page = reverse("institutions:applications")
    assert reverse("institutions:licence_page", args=[licence.pk]) in browse(holder).get(page).content.decode()
    assert licence.number not in browse(factories.person()).get(page).content.decode()
