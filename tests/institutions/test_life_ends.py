"""How a case about a licence ends where another act met it: an order, a renewal, the last day, an earlier hand."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.clock.models import Deadline
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from apps.documents.selectors import generated_of
from apps.documents.services import check
from apps.institutions import life_processes
from apps.institutions.models import Licence, LifeCase
from apps.institutions.selectors.life_cases import causes_open
from apps.institutions.services.licence_life import expire_due
from apps.parties.models import Organisation
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File
from apps.workflow.services import advance
from tests import factories
from tests.institutions.casework import Case
from tests.institutions.house import browse
from tests.institutions.lifework import REASON, Life, held
from tests.institutions.promising import OnSite, Promise, prepare

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def renewable(lab: Organisation | None = None) -> Licence:
    """In force, and in the window of its renewal."""
    return held(lab, valid_from=today(timezone.now()) - DAY * 2050)


def lapse(licence: Licence, days: int = 1) -> None:
    """Its last day was so many days ago, what was applied for came before; the sweep came by."""
    before = timezone.now() - DAY * (days + 90)
    File.objects.filter(application__licence=licence).update(opened_at=before, submitted_at=before)
    Licence.objects.filter(pk=licence.pk).update(valid_to=today(timezone.now()) - DAY * days)
    assert expire_due(actor=SYSTEM, now=timezone.now()) == 1


def handed_over() -> tuple[OnSite, LifeCase]:
    """A check that ordered, waited in vain, and led to a revocation."""
    site = OnSite().plan().find(equipment="defect").order()
    clock = Deadline.objects.filter(subject_id=site.file.pk, code="CMA.COMMITMENT.RECTIFY")
    clock.update(due_on=today(site.case.now) - DAY)
    site.take(Role.LEADER, "hand_over", reason="逾期未整改")
    site.take(Role.REVIEWER, "start_revocation")
    return site, LifeCase.objects.get(licence=site.licence)


def take(site: OnSite, case: LifeCase, who: object, step: str, **more: object) -> None:
    case.file.refresh_from_db()
    given = {"file_id": case.file_id, "version": case.file.version, "step": step, "reason": REASON}
    advance(**site.by(who), **given, **more)


def test_an_order_of_a_check_ends_with_the_revocation_that_was_dropped() -> None:
    site, case = handed_over()
    assert site.licence.status == "rectifying"
    take(site, case, Role.REVIEWER, "drop")
    last = site.licence.changes.order_by("-n")[0]
    assert (site.licence.status, last.kind, last.cause, last.reason) == ("valid", "lifted", "not_revoked", "")
    assert last.decision_number.startswith(case.file.number)
    assert causes_open(site.licence, "cma_rectify", today(site.case.now)) != []


def test_an_order_of_a_check_ends_with_the_decision_not_to_revoke() -> None:
    site, case = handed_over()
    take(site, case, Role.REVIEWER, "notify")
    take(site, case, "applicant", "defend")
    take(site, case, Role.REVIEWER, "propose", inputs={"proposal": "do_not"})
    site.people[Role.APPROVER] = factories.staff(Role.APPROVER)
    take(site, case, Role.APPROVER, "keep")
    assert site.licence.status == "valid"
    decision = generated_of(SUBJECT, case.file_id)[0]
    assert (decision.template, check(decision.template, decision.params)) == ("decision_not_revoked", [])
    assert REASON in decision.params["statement"]
    assert "恢复有效" in decision.params["order_ended"]
    order = generated_of(SUBJECT, site.file.pk)[0]
    assert (order.template, check(order.template, order.params)) == ("order_commitment", [])
    assert order.params["findings"] == [{"criterion": "设备设施", "problem": "现场所见：defect"}]


def test_a_check_and_the_revocation_that_it_led_to_name_each_other() -> None:
    site, case = handed_over()
    revocation = reverse("institutions:life_case", args=[case.file_id])
    reviewer, holder = site.person(Role.REVIEWER), site.person("applicant")
    check = reverse("institutions:check", args=[site.file.pk])
    assert revocation in browse(reviewer).get(check).content.decode()
    assert revocation not in browse(holder).get(check).content.decode()
    pages = [browse(reviewer).get(page).content.decode() for page in (check, revocation)]
    packed = [reverse("documents:package", args=[SUBJECT, pk]) for pk in (site.file.pk, case.file_id)]
    assert [address in page for address, page in zip(packed, pages, strict=True)] == [True, True]
    assert check in pages[1]
    take(site, case, Role.REVIEWER, "notify")
    assert revocation in browse(holder).get(check).content.decode()
    body = browse(holder).get(revocation).content.decode()
    assert check in body
    assert packed[1] not in body


def test_an_order_with_a_case_of_its_own_outlives_a_revocation_that_was_dropped() -> None:
    order = Life("cma_rectify", "conditions")
    order.take(Role.APPROVER, "order")
    Life("cma_revoke", "fraud", order.licence).take(Role.REVIEWER, "drop")
    assert order.status_of_licence() == "rectifying"


def test_nobody_revokes_what_they_granted_or_checked() -> None:
    case = Promise().on("issued")
    site = OnSite(case).plan().find(equipment="false")
    life = Life("cma_revoke", "authority_error", case.licence)
    life.take(Role.REVIEWER, "notify")
    life.take("holder", "defend")
    life.take(Role.REVIEWER, "propose", inputs={"proposal": "do"})
    for hand in (case.person(Role.APPROVER), site.person("one"), site.person("two")):
        if hand != case.person(Role.APPROVER):
            factories.RoleGrant.objects.create(user=hand, role=Role.APPROVER, starts_on=dt.date(2020, 1, 1))
        life.people[Role.APPROVER] = hand
        with pytest.raises(Refused, match="经办过该证书"):
            life.take(Role.APPROVER, "keep")
    life.people[Role.APPROVER] = factories.staff(Role.APPROVER)
    life.take(Role.APPROVER, "revoke")
    assert life.status_of_licence() == "revoked"


def test_a_licence_whose_renewal_is_pending_or_granted_did_not_end_unrenewed() -> None:
    licence = renewable()
    case = Case("renewal", lab=licence.organisation).to("proposed")
    lapse(licence)
    licence.refresh_from_db()
    for step in ("pending", "granted"):
        with pytest.raises(ProblemsFound, match=case.file.number):
            Life("cma_cancel", "unrenewed", licence)
        if step == "pending":
            case.take(Role.APPROVER, "grant", reason="符合")
    assert case.licence.pk != licence.pk


def test_a_licence_whose_renewal_was_refused_ended_unrenewed() -> None:
    licence = renewable()
    case = Case("renewal", lab=licence.organisation).to("proposed")
    lapse(licence)
    case.take(Role.APPROVER, "refuse", reason="不符合")
    licence.refresh_from_db()
    assert Life("cma_cancel", "unrenewed", licence).file.status == "received"


@pytest.mark.parametrize("over", [False, True])
def test_an_order_is_finished_before_the_renewal_is_granted(over: bool) -> None:
    licence = renewable()
    case = Case("renewal", lab=licence.organisation).to("proposed")
    order = Life("cma_rectify", "conditions", licence)
    order.take(Role.APPROVER, "order")
    if over:
        lapse(licence)
    with pytest.raises(ProblemsFound, match=order.file.number) as found:
        case.take(Role.APPROVER, "grant", reason="符合")
    assert [(p.code, "请先办结责令改正" in p.remedy) for p in found.value.problems] == [("order_open", True)]
    if over:
        order.take(Role.OFFICER, "close")
    else:
        order.prove()
        order.take("holder", "answer")
        order.take(Role.OFFICER, "recheck", inputs={"proposal": "do"})
        order.take(Role.APPROVER, "lift")
    case.take(Role.APPROVER, "grant", reason="符合")
    assert case.licence.status == "valid"


@pytest.mark.parametrize("swept", [False, True])
def test_what_the_province_did_before_the_last_day_is_recorded_after_it(swept: bool, monkeypatch) -> None:
    life = Life("cma_cancel", "wish", held(authority="贵州省市场监督管理局"))
    life.take(Role.REVIEWER, "propose", inputs={"proposal": "do"})
    life.take(Role.APPROVER, "forward")
    life.now += DAY * 5
    monkeypatch.setattr(life_processes, "timezone", SimpleNamespace(now=lambda: life.now))
    Licence.objects.filter(pk=life.licence.pk).update(valid_to=today(life.now) - DAY * 2)
    if swept:
        expire_due(actor=SYSTEM, now=life.now)
    on = today(life.now) - DAY * 3
    answer = {"answer_number": "黔市监注〔2026〕8号", "answered_on": (on + DAY * 2).isoformat()}
    with pytest.raises(ProblemsFound, match="已过期"):  # the wish came too late
        life.take(Role.REVIEWER, "record_cancellation", inputs=answer)
    early = {**answer, "answered_on": (on - DAY * 3).isoformat()}
    with pytest.raises(ProblemsFound, match="早于转报"):
        life.take(Role.REVIEWER, "record_cancellation", inputs=early)
    life.take(Role.REVIEWER, "record_cancellation", inputs={**answer, "answered_on": on.isoformat()})
    licence = Licence.objects.get(pk=life.licence.pk)
    assert (licence.status, licence.status_since) == ("cancelled", on)
