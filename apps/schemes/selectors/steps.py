"""The next legal step of certificates, for their holder."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.http import Http404

from apps.certifications.models import Certificate
from apps.certifications.rules import effective_status
from apps.certifications.selectors.files import certificate_by_id, held_certificates, last_reasons
from apps.certifications.selectors.schemes import rules_for
from apps.schemes import rules
from apps.schemes.rules import LegalStep, Situation


@dataclass(frozen=True, slots=True)
class HeldStep:
    """A certificate and what its holder must do next."""

    certificate: Certificate
    status: str
    step: LegalStep
    days_left: int | None


def next_step(certificate_id: int, on: dt.date) -> LegalStep:
    """The next legal step for the holder of a certificate, and its last day. 404 if there is none."""
    found = certificate_by_id(certificate_id)
    if found is None:
        raise Http404
    return _steps([found], on)[0].step


def steps_of(organisation_ids: Collection[int], on: dt.date) -> list[HeldStep]:
    """The next step of everything that the organisations hold or lost lately, the most urgent first."""
    found = _steps(held_certificates(organisation_ids, on), on)
    return sorted(found, key=lambda one: (one.step.last_day or dt.date.max, one.certificate.pk))


def _steps(certificates: Sequence[Certificate], on: dt.date) -> list[HeldStep]:
    reasons = last_reasons([row.pk for row in certificates])
    made = []
    for row in certificates:
        status = effective_status(row.status, row.valid_to, on)
        at = Situation(
            status=status,
            shape=row.shape,
            group=row.project.group,
            valid_to=row.valid_to,
            surveillance_due=row.surveillance_due,
            suspended_until=row.suspended_until,
            since=row.status_since,
            reason_class=reasons.get(row.pk, "") if status == row.status else "",
            number=row.number,
        )
        step = rules.next_step(at, rules_for(row, on), on)
        made.append(HeldStep(row, status, step, step.days_left(on)))
    return made
