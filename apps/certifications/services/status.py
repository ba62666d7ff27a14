"""Moving a certificate's status: by a person or a report (here), by the calendar (expiry.py)."""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.audit.services import publish, record
from apps.certifications import rules
from apps.certifications.constants import (
    FACT_STATUS,
    FACT_SUBJECT,
    MANUAL_SOURCE,
    ReasonClass,
    Status,
    SurveillanceResult,
)
from apps.certifications.models import Certificate, StatusChange
from apps.certifications.selectors.schemes import rules_for, surveillance_history
from apps.certifications.services.facts import iso, status_facts
from apps.certifications.services.locking import Deciding, lock_certificate, refuse_if_any
from apps.certifications.services.pushing import push_status
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, Refused


def change_status(
    *,
    actor: Actor,
    now: dt.datetime,
    certificate_id: int,
    to: str,
    on: dt.date,
    reason_class: str,
    reason: str = "",
    legal_basis: str = "",
    until: dt.date | None = None,
    seasonal: bool = False,
    version: int | None,
    deciding: Deciding | None = None,
) -> StatusChange:
    """Record that the body suspended, restored, revoked or cancelled the certificate. Expiry is the calendar's.
    `deciding`: the body's own process, in whose transaction this is, decided it; else staff record what they learnt.

    Writes the status row, the certificate, the trail and the public fact. Refuses an illegal move (409): a second
    revocation of the same certificate is one.
    """
    with transaction.atomic():
        permission = Permission.CERTIFICATE_RECORD_STATUS
        certificate = lock_certificate(actor, certificate_id, permission=permission, version=version, deciding=deciding)
        before = rules.effective_status(certificate.status, certificate.valid_to, on)
        if not rules.may_move(before, to) or before != certificate.status or to == Status.EXPIRED:
            raise Refused("illegal_move", _("这一状态变化不合法，或者已经登记过。"))
        refuse_if_any(_problems(certificate, to, on, reason_class, until, seasonal, today(now)))
        basis = legal_basis or rules.legal_basis(before, to, group=certificate.project.group)
        change = StatusChange(
            from_status=before,
            to_status=to,
            on=on,
            until=until if to == Status.SUSPENDED else None,
            reason_class=reason_class,
            reason=reason.strip(),
            legal_basis=basis,
            source_code=MANUAL_SOURCE if actor.user is not None else certificate.source_id,
        )
        apply_change(actor=actor, now=now, certificate=certificate, change=change)
    return change


def apply_change(*, actor: Actor, now: dt.datetime, certificate: Certificate, change: StatusChange) -> None:
    """Write a move that was found legal: status row, certificate, trail, public fact. The caller holds the row lock."""
    before = {"status": certificate.status, "since": iso(certificate.status_since)}
    change.certificate = certificate
    change.n = (certificate.status_changes.aggregate(n=Max("n"))["n"] or 0) + 1
    change.recorded_by, change.recorded_at = actor.label, now
    change.save(force_insert=True)
    certificate.status = change.to_status
    certificate.status_since = change.on
    certificate.suspended_until = change.until
    certificate.surveillance_due = next_surveillance(certificate)
    certificate.version += 1
    certificate.updated_at = now
    certificate.save(
        update_fields=["status", "status_since", "suspended_until", "surveillance_due", "version", "updated_at"]
    )
    after = {"status": str(change.to_status), "since": iso(change.on), "until": iso(change.until)}
    record(
        actor=actor,
        now=now,
        action="certifications.certificate.change_status",
        subject_kind=FACT_SUBJECT,
        subject_id=certificate.pk,
        before=before,
        after=after,
        reason=change.reason or change.get_reason_class_display(),
    )
    facts = status_facts(change)
    publish(kind=FACT_STATUS, subject_kind=FACT_SUBJECT, subject_id=certificate.pk, facts=facts, now=now)
    push_status(change_ids=[change.pk], now=now)


def next_surveillance(certificate: Certificate) -> dt.date | None:
    """When the next surveillance is due: counted from the last one that took place, else from the issue."""
    if certificate.status not in rules.RUNNING:
        return None
    held = certificate.surveillance.exclude(result=SurveillanceResult.MISSED)
    last = held.aggregate(last=Max("on"))["last"]
    began = certificate.valid_from or certificate.issued_on
    first = last is None or (began is not None and began >= last)
    rows = surveillance_history(certificate, first=first)
    return rules.surveillance_due(began if first else last, rows, valid_to=certificate.valid_to)


def _problems(
    certificate: Certificate,
    to: str,
    on: dt.date,
    reason_class: str,
    until: dt.date | None,
    seasonal: bool,
    today_: dt.date,
) -> list[Problem]:
    found = []
    entry = rules.move(certificate.status, to)
    if entry is not None and reason_class not in entry.reasons:
        allowed = "、".join(str(ReasonClass(reason).label) for reason in entry.reasons)
        found.append(
            Problem(
                "reason_not_allowed",
                "reason_class",
                reason_class,
                _("该原因不能导致这一状态。"),
                _("可选原因：%(allowed)s") % {"allowed": allowed},
                barred=True,
            )
        )
    if on > today_:
        found.append(Problem("future", "on", str(on), _("日期不能晚于今天。"), _("填写发证机构作出决定的日期。")))
    if certificate.status_since is not None and on < certificate.status_since:
        since = {"day": certificate.status_since}
        found.append(
            Problem(
                "before_last",
                "on",
                str(on),
                _("日期早于上一次状态变化。"),
                _("不早于 %(day)s；上一次记录有误的，请先更正。") % since,
            )
        )
    if to == Status.SUSPENDED:
        found += _suspension_problems(certificate, on, until, seasonal)
    return found


def _suspension_problems(certificate: Certificate, on: dt.date, until: dt.date | None, seasonal: bool) -> list[Problem]:
    months = rules_for(certificate, on).longest_suspension_months(seasonal=seasonal)
    assert months is not None, "every scheme has a longest suspension"
    latest = rules.longest_suspension(on, months)
    span = _("暂停期自 %(on)s 起，最迟到 %(latest)s。") % {"on": on, "latest": latest}
    if until is None:
        return [Problem("until_missing", "until", "", _("暂停应当有期限。"), span)]
    if not on < until <= latest:
        return [Problem("until_out_of_range", "until", str(until), _("暂停期限超出允许范围。"), span)]
    return []
