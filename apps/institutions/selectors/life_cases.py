"""Reads of cases about issued licences, and the facts that their guards ask."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.calendar import today
from apps.documents.selectors import current_documents
from apps.institutions.licence_constants import Cause, Change
from apps.institutions.models import Application, Licence, LicenceChange, LifeCase, PostChecker
from apps.institutions.rules import life
from apps.institutions.rules.life_cancelling import CANCELLATION
from apps.institutions.rules.life_facts import LifeFacts
from apps.institutions.rules.life_rectifying import RECTIFICATION
from apps.institutions.rules.life_revoking import REVOCATION
from apps.institutions.selectors.life import standing_on
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition
from apps.workflow.process import Process

EVIDENCE = "life_evidence"  # the kind of what the holder hands in
PROCESSES: dict[str, tuple[Process, life.Move]] = {
    REVOCATION.code: (REVOCATION, life.REVOKE),
    CANCELLATION.code: (CANCELLATION, life.CANCEL),
    RECTIFICATION.code: (RECTIFICATION, life.ORDER),
}
OPENS_ITSELF = {REVOCATION.code: "begin", CANCELLATION.code: "begin", RECTIFICATION.code: "begin"}


def case_of(file: File) -> LifeCase:
    """The case of a file."""
    return LifeCase.objects.select_related("licence__organisation", "file__organisation").get(file=file)


def cases_of(licence: Licence) -> QuerySet[LifeCase]:
    """The cases about a licence, the latest first."""
    return LifeCase.objects.filter(licence=licence).select_related("file").order_by("-pk")


def open_case(licence_id: int, process: str) -> LifeCase | None:
    """The case of this kind that is still on its way."""
    return LifeCase.objects.filter(licence_id=licence_id, file__process=process, file__closed_at=None).first()


def why_not(licence: Licence, process: str, cause: str, on: dt.date) -> str:
    """Why the act of a process is not open on this licence on a day; empty if it is."""
    move = PROCESSES[process][1]
    status = standing_on(licence, on)
    if life.may(move, cause, status):
        if cause == Cause.UNRENEWED and (number := _renewal(licence)):
            told = _("该证书的延续申请 %(number)s 已在期限内提交，正在办理或者已经准予，不是届满未延续")
            return told % {"number": number}
        return ""
    words = {"status": status.label, "cause": Cause(cause).label, "act": move.change.label}
    return _("证书现为“%(status)s”，不能以“%(cause)s”为由%(act)s") % words


def _renewal(licence: Licence) -> str:
    """The file by which the licence is being renewed, or was; empty if there is none (ALL 50).

    Whoever was renewed asked while the old licence ran; their own licence begins when it ended.
    """
    asked = Application.objects.filter(licence=licence, item="renewal", file__submitted_at__isnull=False)
    made = LicenceChange.objects.filter(
        kind=Change.RENEWED,
        licence__organisation_id=licence.organisation_id,
        licence__valid_from__gt=licence.valid_to,
        application__file__submitted_at__date__lte=licence.valid_to,
    )
    found = asked.filter(file__closed_at=None).values_list("file__number", flat=True).first()
    return found or made.values_list("application__file__number", flat=True).first() or ""


def had_a_hand(case: LifeCase, user: User) -> bool:
    """Whether somebody took a step of the bureau's on an application for the licence, or checked or judged it on site.

    Whoever hands a check over to the revocation begins that by the same act, and judged nothing by it.
    """
    taken = Transition.objects.filter(person=user)
    applied = taken.filter(file__application__licence=case.licence_id)
    checked = taken.filter(file__post_check__licence=case.licence_id).exclude(step="start_revocation")
    named = PostChecker.objects.filter(check_of__licence=case.licence_id, user=user)
    return applied.exists() or checked.exists() or named.exists()


def causes_open(licence: Licence, process: str, on: dt.date) -> list[Cause]:
    """On which causes the act of a process is open on this licence today."""
    return [cause for cause in PROCESSES[process][1].causes if not why_not(licence, process, cause, on)]


def facts_of(file: File, on: dt.date) -> LifeFacts:
    """What the guards ask. The licence is not locked here: pages ask too, and the act asks again under its lock."""
    case = case_of(file)
    licence = Licence.objects.get(pk=case.licence_id)
    told = why_not(licence, file.process, case.cause, on)
    over = on > licence.valid_to
    status = life.standing(licence.status, licence.valid_to, on)
    return LifeFacts(
        today=on,
        relay=file.competence == "relay",
        wish=case.cause == Cause.WISH,
        fits=not told,
        why_not=told,
        last_day=licence.valid_to if over else None,
        why_not_then=why_not(licence, file.process, case.cause, licence.valid_to) if over else "",
        forwarded_on=_forwarded_on(file),
        evidence=_evidence(file),
        hearing_on=case.hearing_on,
        gone=status not in life.LIVE,
    )


def _forwarded_on(file: File) -> dt.date | None:
    """Since when the issuing authority has the case."""
    sent = file.transitions.filter(to_status="forwarded").order_by("-version").first()
    return today(sent.at) if sent is not None else None


def _evidence(file: File) -> int:
    """Documents handed in since the order was given last: an old proof does not answer a new order."""
    ordered = file.transitions.filter(to_status="ordered").order_by("-version").first()
    handed = current_documents(SUBJECT, file.pk)
    if ordered is None:
        return 0
    return sum(each.kind == EVIDENCE and each.uploaded_at >= ordered.at for each in handed)
