"""What steps of a case write beside the status: effects of apps.matters.binding, inside `advance`."""

import datetime as dt

from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.certifications.services.file import correct_certificate
from apps.core.actors import Actor
from apps.core.calendar import add_months, today
from apps.core.events import publish_event
from apps.core.problems import Refused
from apps.core.tokens import new_token
from apps.matters.constants import Effect, Topic
from apps.matters.models import CaseDuty, MatterCase
from apps.matters.rules.correcting import value_at
from apps.matters.selectors.cases import cases, owed_of, record_fault
from apps.matters.selectors.matters import rows_of
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition


def granted(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The decision: its number, code and term, its duties, and what it writes in the registry."""
    case = cases().select_for_update(of=("self",)).get(file=file)
    answered_on = transition.inputs.get("answered_on")
    case.decided_on = dt.date.fromisoformat(answered_on) if answered_on else today(now)
    case.decision_number = transition.inputs.get("answer_number") or f"{file.number}-{transition.version:02d}"
    case.token = new_token()
    months = case.matter.validity_months
    case.valid_to = add_months(case.decided_on, months) - dt.timedelta(days=1) if months else None
    case.save()
    CaseDuty.objects.bulk_create(CaseDuty(case=case, code=duty.code) for duty in rows_of(case.matter).duties)
    audit.record(
        actor=actor,
        now=now,
        action="matters.case.grant",
        subject_kind=SUBJECT,
        subject_id=file.pk,
        after={"decision": case.decision_number, "valid_to": str(case.valid_to or "")},
    )
    if case.matter.effect == Effect.CORRECT:
        _correct(now, case)


def _correct(now: dt.datetime, case: MatterCase) -> None:
    """Write the correction through the registry's own service. The decision is who acts: its number is the reason.

    Approvers hold no right to enter records by hand, and need none: the registry writes what was decided.
    """
    if fault := record_fault(case):
        raise Refused("case.record", fault)
    if case.certificate is None:
        raise Refused("case.record", _("没有选定证书。"))
    place, right = str(case.values["place"]), str(case.values["right"])
    correct_certificate(
        actor=Actor.system("matters"),
        now=now,
        certificate_id=case.certificate.pk,
        changes={place: value_at(place, right)},
        reason=f"{case.matter.name}决定 {case.decision_number}",
        version=None,
    )


def led(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Duties were not shown in time, and the leader was told: a lead for supervision, once for each file."""
    steps = ("escalate", "ask_again_late")
    if file.transitions.filter(step__in=steps).exclude(pk=transition.pk).exists():
        return
    case = cases().get(file=file)
    publish_event(
        Topic.DUTY_UNFULFILLED,
        {
            "file_id": file.pk,
            "number": file.number,
            "matter": file.matter,
            "organisation_id": file.organisation_id,
            "division_code": file.division_code,
            "duties": [owed.duty.code for owed in owed_of(case) if owed.gaps],
            "now": now,
        },
    )


def transferred(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The leader hands the case over to supervision."""
    publish_event(
        Topic.DUTY_TRANSFERRED,
        {
            "file_id": file.pk,
            "number": file.number,
            "organisation_id": file.organisation_id,
            "reason": transition.reason,
            "now": now,
        },
    )
