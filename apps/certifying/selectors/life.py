"""Reads of a certificate's life: how it stands, its plan of surveillance, its cases, and the facts that guards ask."""

import datetime as dt
from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.certifications.constants import RuleCode, Shape, Status, SurveillanceResult
from apps.certifications.models import Certificate
from apps.certifications.rules import effective_status, longest_suspension
from apps.certifications.rules.schemes import FACTORY_CLASSES
from apps.certifications.selectors.schemes import rules_for
from apps.certifying.models import CertificateCase, FactoryClass, WatchFinding
from apps.certifying.models.life import Grade
from apps.certifying.rules import life_acts, life_plan, life_transfer
from apps.certifying.rules.life_facts import LifeFacts
from apps.certifying.rules.life_releasing import RELEASING
from apps.certifying.rules.life_resuming import RESUMPTION
from apps.core.calendar import today
from apps.core.problems import Problem
from apps.documents.selectors import current_documents
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File

USUAL_CLASS = "B"  # of a CCC factory that nobody classed
EVIDENCE = "certificate_evidence"  # the kind of what the holder hands in


def case_of(file: File) -> CertificateCase:
    """The case of a file."""
    related = ("certificate__project", "certificate__body", "certificate__holder", "file__organisation", "receiving")
    return CertificateCase.objects.select_related(*related).get(file=file)


def cases_of(certificate_id: int, files: QuerySet[File]) -> list[CertificateCase]:
    """The cases about a certificate among the files that somebody sees, the latest first."""
    found = CertificateCase.objects.filter(certificate_id=certificate_id, file__in=files.order_by().values("pk"))
    return list(found.select_related("file__organisation", "file__handler").order_by("-pk"))


def open_case(certificate_id: int, process: str) -> CertificateCase | None:
    """The case of this kind that is still on its way."""
    found = CertificateCase.objects.filter(certificate_id=certificate_id, file__closed_at=None, file__process=process)
    return found.select_related("file").order_by("pk").first()


def cadence_of(certificate: Certificate, on: dt.date) -> life_plan.Cadence | None:
    """How often the certificate is watched by the rules of the day; None where recertification is the surveillance."""
    rules = rules_for(certificate, on)
    if certificate.shape == Shape.CCC:
        known = FactoryClass.objects.filter(certificate=certificate).values_list("grade", flat=True).first()
        grade = known or USUAL_CLASS
        months = rules.follow_up_months(grade)
        return life_plan.Cadence(months, months, basis=rules.basis(FACTORY_CLASSES[grade])) if months else None
    first, gap = rules.first_surveillance_months, rules.surveillance_gap_months
    if first is None or gap is None:
        return None
    basis = rules.basis(RuleCode.SURVEILLANCE_GAP_MONTHS)
    return life_plan.Cadence(first, gap, rules.min_surveillances_per_cycle or 0, basis)


def plan_of(certificate: Certificate, on: dt.date) -> tuple[life_plan.Visit, ...]:
    """The audits of the present cycle, held and to come."""
    cadence = cadence_of(certificate, on)
    begins = certificate.valid_from or certificate.issued_on
    if cadence is None or begins is None:
        return ()
    held = certificate.surveillance.exclude(result=SurveillanceResult.MISSED).values_list("on", flat=True)
    return life_plan.plan_of(begins, certificate.valid_to, cadence, held)


def standing_of(certificate: Certificate, on: dt.date) -> life_acts.Standing:
    """How a certificate stands on a day, as far as its processes ask."""
    status = effective_status(certificate.status, certificate.valid_to, on)
    missed = life_plan.missed(plan_of(certificate, on), on) if status in life_acts.RUNNING else None
    last = None
    if status == Status.SUSPENDED:
        last = certificate.status_changes.filter(to_status=Status.SUSPENDED).order_by("-n").first()
    return life_acts.Standing(
        status=status,
        suspended_until=certificate.suspended_until if status == Status.SUSPENDED else None,
        missed=missed.last_day if missed is not None else None,
        suspended_for=last.reason_class if last is not None else "",
    )


def reasons_open(certificate: Certificate, process: str, on: dt.date) -> list[str]:
    """For which of its matters a process may be begun on the certificate today."""
    standing = standing_of(certificate, on)
    matters = life_acts.TABLES[process].matters
    if process == RELEASING.code:  # to whom is chosen later
        found = {problem.code for problem in transfer_obstacles(certificate, None, on)}
        return [] if found - {"not_a_body"} else [*matters]
    return [reason for reason in matters if not life_acts.why_not(process, reason, standing)]


