"""What is added to a certificate's file after it was entered: renewal, surveillance, sites, correction."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.audit.services import publish, record
from apps.certifications import rules
from apps.certifications.constants import (
    BODY_SOURCE,
    FACT_CORRECTED,
    FACT_RENEWED,
    FACT_SUBJECT,
    FACT_SURVEILLANCE,
    MANUAL_SOURCE,
    PeriodKind,
    ReasonClass,
    Status,
)
from apps.certifications.models import Certificate, CertificatePeriod, StatusChange, SurveillanceActivity
from apps.certifications.services.facts import certificate_facts, iso
from apps.certifications.services.locking import Deciding, lock_certificate, refuse_if_any
from apps.certifications.services.records import (
    DetailData,
    SiteData,
    date_problems,
    set_search,
    write_detail,
    write_sites,
)
from apps.certifications.services.status import apply_change, next_surveillance
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, Refused
from apps.parties.selectors import ban_problem, bans_named_in

RECORD = Permission.CERTIFICATE_RECORD_STATUS
CORRECTABLE = (
    "number",
    "holder_name",
    "standard_text",
    "scope",
    "scope_codes",
    "products",
    "division_code",
    "first_issued_on",
    "issued_on",
    "valid_from",
    "valid_to",
)
_DATES = ("issued_on", "valid_from", "valid_to")


def add_period(
    *,
    actor: Actor,
    now: dt.datetime,
    certificate_id: int,
    issued_on: dt.date,
    valid_from: dt.date,
    valid_to: dt.date,
    version: int | None,
    deciding: Deciding | None = None,
) -> CertificatePeriod:
    """Recertification under the unchanged number: one more period; a suspended or expired certificate is valid again.

    Writes the period, the certificate's dates, the moves that lie between, the trail and the public fact.
    """
    with transaction.atomic():
        certificate = lock_certificate(actor, certificate_id, permission=RECORD, version=version, deciding=deciding)
        if not rules.may_renew(certificate.status):
            raise Refused("ended", _("证书已被撤销或注销，不能登记再认证；应当登记新证书。"))
        problems = date_problems(issued_on, valid_from, valid_to, today(now))
        refuse_if_any(problems + _later_than_before(certificate, valid_from, valid_to))
        _expire_before(actor, now, certificate, valid_from)
        period = certificate.periods.create(
            n=(certificate.periods.aggregate(n=Max("n"))["n"] or 0) + 1,
            kind=PeriodKind.RECERTIFICATION,
            issued_on=issued_on,
            valid_from=valid_from,
            valid_to=valid_to,
            source_code=_source(actor, certificate, deciding),
            recorded_at=now,
        )
        before = {name: iso(getattr(certificate, name)) for name in _DATES}
        certificate.issued_on, certificate.valid_from, certificate.valid_to = issued_on, valid_from, valid_to
        if certificate.status != Status.VALID:
            _resume(actor, now, certificate, valid_from, _source(actor, certificate, deciding))
        _save(certificate, now, _DATES)
        facts = {"n": period.n, "valid_from": iso(valid_from), "valid_to": iso(valid_to)}
        _audit(actor, now, certificate, "renew", before=before, after=facts)
        publish(kind=FACT_RENEWED, subject_kind=FACT_SUBJECT, subject_id=certificate.pk, facts=facts, now=now)
    return period


def _later_than_before(certificate: Certificate, valid_from: dt.date, valid_to: dt.date) -> list[Problem]:
    if certificate.valid_to is not None and valid_to <= certificate.valid_to:
        rule, remedy = _("新的有效期没有超过原有效期。"), _("换证后的有效期至应当更晚；原日期有误的，请更正。")
        return [Problem("not_later", "valid_to", str(valid_to), rule, remedy)]
    if certificate.valid_from is not None and valid_from <= certificate.valid_from:
        rule, remedy = _("新的有效期不晚于原有效期开始。"), _("核对有效期自。")
        return [Problem("not_later", "valid_from", str(valid_from), rule, remedy)]
    return []


def _expire_before(actor: Actor, now: dt.datetime, certificate: Certificate, valid_from: dt.date) -> None:
    """If the renewal leaves a gap that the sweep has not recorded, the certificate was expired in between."""
    ended = certificate.valid_to
    if certificate.status in rules.RUNNING and ended is not None and valid_from > ended + dt.timedelta(days=1):
        change = StatusChange(
            from_status=certificate.status,
            to_status=Status.EXPIRED,
            on=ended + dt.timedelta(days=1),
            reason_class=ReasonClass.EXPIRED,
            legal_basis=rules.legal_basis(certificate.status, Status.EXPIRED),
            source_code=certificate.source_id,
        )
        apply_change(actor=actor, now=now, certificate=certificate, change=change)


def _source(actor: Actor, certificate: Certificate, deciding: Deciding | None) -> str:
    """Who says so: a body that decided here, staff, or the feed that a machine follows."""
    if deciding is not None:
        return BODY_SOURCE
    return MANUAL_SOURCE if actor.user is not None else certificate.source_id


def _resume(actor: Actor, now: dt.datetime, certificate: Certificate, on: dt.date, source: str) -> None:
    change = StatusChange(
        from_status=certificate.status,
        to_status=Status.VALID,
        on=max(on, certificate.status_since or on),
        reason_class=ReasonClass.RECERTIFIED,
        legal_basis=rules.legal_basis(certificate.status, Status.VALID),
        source_code=source,
    )
    apply_change(actor=actor, now=now, certificate=certificate, change=change)


def record_surveillance(
    *,
    actor: Actor,
    now: dt.datetime,
    certificate_id: int,
    activity: str,
    on: dt.date,
    result: str,
    description: str = "",
    audit_team: str = "",
    version: int | None,
    deciding: Deciding | None = None,
) -> SurveillanceActivity:
    """Enter an audit or inspection that took place (or was missed); the next one is due counted from it.
    `deciding`: as in change_status.

    Writes the activity, the next due day, the trail, and the public fact (without the names of the audit team).
    """
    with transaction.atomic():
        certificate = lock_certificate(actor, certificate_id, permission=RECORD, version=version, deciding=deciding)
        barred = [ban_problem(ban, "audit_team") for ban in bans_named_in(audit_team, today(now))]
        refuse_if_any([*_surveillance_problems(certificate, activity, on, today(now)), *barred])
        held = certificate.surveillance.create(
            activity=activity.strip(),
            description=description.strip(),
            on=on,
            result=result,
            audit_team=audit_team.strip(),
            source_code=_source(actor, certificate, deciding),
        )
        before = {"surveillance_due": iso(certificate.surveillance_due)}
        certificate.surveillance_due = next_surveillance(certificate)
        _save(certificate, now, ["surveillance_due"])
        after = {"on": iso(on), "result": result, "surveillance_due": iso(certificate.surveillance_due)}
        _audit(actor, now, certificate, "record_surveillance", before=before, after=after)
        facts = {"activity": held.activity, **after}
        publish(kind=FACT_SURVEILLANCE, subject_kind=FACT_SUBJECT, subject_id=certificate.pk, facts=facts, now=now)
    return held


def _surveillance_problems(certificate: Certificate, activity: str, on: dt.date, today_: dt.date) -> list[Problem]:
    found = []
    if not activity.strip():
        found.append(Problem("activity_missing", "activity", "", _("活动名称必填。"), _("例如：第一次监督审核。")))
    if on > today_:
        found.append(Problem("future", "on", str(on), _("日期不能晚于今天。"), _("填写实际进行的日期。")))
    first = certificate.first_issued_on or certificate.issued_on
    if first is not None and on < first:
        remedy = _("首次获证日期为 %(day)s。") % {"day": first}
        found.append(Problem("before_issue", "on", str(on), _("日期早于首次获证。"), remedy))
    return found


def set_sites(
    *,
    actor: Actor,
    now: dt.datetime,
    certificate_id: int,
    sites: Sequence[SiteData],
    reason: str,
    version: int | None,
) -> None:
    """Replace the places that the certificate covers."""
    with transaction.atomic():
        certificate = lock_certificate(actor, certificate_id, permission=RECORD, version=version)
        missing = [
            Problem("address_missing", f"sites-{n}", "", _("场所地址必填。"), _("照证书附件填写。"))
            for n, site in enumerate(sites, 1)
            if not site.address.strip()
        ]
        refuse_if_any(missing + _reason_problems(reason))
        before = {"sites": list(certificate.sites.values_list("address", flat=True))}
        write_sites(certificate, sites)
        _save(certificate, now, [])
        after = {"sites": [site.address for site in sites]}
        _audit(actor, now, certificate, "set_sites", before=before, after=after, reason=reason)
        _publish_correction(certificate, ["sites"], now)


def set_detail(
    *, actor: Actor, now: dt.datetime, certificate_id: int, detail: DetailData, reason: str, version: int | None
) -> None:
    """Replace what only the certificate's shape has: head count, product, parties of a CCC certificate, lines."""
    with transaction.atomic():
        certificate = lock_certificate(actor, certificate_id, permission=RECORD, version=version)
        refuse_if_any(_reason_problems(reason))
        before = _detail_told(certificate)
        write_detail(certificate, detail)
        after = _detail_told(Certificate.objects.get(pk=certificate.pk))
        if before == after:
            refuse_if_any([_nothing_changed()])
        _save(certificate, now, [])
        _audit(actor, now, certificate, "set_detail", before=before, after=after, reason=reason)
        _publish_correction(certificate, ["detail"], now)


