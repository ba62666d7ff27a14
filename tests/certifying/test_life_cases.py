"""Suspension, resumption, revocation, cancellation: from the first step to the registry, and who may not."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.selectors import actor_for
from apps.audit.models import PublicFact
from apps.certifications.models import Certificate, StatusChange
from apps.certifications.services.locking import Deciding
from apps.certifications.services.status import change_status
from apps.certifying.models import CertificateCase
from apps.certifying.services.life_cases import open_case
from apps.certifying.services.life_round import daily_round
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from apps.documents.models import GeneratedDocument
from apps.documents.services import check
from apps.parties.models import DutyGrant
from apps.workflow.policies import visible_files
from apps.workflow.services import advance
from tests import factories
from tests.certifying.lifework import Life, body_with_people, ccc, prepare, qms

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


def toy() -> tuple[Certificate, dict]:
    body, people = body_with_people()
    return ccc(body), people


def test_a_failed_check_is_told_heard_and_suspends() -> None:
    certificate, people = toy()
    life = Life("cert_suspend", "spot_check_failed", certificate, people)
    assert life.file.status == "noticed"
    assert life.file.handler == certificate.body
    life.suspend(days=90)
    certificate.refresh_from_db()
    assert (life.file.status, certificate.status) == ("suspended", "suspended")
    assert certificate.suspended_until == today(life.now) + dt.timedelta(days=90)
    change = StatusChange.objects.filter(certificate=certificate).latest("n")
    assert change.reason_class == "spot_check_failed"
    assert "事实清楚" not in change.reason  # the free text is the holder's to read, not the public's
    assert papers_of(life) == ["cert_notice_intent", "cert_notice_suspension"]
    notice = GeneratedDocument.objects.get(template="cert_notice_suspension").params
    assert any("不可以" in duty and "出厂" in duty for duty in notice["duties"])
    fact = PublicFact.objects.filter(kind="certificate.status").latest("pk")
    assert '"to":"suspended"' in fact.payload.replace(" ", "")


def test_silence_goes_on_without_the_holder() -> None:
    certificate, people = toy()
    life = Life("cert_suspend", "nonconformity", certificate, people)
    advance(actor=SYSTEM, now=life.now, file_id=life.file.pk, version=life.file.version, step="silent")
    assert life.file.status == "heard"


def test_a_missed_surveillance_waits_for_nobody_and_cannot_be_waived() -> None:
    body, people = body_with_people()
    life = Life("cert_suspend", "surveillance_missed", qms(body, ago=400), people)
    assert life.file.status == "heard"
    life.take("planning", "propose", inputs={"proposal": "do_not"})
    with pytest.raises(ProblemsFound, match="必须暂停"):
        life.take("decision", "keep")
    life.take("decision", "send_back")
    life.suspend()
    assert life.status() == "suspended"


def test_a_suspension_needs_a_day_within_the_rule() -> None:
    certificate, people = toy()
    life = Life("cert_suspend", "major_accident", certificate, people)
    for inputs in ({"proposal": "do"}, {"proposal": "do", "until": life.in_days(300)}):
        with pytest.raises(ProblemsFound):
            life.take("planning", "propose", inputs=inputs)
    with pytest.raises(ProblemsFound, match="季节性"):
        life.take("planning", "propose", inputs={"proposal": "do", "until": life.in_days(300), "seasonal": "yes"})


def test_ccc_goods_of_the_season_rest_up_to_a_year() -> None:
    certificate, people = toy()
    life = Life("cert_suspend", "holder_request", certificate, people)
    life.take("planning", "propose", inputs={"proposal": "do", "until": life.in_days(300), "seasonal": "yes"})
    life.take("decision", "suspend")
    assert Certificate.objects.get().suspended_until == today(life.now) + dt.timedelta(days=300)


def test_a_correction_is_shown_verified_and_resumed_by_another() -> None:
    certificate, people = toy()
    Life("cert_suspend", "spot_check_failed", certificate, people).suspend()
    life = Life("cert_resume", "corrected", certificate, people)
    with pytest.raises(ProblemsFound, match="证明材料"):
        life.take("holder", "ask")
    life.prove()
    life.take("holder", "ask")
    life.now += dt.timedelta(minutes=1)
    life.take("planning", "more")
    with pytest.raises(ProblemsFound, match="证明材料"):  # the old proof does not answer the new question
        life.take("holder", "answer")
    life.prove()
    life.take("holder", "answer")
    life.take("planning", "verify", inputs={"proposal": "do"})
    with pytest.raises(Refused):
        life.take("planning", "resume")
    life.take("decision", "resume")
    assert (life.file.status, life.status()) == ("resumed", "valid")
    assert papers_of(life) == ["cert_notice_resumption"]


def test_what_was_asked_in_time_is_decided_late_and_what_came_late_is_not() -> None:
    certificate, people = toy()
    Life("cert_suspend", "spot_check_failed", certificate, people).suspend()
    life = Life("cert_resume", "corrected", certificate, people)
    life.prove()
    life.take("holder", "ask")
    life.take("planning", "verify", inputs={"proposal": "do"})
    since = today(life.now) - dt.timedelta(days=9)
    Certificate.objects.update(suspended_until=today(life.now) - dt.timedelta(days=1), status_since=since)
    with pytest.raises(ProblemsFound, match="届满"):  # asked today, a day after the end
        life.take("decision", "resume")
    Certificate.objects.update(suspended_until=today(life.now))
    life.take("decision", "resume")
    assert life.status() == "valid"


def test_a_revocation_is_told_heard_and_final() -> None:
    certificate, people = toy()
    Life("cert_suspend", "spot_check_failed", certificate, people).suspend()
    life = Life("cert_revoke", "nonconformity", certificate, people)
    life.take("holder", "state", reason="已经停产")
    life.take("planning", "propose", inputs={"proposal": "do"})
    life.take("decision", "revoke")
    assert life.status() == "revoked"
    assert papers_of(life) == ["cert_notice_intent", "cert_notice_revocation"]
    assert "已经停产" in GeneratedDocument.objects.get(template="cert_notice_revocation").params["statement"]
    for process, reason in (("cert_resume", "corrected"), ("cert_cancel", "holder_request")):
        with pytest.raises(ProblemsFound, match="撤销"):
            Life(process, reason, certificate, people)


def test_the_holder_has_the_certificate_cancelled_or_thinks_better_of_it() -> None:
    certificate, people = toy()
    first = Life("cert_cancel", "holder_request", certificate, people)
    first.take("holder", "withdraw", reason="")
    assert (first.file.status, first.status()) == ("withdrawn", "valid")
    life = Life("cert_cancel", "holder_request", certificate, people)
    life.take("planning", "propose", inputs={"proposal": "do"})
    life.take("decision", "cancel")
    assert life.status() == "cancelled"
    shipped = GeneratedDocument.objects.get(template="cert_notice_cancellation").params["duties"]
    assert any("可以继续销售" in duty for duty in shipped)


def test_whoever_proposed_does_not_decide() -> None:
    certificate, people = toy()
    DutyGrant.objects.create(
        user=people["planning"], organisation=certificate.body, duty="decision", starts_on=dt.date(2020, 1, 1)
    )
    life = Life("cert_suspend", "major_accident", certificate, people)
    life.take("planning", "propose", inputs={"proposal": "do", "until": life.in_days(60)})
    with pytest.raises(Refused, match="提出"):
        life.take("planning", "suspend")
    assert life.status() == "valid"


@pytest.mark.parametrize(
    ("process", "reason", "who"),
    [
        ("cert_suspend", "nonconformity", "holder"),
        ("cert_revoke", "nonconformity", "holder"),
        ("cert_suspend", "holder_request", "planning"),
        ("cert_suspend", "nonconformity", "decision"),
        ("cert_cancel", "production_stopped", "stranger"),
        ("cert_watch", "surveillance", "holder"),
        ("cert_watch", "spot_check_failed", "planning"),
    ],
)
def test_each_side_begins_its_own(process: str, reason: str, who: str) -> None:
    certificate, people = toy()
    people["holder"], people["stranger"] = factories.person(), factories.person()
    factories.member(people["holder"], certificate.holder)
    with pytest.raises(Refused):
        Life(process, reason, certificate, people, who=who)
    assert not CertificateCase.objects.exists()


def test_another_body_neither_sees_nor_decides() -> None:
    certificate, people = toy()
    other, strangers = body_with_people("CNCA-R-2026-902")
    life = Life("cert_suspend", "spot_check_failed", certificate, people)
    for user in strangers.values():
        assert not visible_files(user).exists()
    people["elsewhere"] = strangers["planning"]
    life.take("holder", "state")
    with pytest.raises(Refused):
        life.take("elsewhere", "propose", inputs={"proposal": "do_not"})
    given = {"to": "cancelled", "on": today(life.now), "reason_class": "holder_request", "version": None}
    for body in (other, certificate.body):  # neither as itself nor in the other's name
        deciding = Deciding(body_id=body.pk, on=today(life.now))
        with pytest.raises(Refused):
            change_status(
                actor=actor_for(strangers["decision"]),
                now=life.now,
                certificate_id=certificate.pk,
                deciding=deciding,
                **given,
            )


def test_one_case_of_a_kind_at_a_time() -> None:
    certificate, people = toy()
    Life("cert_suspend", "spot_check_failed", certificate, people)
    with pytest.raises(ProblemsFound, match="正在办理"):
        Life("cert_suspend", "nonconformity", certificate, people)


def test_the_holder_reads_of_an_intended_revocation_once_told() -> None:
    certificate, people = toy()
    holder = factories.person()
    factories.member(holder, certificate.holder)
    made = open_case(
        actor=SYSTEM,
        now=Life("cert_suspend", "major_accident", certificate, people).now,
        unit=factories.unit(),
        process="cert_revoke",
        certificate_id=certificate.pk,
        reason="major_accident",
        facts="事故",
    )
    assert not visible_files(holder).filter(pk=made.file_id).exists()


class TestTheDailyRound:
    """What a rule makes a body do is begun on the day after, once, and only where the body works here."""

    def run(self) -> int:
        return daily_round(now=timezone.now(), unit=factories.unit())["begun"]

    def test_a_suspension_that_ended_must_be_revoked(self) -> None:
        certificate, people = toy()
        life = Life("cert_suspend", "spot_check_failed", certificate, people).suspend(days=30)
        assert self.run() == 0
        ended = today(life.now) - dt.timedelta(days=1)
        Certificate.objects.update(suspended_until=ended, status_since=ended - dt.timedelta(days=30))
        assert (self.run(), self.run()) == (1, 0)
        case = CertificateCase.objects.get(file__process="cert_revoke")
        assert (case.reason, case.file.status, case.file.handler) == ("not_corrected", "found", certificate.body)
        assert case.file.due_on is not None  # late steps are seen by the bureau
        life.case, life.now = case, timezone.now()
        life.take("planning", "notify")
        life.take("holder", "state")
        life.take("planning", "propose", inputs={"proposal": "do_not"})
        with pytest.raises(ProblemsFound, match="必须撤销"):
            life.take("decision", "keep")
        life.take("decision", "revoke")
        assert life.status() == "revoked"

    def test_a_missed_surveillance_must_suspend(self) -> None:
        body, _people = body_with_people()
        late = qms(body, ago=400)
        Certificate.objects.filter(pk=late.pk).update(surveillance_due=late.issued_on + dt.timedelta(days=365))
        elsewhere = qms(factories.body("CNCA-R-2026-777"), ago=400, number="00126Q77777R0S")
        Certificate.objects.filter(pk=elsewhere.pk).update(surveillance_due=late.issued_on + dt.timedelta(days=365))
        assert (self.run(), self.run()) == (1, 0)
        assert CertificateCase.objects.get().certificate == late
