"""What happens to a licence that is already there: changed by the province, changed here, dead, under a scope."""

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.audit.models import PublicFact
from apps.clock.models import Deadline
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import ProblemsFound
from apps.documents.policies import visible_papers
from apps.documents.selectors import generated_of
from apps.documents.services import render_due
from apps.institutions.licence_constants import Cause
from apps.institutions.models import Application, Item, Licence
from apps.institutions.selectors.applications import bars_of
from apps.institutions.selectors.certificates import certificates_of, granted_scope
from apps.institutions.selectors.route_records import entries_on
from apps.institutions.services.commitment_route import load_informed_texts
from apps.institutions.services.items import set_competence
from apps.institutions.services.licence_life import Decision, cancel, revoke
from apps.workflow.constants import SUBJECT
from tests import factories
from tests.institutions.casework import ADDRESS, BASICS, Case, prepare
from tests.institutions.house import browse
from tests.institutions.lifework import Life, held
from tests.institutions.promising import Promise

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def sealed(case: Case) -> Licence:
    """The licence of a decided case, its certificate handed out."""
    Licence.objects.filter(pk=case.licence.pk).update(sealed_at=case.now)
    return case.licence


def public_page(licence: Licence):
    return Client().get(reverse("institutions:certificate", args=[licence.token]))


def dying(licence: Licence, how: str) -> None:
    """Ended by an act of another file, or by its last day, which the sweep did not see yet."""
    now = timezone.now()
    if how == "expired":
        first = today(now) - dt.timedelta(days=2000)
        Licence.objects.filter(pk=licence.pk).update(valid_from=first, valid_to=today(now) - dt.timedelta(days=1))
        return
    act, cause = {"revoked": (revoke, Cause.UNTRUE_COMMITMENT), "cancelled": (cancel, Cause.WISH)}[how]
    decision = Decision(cause=cause, decided_by="示例局", number="示例〔2026〕9号", on=today(now), reason="示例")
    with transaction.atomic():
        act(actor=Actor.system("test"), now=now, licence_id=licence.pk, decision=decision)


@pytest.mark.parametrize(("how", "state"), [("revoked", "已被撤销"), ("cancelled", "已注销"), ("expired", "已过期")])
def test_a_change_of_a_licence_that_died_on_the_way_is_refused(how: str, state: str) -> None:
    licence = sealed(Case().to("decided"))
    case = Case("address", lab=licence.organisation).to("proposed")
    draft = Case("representative", lab=licence.organisation)
    draft.fill()
    dying(licence, how)
    with pytest.raises(ProblemsFound, match=state):
        draft.take("applicant", "submit")
    with pytest.raises(ProblemsFound, match=f"{state}.*首次申请"):
        case.take(Role.APPROVER, "grant", reason="符合")
    case.take(Role.APPROVER, "refuse", reason="资质认定证书已失效")
    licence.refresh_from_db()
    assert licence.address == ADDRESS
    assert not licence.changes.filter(kind="changed").exists()


def test_a_change_after_an_early_renewal_reaches_both_licences() -> None:
    licence = held(address="旧示例路1号")
    last = licence.valid_to
    later = held(licence.organisation, address="旧示例路1号", valid_from=last + dt.timedelta(days=1))
    case = Case("address", lab=licence.organisation).to("proposed")
    assert Application.objects.get(pk=case.application.pk).licence_id == licence.pk
    case.take(Role.APPROVER, "grant", reason="符合")
    addresses = set(Licence.objects.values_list("address", flat=True))
    assert addresses == {Application.objects.get(pk=case.application.pk).change_to}
    assert [each.changes.get(kind="changed").summary for each in (licence, later)] == [case.application.item.name] * 2
    again = Case("renewal", lab=licence.organisation)
    assert "已取得有效期更晚的证书" in bars_of(again.application, today(case.now))


def test_an_extension_after_an_early_renewal_is_in_the_scope_of_both() -> None:
    licence = held()
    later = held(licence.organisation, valid_from=licence.valid_to + dt.timedelta(days=1))
    case = Case("extension", lab=licence.organisation).to("decided")
    asked = Application.objects.get(pk=case.application.pk).scope
    assert asked is not None
    assert [granted_scope(each) for each in (licence, later)] == [asked, asked]