def transfer_obstacles(certificate: Certificate, receiving_id: int | None, on: dt.date) -> list[Problem]:
    """Everything that stands against passing the certificate to that body today."""
    standing = standing_of(certificate, on)
    passing = life_transfer.Passing(
        status=standing.status,
        shape=certificate.shape,
        valid_to=certificate.valid_to,
        body_id=certificate.body_id,
        receiving_id=receiving_id,
        receiving_is_body=receiving_id is not None and bodies().filter(pk=receiving_id).exists(),
        must_suspend=standing.missed is not None,
    )
    return life_transfer.obstacles(passing, on)


def transfer_problems(certificate: Certificate, receiving_id: int, on: dt.date) -> list[Problem]:
    """What stands against that body certifying after the certificate: its state, or that its body did not let it go."""
    problems = transfer_obstacles(certificate, receiving_id, on)
    if released_to(certificate.pk, receiving_id) is None:
        rule = _("原发证机构没有同意向该机构转出该证书")
        remedy = _("请由持证人先向原发证机构申请转出")
        problems.append(Problem("unreleased", "predecessor", certificate.number, rule, remedy))
    return problems


def released_to(certificate_id: int, body_id: int) -> CertificateCase | None:
    """The release of a certificate to that body which was granted and not yet used up."""
    found = CertificateCase.objects.filter(
        certificate_id=certificate_id, receiving_id=body_id, file__status="released", successor=None
    )
    return found.select_related("file").order_by("-pk").first()


def open_findings(certificate_id: int) -> QuerySet[WatchFinding]:
    """What surveillance found and nobody closed, the first due first."""
    found = WatchFinding.objects.filter(case__certificate_id=certificate_id, closed_at=None)
    return found.select_related("case__file").order_by("correct_by", "pk")


def facts_of(file: File, on: dt.date) -> LifeFacts:
    """What the guards ask. The certificate is not locked here: pages ask too, and the act asks again under its lock."""
    case = case_of(file)
    certificate = case.certificate
    standing = standing_of(certificate, on)
    return LifeFacts(
        today=on,
        reason=case.reason,
        why_not=_why_not(case, standing, on),
        must=life_acts.must(file.process, case.reason, standing, on),
        ccc=certificate.shape == Shape.CCC,
        until=case.until,
        seasonal=case.seasonal,
        latest=_longest(certificate, on, seasonal=False),
        latest_seasonal=_longest(certificate, on, seasonal=True),
        suspended_until=standing.suspended_until,
        asked_on=_asked_on(file),
        evidence=_evidence(file),
        opened_on=today(file.opened_at),
        findings=tuple(case.findings.values_list("grade", flat=True)),
        open_major=case.findings.filter(grade=Grade.MAJOR, closed_at=None).count(),
    )


def _longest(certificate: Certificate, on: dt.date, *, seasonal: bool) -> dt.date | None:
    months = rules_for(certificate, on).longest_suspension_months(seasonal=seasonal)
    return longest_suspension(on, months) if months is not None else None


def _why_not(case: CertificateCase, standing: life_acts.Standing, on: dt.date) -> str:
    if case.file.process == RELEASING.code:
        found = transfer_obstacles(case.certificate, case.receiving_id, on)
        return str(found[0].rule) if found else ""
    return life_acts.why_not(case.file.process, case.reason, standing)


def _asked_on(file: File) -> dt.date | None:
    """When the holder first asked for a resumption."""
    if file.process != RESUMPTION.code:
        return None
    asked = file.transitions.filter(step="ask").order_by("version").first()
    return today(asked.at) if asked is not None else None


def _evidence(file: File) -> int:
    """Documents handed in since the body last asked for more: an old proof does not answer a new question."""
    asked = file.transitions.filter(step="more").order_by("-version").first()
    handed = [each for each in current_documents(SUBJECT, file.pk) if each.kind == EVIDENCE]
    return sum(asked is None or each.uploaded_at >= asked.at for each in handed)


def held_by(organisation_ids: Collection[int]) -> QuerySet[Certificate]:
    """The certificates of these holders, the next to end first."""
    found = Certificate.objects.filter(holder_id__in=organisation_ids).select_related("project", "body", "holder")
    return found.order_by("valid_to", "pk")


def issued_by(body_ids: Collection[int]) -> QuerySet[Certificate]:
    """The running certificates of these bodies, the next surveillance or end first."""
    found = Certificate.objects.filter(body_id__in=body_ids, status__in=life_acts.RUNNING)
    return found.select_related("project", "body", "holder").order_by("surveillance_due", "valid_to", "pk")


def reasons_labels(process: str, reasons: Collection[str]) -> list[tuple[str, object]]:
    """The matters of a process as choices."""
    return [(code, label) for code, label in life_acts.TABLES[process].matters.items() if code in reasons]


def bodies() -> QuerySet[Organisation]:
    """The certification bodies, by name."""
    return Organisation.objects.filter(kind=OrganisationKind.BODY, merged_into=None).order_by("name", "pk")
