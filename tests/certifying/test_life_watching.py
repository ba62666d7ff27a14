"""Surveillance: planned, held by whom was named, settled by another; the special audit after a failed spot check; the
release of a certificate and the day on which its successor takes over."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.certifications.constants import ReasonClass
from apps.certifications.models import Certificate, SurveillanceActivity
from apps.certifications.services.locking import Deciding
from apps.certifications.services.records import CertificateData, record_certificate
from apps.certifications.services.status import change_status
from apps.certifying.models import CertificateCase
from apps.certifying.selectors.life import plan_of, reasons_open
from apps.certifying.services.life_findings import add_finding, close_finding, set_factory_class
from apps.certifying.services.life_round import daily_round
from apps.certifying.services.life_transfer import begin_successor
from apps.clock.models import Deadline
from apps.clock.services.sweeping import sweep
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.notifications.models import Message
from apps.workflow.policies import visible_files
from apps.workflow.services import advance
from tests import factories
from tests.certifying.lifework import Life, body_with_people, ccc, prepare, qms
from tests.workflow.bodywork import colleague

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def planned(**fields) -> Life:
    body, people = body_with_people()
    life = Life("cert_watch", "surveillance", qms(body, **fields), people)
    life.name_auditor()
    life.take("planning", "plan", inputs={"planned_on": life.in_days(0)})
    return life


def find(life: Life, grade: str = "minor") -> int:
    given = {"grade": grade, "clause": "8.5.1", "text": "作业指导书版本未受控", "correct_by": today(life.now)}
    return add_finding(**life.by("audit"), case_id=life.case.pk, **given).pk


def report(life: Life, result: str) -> None:
    life.take("audit", "report", inputs={"held_on": life.in_days(0), "result": result})


def test_an_audit_is_held_by_whom_was_named_and_settled_by_another() -> None:
    life = planned()
    stranger = colleague(life.certificate.body, "audit")
    assert not visible_files(stranger).filter(pk=life.file.pk).exists()
    life.people["stranger"] = stranger
    with pytest.raises(Refused):
        life.take("stranger", "report", inputs={"held_on": life.in_days(0), "result": "conforming"})
    find(life)
    with pytest.raises(ProblemsFound, match="轻微不符合"):
        report(life, "conforming")
    report(life, "minor")
    before = Certificate.objects.get().surveillance_due
    life.take("decision", "maintain")
    held = SurveillanceActivity.objects.get()
    assert (held.on, held.result) == (today(life.now), "minor")
    assert before is None or Certificate.objects.get().surveillance_due > before
    assert next(iter(plan_of(life.certificate, today(life.now)))).held_on == today(life.now)


def test_a_major_finding_is_closed_or_leads_to_suspension_by_other_hands() -> None:
    life = planned()
    find(life, "major")
    report(life, "major")
    with pytest.raises(ProblemsFound, match="严重不符合没有关闭"):
        life.take("decision", "maintain")
    life.take("decision", "fail")
    case = CertificateCase.objects.get(file__process="cert_suspend")
    assert (case.reason, case.file.status, case.source) == ("nonconformity", "found", life.case)
    both = life.people["audit"]
    both.duty_grants.create(organisation=life.certificate.body, duty="planning", starts_on=dt.date(2020, 1, 1))
    with pytest.raises(Refused, match="审核过"):
        advance(actor=actor_for(both), now=life.now, file_id=case.file_id, version=case.file.version, step="notify")


def test_a_finding_is_written_by_the_auditor_and_closed_once() -> None:
    life = planned()
    finding = find(life)
    for who in ("planning", "decision", "holder"):
        with pytest.raises(Refused):
            add_finding(
                **life.by(who), case_id=life.case.pk, grade="minor", clause="1", text="x", correct_by=today(life.now)
            )
    with pytest.raises(ProblemsFound):
        add_finding(
            **life.by("audit"),
            case_id=life.case.pk,
            grade="grave",
            clause="",
            text="",
            correct_by=today(life.now) - DAY,
        )
    for who in ("decision", "holder"):
        with pytest.raises(Refused):
            close_finding(**life.by(who), finding_id=finding, closing="已更新")
    with pytest.raises(ProblemsFound):
        close_finding(**life.by("planning"), finding_id=finding, closing=" ")
    close_finding(**life.by("planning"), finding_id=finding, closing="已更新")
    with pytest.raises(Refused, match="已经关闭"):
        close_finding(**life.by("planning"), finding_id=finding, closing="又一次")


class TestASpecialAudit:
    """The bureau records the failed national spot check; thirty days; then supervisors and leaders are told."""

    def ordered(self) -> Life:
        body, people = body_with_people()
        people["officer"] = factories.staff(Role.OFFICER)
        return Life("cert_watch", "spot_check_failed", qms(body), people, who="officer")

    def test_thirty_days_from_the_recording(self) -> None:
        life = self.ordered()
        deadline = Deadline.objects.get(subject_id=life.file.pk, code="CERT.SHORT_NOTICE")
        assert deadline.due_on == today(life.now) + dt.timedelta(days=30)
        life.name_auditor()
        life.take("planning", "plan", inputs={"planned_on": life.in_days(5)})
        report(life, "conforming")
        deadline.refresh_from_db()
        assert deadline.state == "met"
        life.take("decision", "maintain")
        assert SurveillanceActivity.objects.get().activity == "特殊审核"

    def test_a_late_one_is_told_to_the_bureau_and_still_owed(self) -> None:
        leader = factories.staff(Role.LEADER)
        life = self.ordered()
        sweep(actor=SYSTEM, now=life.now + dt.timedelta(days=31))
        assert life.file.status == "overdue"
        assert Message.objects.filter(recipient=leader).exists()
        life.name_auditor()
        report(life, "conforming")
        assert life.file.status == "reported"

    def test_a_failed_one_suspends_for_the_spot_check(self) -> None:
        life = self.ordered()
        life.name_auditor()
        life.take("planning", "plan", inputs={"planned_on": life.in_days(0)})
        find(life, "major")
        report(life, "major")
        life.take("decision", "fail")
        assert CertificateCase.objects.get(file__process="cert_suspend").reason == "spot_check_failed"


def test_the_class_of_a_factory_sets_its_plan() -> None:
    body, people = body_with_people()
    certificate = ccc(body, ago=200)
    on = today(timezone.now())
    usual = plan_of(certificate, on)
    call = {"actor": actor_for(people["planning"]), "now": timezone.now(), "certificate_id": certificate.pk}
    set_factory_class(**call, grade="D", reason="两年内监督抽查不合格", version=0)
    assert len(plan_of(certificate, on)) > len(usual)
    with pytest.raises(StaleVersion):
        set_factory_class(**call, grade="A", reason="改进", version=0)
    with pytest.raises(ProblemsFound):
        set_factory_class(**call, grade="E", reason="", version=1)
    with pytest.raises(Refused):
        set_factory_class(**{**call, "actor": actor_for(people["decision"])}, grade="A", reason="改进", version=1)
    assert daily_round(now=timezone.now(), unit=factories.unit())["begun"] == 1  # class D: an inspection was due


class TestPassing:
    """The old certificate ends on the day on which the new one begins, and only as the issuing body agreed."""

    def setup(self) -> tuple[Life, dict]:
        body, people = body_with_people()
        other, _theirs = body_with_people("CNCA-R-2026-902")
        life = Life("cert_release", "transfer", qms(body), people, receiving_id=other.pk, consent=True)
        return life, {"body": other}

    def release(self, life: Life) -> None:
        life.take("planning", "propose", inputs={"proposal": "do"})
        life.take("decision", "release")

    def successor(self, life: Life, valid_from: dt.date, **fields) -> Certificate:
        old = life.certificate
        data = CertificateData(
            **{"body": life.case.receiving, "holder": old.holder, **fields},
            number="90226Q00001R0M",
            project=old.project,
            issued_on=today(life.now),
            valid_from=valid_from,
            valid_to=old.valid_to,
            predecessor=old,
        )
        return record_certificate(actor=SYSTEM, now=life.now, data=data, source_code=old.source_id)

    def begin(self, life: Life, successor: Certificate) -> None:
        with transaction.atomic():
            begin_successor(actor=SYSTEM, now=life.now, successor=successor)

    def test_on_the_day(self) -> None:
        life, _ = self.setup()
        self.release(life)
        successor = self.successor(life, today(life.now))
        self.begin(life, successor)
        old = Certificate.objects.get(pk=life.certificate.pk)
        assert (old.status, old.status_since) == ("cancelled", successor.valid_from)
        assert old.status_changes.latest("n").reason_class == ReasonClass.HOLDER_REQUEST
        assert CertificateCase.objects.get().successor == successor
        with pytest.raises(ProblemsFound, match="没有同意"):  # a release is used up once
            self.begin(life, successor)

    def test_a_later_beginning_ends_the_old_one_by_the_daily_round(self) -> None:
        life, _ = self.setup()
        self.release(life)
        successor = self.successor(life, today(life.now) + DAY)
        self.begin(life, successor)
        assert life.status() == "valid"
        assert daily_round(now=life.now, unit=factories.unit())["ended"] == 0
        assert daily_round(now=life.now + DAY, unit=factories.unit())["ended"] == 1
        old = Certificate.objects.get(pk=life.certificate.pk)
        assert (old.status, old.status_since) == ("cancelled", successor.valid_from)

    def test_not_without_the_release(self) -> None:
        life, _ = self.setup()
        with pytest.raises(ProblemsFound, match="没有同意"):
            self.begin(life, self.successor(life, today(life.now)))
        assert life.status() == "valid"

    def test_not_to_another_holder(self) -> None:
        life, _ = self.setup()
        self.release(life)
        with pytest.raises(ProblemsFound, match="持证人不是"):
            self.begin(life, self.successor(life, today(life.now), holder=factories.organisation()))

    def test_not_once_it_was_suspended_after_the_release(self) -> None:
        life, _ = self.setup()
        self.release(life)
        change_status(
            actor=SYSTEM,
            now=life.now,
            certificate_id=life.certificate.pk,
            to="suspended",
            on=today(life.now),
            reason_class="nonconformity",
            until=today(life.now) + dt.timedelta(days=90),
            version=None,
            deciding=Deciding(body_id=life.certificate.body_id, on=today(life.now)),
        )
        with pytest.raises(ProblemsFound, match="暂停"):
            self.begin(life, self.successor(life, today(life.now)))

    def test_a_suspended_certificate_is_not_released(self) -> None:
        body, people = body_with_people()
        other, _ = body_with_people("CNCA-R-2026-902")
        certificate = qms(body)
        on = today(timezone.now())
        assert reasons_open(certificate, "cert_release", on) == ["transfer"]
        assert reasons_open(ccc(body), "cert_release", on) == []  # nor offered where no receiving body could take it
        Life("cert_suspend", "major_accident", certificate, people).suspend()
        with pytest.raises(ProblemsFound, match="暂停状态"):
            Life("cert_release", "transfer", certificate, people, receiving_id=other.pk, consent=True)
        certificate.refresh_from_db()
        assert reasons_open(certificate, "cert_release", on) == []