@pytest.mark.parametrize(("how", "state"), [("revoked", "已被撤销"), ("cancelled", "已注销")])
def test_the_certificate_of_a_licence_that_died_after_the_decision_is_not_sealed(how: str, state: str) -> None:
    licence = sealed(Case().to("decided"))
    case = Case("address", lab=licence.organisation).to("decided")
    render_due()
    dying(licence, how)
    with pytest.raises(ProblemsFound, match=state):
        case.take(Role.SEAL_KEEPER, "seal")
    case.take(Role.REVIEWER, "stop_issue", reason="资质认定已失效")
    assert case.file.status == "not_issued"
    assert not Deadline.objects.filter(subject_id=case.file.pk, ended_on=None).exists()
    assert generated_of(SUBJECT, case.file.pk)[0].params["ended"] == {"revoked": "撤销", "cancelled": "注销"}[how]
    assert not visible_papers(case.person("applicant"), SUBJECT, case.file.pk).filter(template="cma_certificate")
    assert PublicFact.objects.filter(kind="cma.not_issued", subject_id=case.file.number).exists()


def test_what_was_granted_is_not_given_up_while_its_licence_stands() -> None:
    case = Case().to("decided")
    with pytest.raises(ProblemsFound, match="没有被撤销或者注销"):
        case.take(Role.REVIEWER, "stop_issue", reason="不想发")


def test_a_revocation_before_the_seal_closes_the_commitment_route_too() -> None:
    load_informed_texts(actor=Actor.system("test"), now=timezone.now())
    case = Promise().on("decided")
    dying(case.licence, "revoked")
    case.take(Role.REVIEWER, "stop_issue", reason="资质认定已失效")
    found = entries_on(case.lab.pk, today(case.now))
    assert [each.kind for each in found] == ["commitment_revoked"]


def test_a_relayed_renewal_does_not_escape_an_order_to_rectify() -> None:
    licence = held(valid_to=today(timezone.now()) + dt.timedelta(days=120))
    relay = {"competence": "relay", "before": Item.objects.get(pk="renewal").competence, "reason": "未获委托"}
    set_competence(actor=Actor.system("test"), now=timezone.now(), code="renewal", **relay)
    case = Case("renewal", lab=licence.organisation).to("proposed")
    case.take(Role.APPROVER, "forward", reason="初审合格")
    Life("cma_rectify", "conditions", licence).take(Role.APPROVER, "order")
    answer = {"answer_number": "示例〔2026〕1号", "answered_on": today(case.now).isoformat()}
    with pytest.raises(ProblemsFound, match="正被责令改正"):
        case.take(Role.REVIEWER, "record_grant", inputs={**answer, "licence_number": "262412340001"})
    assert not Licence.objects.filter(number="262412340001").exists()


def test_the_paper_of_an_early_renewal_says_what_holds_on_its_first_day() -> None:
    """The renewal waits for its seal while the name changes: its paper is typeset anew, the former not handed out."""
    licence = sealed(Case().to("decided"))
    Licence.objects.filter(pk=licence.pk).update(valid_to=today(timezone.now()) + dt.timedelta(days=120))
    renewal = Case("renewal", lab=licence.organisation).to("decided")
    change = Case("name", lab=licence.organisation).to("decided")
    render_due()
    newest, former = certificates_of(renewal.file)
    assert [each.params["name"] for each in newest] == [BASICS["change_to"]]
    assert len(former) == 1
    renewal.take(Role.SEAL_KEEPER, "seal")
    seen = visible_papers(renewal.person("applicant"), SUBJECT, renewal.file.pk).filter(template="cma_certificate")
    assert list(seen) == newest
    browser = browse(renewal.person("applicant"))
    assert browser.get(reverse("documents:paper_file", args=[former[0].uid])).status_code == 404
    assert [each.number for each in certificates_of(change.file)[0]] == [licence.number]


def test_a_sealed_early_renewal_comes_anew_with_the_change() -> None:
    licence = sealed(Case().to("decided"))
    Licence.objects.filter(pk=licence.pk).update(valid_to=today(timezone.now()) + dt.timedelta(days=120))
    later = sealed(Case("renewal", lab=licence.organisation).to("decided"))
    change = Case("name", lab=licence.organisation).to("decided")
    found = {each.number: each.params["name"] for each in certificates_of(change.file)[0]}
    assert found == dict.fromkeys([licence.number, later.number], BASICS["change_to"])
    assert len(certificates_of(change.file)[0][0].params["scope"]) == 3