def _detail_told(certificate: Certificate) -> dict[str, Any]:
    """The detail rows as the trail keeps them: columns of the shape's row, or the product lines."""
    for name in ("management", "ccc", "industrial"):
        row = getattr(certificate, name, None)
        if row is not None:
            columns = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
            return {column: getattr(row, column) for column in columns}
    columns = ["product", "place", "area_mu", "output", "output_unit"]
    lines = certificate.product_lines.order_by("pk").values_list(*columns)
    return {"lines": [[None if cell is None else str(cell) for cell in line] for line in lines]}


def _publish_correction(certificate: Certificate, corrected: Sequence[str], now: dt.datetime) -> None:
    facts = {**certificate_facts(certificate), "corrected": sorted(corrected)}
    publish(kind=FACT_CORRECTED, subject_kind=FACT_SUBJECT, subject_id=certificate.pk, facts=facts, now=now)


def correct_certificate(
    *,
    actor: Actor,
    now: dt.datetime,
    certificate_id: int,
    changes: Mapping[str, Any],
    reason: str,
    version: int | None,
    deciding: Deciding | None = None,
) -> Certificate:
    """Mend what was entered wrongly, or write what the body decided anew (`deciding`), with the reason.

    An issued certificate changes in no other way.

    Writes the certificate (and the current period's dates), the trail with before and after, and the public fact.
    """
    assert set(changes) <= set(CORRECTABLE), "only what stands on the certificate can be corrected"
    with transaction.atomic():
        certificate = lock_certificate(actor, certificate_id, permission=RECORD, version=version, deciding=deciding)
        changed = {name: value for name, value in changes.items() if getattr(certificate, name) != value}
        refuse_if_any(_correction_problems(certificate, changed, reason, today(now)))
        before = {name: _plain(getattr(certificate, name)) for name in changed}
        for name, value in changed.items():
            setattr(certificate, name, value)
        certificate.number_key = rules.number_key(certificate.number)
        set_search(certificate)
        certificate.surveillance_due = next_surveillance(certificate)
        _save(certificate, now, [*changed, "number_key", "search_text", "search", "surveillance_due"])
        if any(name in changed for name in _DATES):
            _correct_current_period(certificate)
        after = {name: _plain(value) for name, value in changed.items()}
        _audit(actor, now, certificate, "correct", before=before, after=after, reason=reason)
        _publish_correction(certificate, list(changed), now)
    return certificate


