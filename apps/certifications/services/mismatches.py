"""Reports that a product, page or paper does not match a certificate: received from anybody, answered by staff.

The contact is for staff only: it goes into no trail entry and no public fact.
"""

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import record
from apps.certifications.constants import MismatchState
from apps.certifications.models import Certificate, MismatchReport
from apps.certifications.policies import visible_mismatches
from apps.certifications.rules import TOKEN_ALPHABET
from apps.certifications.services.locking import refuse_if_any
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, Refused, StaleVersion
from apps.core.services import one_at_a_time

DESCRIPTION_LENGTH = 2_000
SUBJECT = "mismatch"
SAME_REPORT = dt.timedelta(minutes=10)  # a double click, or a browser that sends a form again


def report_mismatch(
    *,
    actor: Actor,
    now: dt.datetime,
    certificate: Certificate | None,
    description: str,
    number_seen: str = "",
    place: str = "",
    contact: str = "",
) -> MismatchReport:
    """Take a report and give it a receipt number. Anybody may; the caller limits how often (per address).

    `certificate` is None where somebody saw a number that the portal does not know. The same words again within
    SAME_REPORT are the same report: it keeps its receipt, and nothing more is written.
    """
    refuse_if_any(_report_problems(description, certificate, number_seen))
    told = {"number_seen": number_seen, "description": description, "place": place, "contact": contact}
    words = {name: text.strip() for name, text in told.items()}
    with transaction.atomic():
        one_at_a_time(SUBJECT, certificate.pk if certificate else "", *words.values())
        known = MismatchReport.objects.filter(certificate=certificate, received_at__gt=now - SAME_REPORT, **words)
        if (sent_before := known.first()) is not None:
            return sent_before
        report = MismatchReport.objects.create(
            certificate=certificate, receipt=new_receipt(today(now)), received_at=now, **words
        )
        after = {"receipt": report.receipt, "certificate": certificate.pk if certificate else None}
        record(
            actor=actor,
            now=now,
            action="certifications.mismatch.report",
            subject_kind=SUBJECT,
            subject_id=report.pk,
            after=after,
        )
    return report


def new_receipt(day: dt.date) -> str:
    """A receipt number that tells the day and cannot be guessed: 261124-7Q4KM2XD."""
    return f"{day:%y%m%d}-" + "".join(secrets.choice(TOKEN_ALPHABET) for _n in range(8))


def handle_mismatch(*, actor: Actor, now: dt.datetime, report_id: int, answer: str, version: int) -> MismatchReport:
    """Answer a report, once. Writes the report and the trail."""
    require(actor, Permission.MISMATCH_HANDLE)
    with transaction.atomic():
        report = MismatchReport.objects.select_for_update(of=("self",)).get(pk=report_id)
        require(actor, Permission.MISMATCH_HANDLE)
        if actor.user is not None and not visible_mismatches(actor.user).filter(pk=report_id).exists():
            raise Refused("out_of_scope")
        if report.state == MismatchState.HANDLED:
            raise Refused("already_handled", _("这份报告已经处理。"))
        if report.version != version:
            raise StaleVersion
        if not answer.strip():
            refuse_if_any([Problem("answer_missing", "answer", "", _("处理结果必填。"), _("写明核查情况和结论。"))])
        report.state, report.handled_at, report.answer = MismatchState.HANDLED, now, answer.strip()
        report.version += 1
        report.save(update_fields=["state", "handled_at", "answer", "version"])
        record(
            actor=actor,
            now=now,
            action="certifications.mismatch.handle",
            subject_kind=SUBJECT,
            subject_id=report.pk,
            before={"state": str(MismatchState.RECEIVED)},
            after={"state": str(MismatchState.HANDLED), "answer": report.answer},
        )
    return report


def _report_problems(description: str, certificate: Certificate | None, number_seen: str) -> list[Problem]:
    found = []
    length = len(description.strip())
    if not 1 <= length <= DESCRIPTION_LENGTH:
        rule, remedy = _("请用 1 至 2000 字说明哪里不符。"), _("写明产品、页面或纸质证书与查询结果的差别。")
        found.append(Problem("description_length", "description", description[:80], rule, remedy))
    if certificate is None and not number_seen.strip():
        rule, remedy = _("请填写所见的证书编号。"), _("没有编号的，填写“无”。")
        found.append(Problem("number_missing", "number_seen", "", rule, remedy))
    return found