def test_a_renewal_keeps_the_name_that_was_changed_since_it_was_applied_for() -> None:
    licence = sealed(Case().to("decided"))
    Licence.objects.filter(pk=licence.pk).update(valid_to=today(timezone.now()) + dt.timedelta(days=120))
    renewal = Case("renewal", lab=licence.organisation).to("proposed")
    Case("name", lab=licence.organisation).to("decided")
    renewal.take(Role.APPROVER, "grant", reason="符合")
    assert renewal.licence.holder_name == BASICS["change_to"]


@pytest.mark.parametrize(("how", "granted"), [("expired", True), ("revoked", False)])
def test_a_renewal_in_time_outlives_the_term_and_nothing_outlives_a_revocation(how: str, granted: bool) -> None:
    licence = sealed(Case().to("decided"))
    Licence.objects.filter(pk=licence.pk).update(valid_to=today(timezone.now()) + dt.timedelta(days=120))
    case = Case("renewal", lab=licence.organisation).to("proposed")
    dying(licence, how)
    if granted:
        case.take(Role.APPROVER, "grant", reason="符合")
        assert case.licence.valid_from == today(case.now)
    else:
        with pytest.raises(ProblemsFound, match="已被撤销"):
            case.take(Role.APPROVER, "grant", reason="符合")


def test_the_province_answers_a_change_without_a_number() -> None:
    """Items relayed by default change a licence: the form asks no number, and the step takes none."""
    licence = sealed(Case().to("decided"))
    case = Case("site", lab=licence.organisation).to("proposed")
    case.take(Role.APPROVER, "forward", reason="初审合格")
    reviewer, file = case.person(Role.REVIEWER), case.file
    page = reverse("institutions:take", args=[file.pk, "record_grant"])
    assert "licence_number" not in browse(reviewer).get(page).content.decode()
    given = {"version": file.version, "answer_number": "示例〔2026〕1号", "answered_on": today(case.now).isoformat()}
    odd = browse(reviewer).post(page, {**given, "answered_on": "9999-12-31"})
    assert odd.status_code == 422
    assert "答复日期应在收件日" in odd.content.decode()
    assert browse(reviewer).post(page, given).status_code == 302
    licence.refresh_from_db()
    assert (case.file.status, licence.address) == ("issued", "示例路1号")


def test_the_province_numbers_a_new_licence() -> None:
    relay = {"competence": "relay", "before": "delegated", "reason": "未获委托"}
    case = Case(lab=factories.organisation("示例·转报"))
    set_competence(actor=Actor.system("test"), now=case.now, code="first", **relay)
    case = Case(lab=factories.organisation("示例·转报二")).to("proposed")
    case.take(Role.APPROVER, "forward", reason="初审合格")
    answer = {"answer_number": "示例〔2026〕1号", "answered_on": today(case.now).isoformat()}
    with pytest.raises(ProblemsFound, match="必须填写"):
        case.take(Role.REVIEWER, "record_grant", inputs=answer)
    case.take(Role.REVIEWER, "record_grant", inputs={**answer, "licence_number": "262412340001"})
    assert case.licence.number == "262412340001"


def test_the_public_page_stays_while_a_change_waits_for_its_seal() -> None:
    licence = sealed(Case().to("decided"))
    assert public_page(licence).status_code == 200
    Case("address", lab=licence.organisation).to("decided")
    page = public_page(licence)
    assert page.status_code == 200
    assert ADDRESS not in page.content.decode(), "what was decided is in force"


def test_the_public_page_stays_when_the_province_changed_a_licence() -> None:
    licence = sealed(Case().to("decided"))
    case = Case("site", lab=licence.organisation).to("proposed")
    case.take(Role.APPROVER, "forward", reason="初审合格")
    answer = {"answer_number": "示例〔2026〕1号", "answered_on": today(case.now).isoformat()}
    case.take(Role.REVIEWER, "record_grant", inputs=answer)
    assert public_page(licence).status_code == 200