def _correction_problems(
    certificate: Certificate, changed: Mapping[str, Any], reason: str, today_: dt.date
) -> list[Problem]:
    found = _reason_problems(reason)
    if not changed:
        found.append(_nothing_changed())
    issued_on, valid_from, valid_to = (changed.get(name, getattr(certificate, name)) for name in _DATES)
    found += date_problems(issued_on, valid_from, valid_to, today_)
    if "number" in changed:
        key = rules.number_key(changed["number"])
        taken = Certificate.objects.filter(number_key=key, body=certificate.body_id).exclude(pk=certificate.pk)
        if not key or taken.exists():
            rule, remedy = _("编号为空，或者该机构已有这一编号。"), _("核对证书原件。")
            found.append(Problem("number_known", "number", str(changed["number"]), rule, remedy))
    return found


def _nothing_changed() -> Problem:
    return Problem("nothing_changed", "", "", _("没有改动。"), _("修改有误的内容后再提交。"))


def _reason_problems(reason: str) -> list[Problem]:
    if reason.strip():
        return []
    return [Problem("reason_missing", "reason", "", _("更正必须说明理由。"), _("写明依据，例如证书原件。"))]


def _correct_current_period(certificate: Certificate) -> None:
    last = certificate.periods.order_by("-n").first()
    if last is not None:
        last.issued_on, last.valid_from, last.valid_to = (getattr(certificate, name) for name in _DATES)
        last.save(update_fields=list(_DATES))


def _save(certificate: Certificate, now: dt.datetime, fields: Sequence[str]) -> None:
    certificate.version += 1
    certificate.updated_at = now
    certificate.save(update_fields=[*fields, "version", "updated_at"])


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, dt.date) else value


def _audit(
    actor: Actor,
    now: dt.datetime,
    certificate: Certificate,
    verb: str,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str = "",
) -> None:
    record(
        actor=actor,
        now=now,
        action=f"certifications.certificate.{verb}",
        subject_kind=FACT_SUBJECT,
        subject_id=certificate.pk,
        before=before,
        after=after,
        reason=reason.strip(),
    )
