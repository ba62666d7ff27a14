"""The licence process through its services: what happens, what is refused, and what is written."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry, PublicFact
from apps.clock.models import Deadline
from apps.clock.services import sweep
from apps.core.actors import Actor
from apps.core.calendar import add_months, today
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.documents.models import GeneratedDocument
from apps.documents.policies import visible_papers
from apps.documents.selectors import current_documents
from apps.institutions.licence_constants import LicenceStatus
from apps.institutions.models import Application, Item, Licence, ScopeVersion
from apps.institutions.rules.licence import parse_number
from apps.institutions.selectors.scopes import lines_of
from apps.institutions.services import licence_life
from apps.institutions.services.applications import open_application, write_application
from apps.institutions.services.demands import list_demand, reopen_demand, strike_demand
from apps.institutions.services.items import load_items, set_competence
from apps.institutions.services.reviews import drop_member, name_member
from apps.institutions.services.scopes import discard_draft, make_draft
from apps.notifications.models import Message
from apps.parties.constants import OrganisationKind
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File
from tests import factories
from tests.institutions.casework import POINT, Case, fresh, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def open_codes(case: Case) -> set[str]:
    return set(Deadline.objects.filter(subject_id=case.file.pk, ended_on=None).values_list("code", flat=True))


def test_each_stage_has_its_clock() -> None:
    case = Case()
    assert open_codes(case.to("draft")) == set()
    for status, codes in {
        "submitted": {"CMA.ACCEPT"},
        "accepted": {"CMA.REVIEW"},
        "review": {"CMA.REVIEW"},
        "concluded": {"CMA.DECIDE"},
        "proposed": {"CMA.DECIDE"},
        "decided": {"CMA.ISSUE"},
    }.items():
        assert open_codes(Case().to(status)) == codes, status


def test_five_days_of_silence_are_acceptance() -> None:
    case = Case().to("submitted")
    later = case.now + dt.timedelta(days=40)
    assert sweep(actor=Actor.system("test"), now=later).lapsed >= 1
    file = case.file
    assert file.status == "accepted"
    assert file.transitions.get(step="deem").actor_label == "system:clock"
    assert "CMA.REVIEW" in open_codes(case)
    assert Message.objects.filter(recipient=case.person("applicant")).exists()


def test_a_correction_stops_the_clock_and_is_told_once() -> None:
    case = Case().to("submitted")
    first, second = case.point(), case.point()
    strike_demand(**case.by(Role.WINDOW_CLERK), **case.id, demand_id=second.pk, version=fresh(second))
    assert AuditEntry.objects.get(action="institutions.demand.strike").before["problem"] == POINT["problem"]
    with pytest.raises(ProblemsFound, match="补正"):
        case.take(Role.WINDOW_CLERK, "accept")
    case.take(Role.WINDOW_CLERK, "correct")
    assert Deadline.objects.get(subject_id=case.file.pk, code="CMA.ACCEPT").state == "paused"
    with pytest.raises(Refused):
        strike_demand(**case.by(Role.WINDOW_CLERK), **case.id, demand_id=first.pk, version=fresh(first))
    with pytest.raises(ProblemsFound):
        case.take("applicant", "answer")
    case.answer_all()
    case.take("applicant", "answer")
    with pytest.raises(Refused, match="一次性"):
        case.point()
    case.take(Role.WINDOW_CLERK, "accept")
    assert open_codes(case) == {"CMA.REVIEW"}


def test_the_scope_under_review_stays_as_it_was_handed_in() -> None:
    case = Case().to("submitted")
    draft = ScopeVersion.objects.get(institution__organisation=case.lab)
    give_up = {**case.by("applicant"), "scope_id": draft.pk, "version": draft.version}
    with pytest.raises(Refused, match=case.file.number):
        discard_draft(**give_up)
    case.point()
    case.take(Role.WINDOW_CLERK, "correct")  # the applicant's turn: the scope may change, but not be missing
    discard_draft(**give_up)
    case.answer_all()
    with pytest.raises((Refused, ProblemsFound), match="能力附表"):
        case.take("applicant", "answer")
    with transaction.atomic():
        corrected = make_draft(**case.by("applicant"), institution=draft.institution, lines=lines_of(draft), told="")
    case.take("applicant", "answer")
    assert Application.objects.get(pk=case.application.pk).scope_id == corrected.pk


def test_a_rectification_can_come_back() -> None:
    case = Case().to("review")
    point = case.point("first")
    case.take("head", "demand_rectification")
    assert open_codes(case) == {"CMA.REVIEW", "CMA.RECTIFY"}
    case.answer_all()
    case.take("applicant", "rectify")
    reopen_demand(**case.by("first"), **case.id, demand_id=point.pk, version=fresh(point), problem="仍缺记录")
    with pytest.raises(Refused, match="已告知"):  # it was told and answered: nobody makes it unsaid
        strike_demand(**case.by("first"), **case.id, demand_id=point.pk, version=fresh(point))
    entry = AuditEntry.objects.get(action="institutions.demand.reopen")
    assert entry.before == {"problem": POINT["problem"], "remedy": POINT["remedy"], "answer": "已改正"}
    assert entry.after["problem"] == "仍缺记录"
    case.sign("first", "second", "head")
    with pytest.raises(ProblemsFound, match="整改"):
        case.take("head", "conclude")
    case.take("head", "demand_rectification")
    case.answer_all()
    case.take("applicant", "rectify")
    case.settle_all()
    case.take("head", "conclude")
    assert case.file.status == "concluded"


def test_a_licence_is_numbered_dated_and_published() -> None:
    case = Case().to("decided")
    licence = case.licence
    number = parse_number(licence.number)
    assert (number.authority, number.field, number.ministry, number.serial) == ("24", "12", "34", 1)
    assert licence.valid_from == today(case.now)
    assert add_months(licence.valid_from, 72) - dt.timedelta(days=1) == licence.valid_to
    fact = PublicFact.objects.get(kind="cma.status", subject_id=licence.number)
    assert json.loads(fact.payload)["pub"]["status"] == "valid"
    assert PublicFact.objects.filter(kind="cma.granted").count() == 1
    assert licence.changes.get().kind == "granted"
    assert parse_number(Case(lab=factories.organisation("示例·另一家")).to("decided").licence.number).serial == 2


def test_a_change_keeps_number_and_term() -> None:
    first = Case().to("decided")
    changed = Case("address", lab=first.lab)
    assert changed.application.licence_id == first.licence.pk
    changed.to("decided")
    licence = changed.licence
    assert (licence.pk, licence.address) == (first.licence.pk, "示例路1号")
    assert [each.kind for each in licence.changes.order_by("n")] == ["granted", "changed"]


def test_a_change_needs_a_licence_and_a_renewal_its_window() -> None:
    with pytest.raises(ProblemsFound, match="有效资质认定"):
        Case("address", lab=factories.organisation("示例·无证")).to("submitted")
    first = Case().to("decided")
    Licence.objects.filter(pk=first.licence.pk).update(valid_to=today(first.now) + dt.timedelta(days=60))
    with pytest.raises(ProblemsFound, match="最后期限"):
        Case("renewal", lab=first.lab).to("submitted")


def test_a_renewal_begins_when_the_old_term_ends() -> None:
    first = Case().to("decided")
    end = today(first.now) + dt.timedelta(days=120)
    Licence.objects.filter(pk=first.licence.pk).update(valid_to=end)
    renewed = Case("renewal", lab=first.lab).to("decided").licence
    assert renewed.valid_from == end + dt.timedelta(days=1)
    assert renewed.number != first.licence.number


def test_a_relayed_item_is_decided_above() -> None:
    set_competence(
        actor=Actor.system("test"),
        now=Case().now,
        code="first",
        competence="relay",
        before="delegated",
        reason="未获委托",
    )
    case = Case(lab=factories.organisation("示例·转报")).to("proposed")
    with pytest.raises(Refused):
        case.take(Role.APPROVER, "grant", reason="x")
    case.take(Role.APPROVER, "forward", reason="初审合格")
    letter = GeneratedDocument.objects.get(template="forwarding_letter", subject_id=case.file.pk)
    assert (letter.params["addressee"], letter.params["findings"]) == ("贵州省市场监督管理局", "初审合格")
    enclosed = current_documents(SUBJECT, case.file.pk).values_list("sha256", flat=True)
    assert sorted(row["sha256"] for row in letter.params["enclosures"]) == sorted(enclosed)
    assert not visible_papers(case.people["applicant"], SUBJECT, case.file.pk).filter(pk=letter.pk).exists()
    answer = {"answer_number": "示例〔2026〕1号", "answered_on": today(case.now).isoformat(), "licence_number": "26241"}
    with pytest.raises(ProblemsFound, match="十二位"):
        case.take(Role.REVIEWER, "record_grant", inputs=answer)
    case.take(Role.REVIEWER, "record_grant", inputs={**answer, "licence_number": "262412340077"})
    assert (case.licence.number, case.licence.authority) == ("262412340077", "贵州省市场监督管理局")
    assert case.file.status == "issued"


def test_a_refusal_of_the_decision_leaves_no_licence() -> None:
    case = Case().to("proposed")
    with pytest.raises(ProblemsFound):
        case.take(Role.APPROVER, "refuse")
    case.take(Role.APPROVER, "refuse", reason="不具备检测能力")
    assert not Licence.objects.exists()
    assert case.file.closed_at is not None


def test_suspended_and_extended() -> None:
    case = Case().to("proposed")
    before = Deadline.objects.get(subject_id=case.file.pk, code="CMA.DECIDE").due_on
    case.take(Role.LEADER, "extend", reason="情况复杂")
    after = Deadline.objects.get(subject_id=case.file.pk, code="CMA.DECIDE").due_on
    assert after > before
    with pytest.raises(Refused):
        case.take(Role.LEADER, "extend", reason="再次")
    case.take(Role.LEADER, "suspend", reason="等待司法结论")
    assert case.file.due_on is None
    case.take(Role.LEADER, "resume", reason="结论已出")
    assert case.file.due_on == after


def test_withdrawn_everything_stops() -> None:
    case = Case().to("review")
    case.take("applicant", "withdraw", reason="不再开展业务")
    assert open_codes(case) == set()
    assert case.file.status == "withdrawn"


def test_a_second_draft_of_the_same_item_is_refused() -> None:
    case = Case()
    with pytest.raises(Refused, match="草稿"):
        open_application(**case.by("applicant"), organisation=case.lab, item=Item.objects.get(pk="first"))
    assert Application.objects.count() == 1


def test_nothing_is_asked_twice() -> None:
    case = Case().to("decided")
    again = Case("extension", lab=case.lab).application
    assert (again.contact_name, again.legal_representative) == ("示例联系人", "示例负责人")


def test_a_stale_draft_and_a_submitted_one_are_not_overwritten() -> None:
    case = Case()
    write_application(**case.by("applicant"), **case.id, version=1, values={"contact_name": "甲"})
    with pytest.raises(StaleVersion):
        write_application(**case.by("applicant"), **case.id, version=1, values={"contact_name": "乙"})
    case = Case(lab=factories.organisation("示例·已交")).to("submitted")
    with pytest.raises(Refused):
        write_application(**case.by("applicant"), **case.id, version=2, values={"contact_name": "乙"})


def test_who_has_no_part_is_refused() -> None:
    case = Case().to("submitted")
    stranger = factories.person()
    case.people["stranger"] = stranger
    with pytest.raises(Refused):
        write_application(**case.by("stranger"), **case.id, version=2, values={})
    for who in (Role.REVIEWER, "first"):
        with pytest.raises(Refused):
            list_demand(**case.by(who), **case.id, **POINT)
    with pytest.raises(Refused):
        case.take("first", "accept")


def test_the_team_is_named_without_conflicts() -> None:
    case = Case().to("accepted")
    employed = factories.staff(Role.REVIEW_EXPERT)
    member = {"duty": "expert", "field": "环境"}
    factories.member(employed, case.lab)
    with pytest.raises(Refused):
        name_member(**case.by(Role.REVIEWER), **case.id, user_id=employed.pk, **member)
    named = name_member(**case.by(Role.REVIEWER), **case.id, user_id=case.person("first").pk, **member)
    with pytest.raises(Refused, match="已在"):
        name_member(**case.by(Role.REVIEWER), **case.id, user_id=case.person("first").pk, **member)
    drop_member(**case.by(Role.REVIEWER), **case.id, member_id=named.pk)
    with pytest.raises(ProblemsFound, match="评审组"):
        case.take(Role.REVIEWER, "plan")


def test_a_licence_expires_after_its_last_day() -> None:
    case = Case().to("decided")
    last = today(case.now)
    Licence.objects.update(valid_from=last - dt.timedelta(days=10), valid_to=last)
    system = Actor.system("test")
    assert licence_life.expire_due(actor=system, now=case.now) == 0
    assert licence_life.expire_due(actor=system, now=case.now + dt.timedelta(days=1)) == 1
    assert licence_life.expire_due(actor=system, now=case.now + dt.timedelta(days=1)) == 0
    licence = case.licence
    assert (licence.status, licence.status_since) == (LicenceStatus.EXPIRED, last + dt.timedelta(days=1))


def test_items_are_loaded_once_and_competence_is_kept() -> None:
    assert load_items(actor=Actor.system("test"), now=Case().now) == 0
    with pytest.raises(StaleVersion):
        set_competence(
            actor=Actor.system("test"), now=Case().now, code="name", competence="own", before="relay", reason="x"
        )
    set_competence(
        actor=Actor.system("test"),
        now=Case(lab=factories.organisation("示例·丙")).now,
        code="name",
        competence="own",
        before="delegated",
        reason="已核对",
    )
    call_command("load_items", verbosity=0)
    assert Item.objects.get(pk="name").competence == "own"
    assert AuditEntry.objects.filter(action="institutions.item.competence").count() == 1


def test_every_act_leaves_a_trail() -> None:
    case = Case().to("decided")
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    for action in ("open", "write", "add_material"):
        assert f"institutions.application.{action}" in actions
    assert {"institutions.review.plan", "institutions.review.sign", "institutions.licence.granted"} <= actions
    assert File.objects.get(pk=case.file.pk).organisation.kind == OrganisationKind.INSTITUTION


def test_the_competence_of_an_item_is_set_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("set_competence", "renewal", "relay", reason="黔市监示例〔2026〕1号")
    item = Item.objects.get(pk="renewal")
    assert (item.competence, item.verified) == ("relay", True)
    entry = AuditEntry.objects.get(action="institutions.item.competence")
    assert (entry.subject_id, entry.reason) == ("renewal", "黔市监示例〔2026〕1号")
    with pytest.raises(CommandError, match="first"):
        call_command("set_competence", "nothing", "own", reason="x")
