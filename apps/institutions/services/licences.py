"""What a decision makes of a licence: numbered, renewed, changed; sealed. Called as effects of steps."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.clock.selectors import limit_on
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.core.services import next_number
from apps.core.tokens import new_token
from apps.documents.services import request
from apps.institutions.constants import ScopeState
from apps.institutions.licence_constants import (
    AUTHORITY,
    CERTIFICATE,
    LICENCE,
    VALIDITY,
    BarKind,
    Change,
    LicenceStatus,
    Route,
)
from apps.institutions.models import Application, Institution, Licence, ScopeVersion
from apps.institutions.rules.facts import IN_SAFETY
from apps.institutions.rules.licence import BadNumber, number_of, parse_number, valid_to
from apps.institutions.selectors import applications as selectors
from apps.institutions.selectors import certificates
from apps.institutions.services.licence_life import Decision, bar, note, publish_status
from apps.institutions.services.scopes import approve_scope
from apps.workflow.constants import SUBJECT, Competence
from apps.workflow.models import File, Transition

KINDS = {"first": Change.GRANTED, "renewal": Change.RENEWED, "extension": Change.EXTENDED}
# A certificate always has an appendix; where this portal never saw a scope, the one issued before stays in force.
UNCHANGED = {
    "n": "1",
    "category": "",
    "object": "能力附表未变更，以原证书附表为准",
    "parameter": "",
    "standard": "",
    "restriction": "",
    "site": "",
}


def grant(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The licence that the decision grants or changes, and its certificate asked for. Effect of the step "grant"."""
    application = _application(file)
    if application.item_id in selectors.MAKES_LICENCE:
        _renewing(application, today(now))
        licence = _new(application, _next_number(application, now), settings.BUREAU_NAME, today(now))
    else:
        licence = _changed(actor, now, application)
    _settle(actor, now, application, licence)
    ask_for_certificate(actor=actor, now=now, application=application, licence=licence, key=str(transition.version))
    if application.item_id not in selectors.MAKES_LICENCE:
        _write_anew(actor, now, application, licence, transition)


def grant_above(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The licence as the province granted it, under the province's number. Effect of the step "record_grant"."""
    application = _application(file)
    given = transition.inputs
    application.answer_number = given["answer_number"][:60]
    application.save(update_fields=["answer_number"])
    if application.item_id in selectors.MAKES_LICENCE:
        _renewing(application, today(now))
        number = given["licence_number"].strip()
        if Licence.objects.filter(number=number).exists():
            raise Refused("licence.number", _("证书编号 %(number)s 已经登记。") % {"number": number})
        parse_number(number)
        day = dt.date.fromisoformat(given["answered_on"])
        licence = _new(application, number, settings.LICENSING_AUTHORITY, day)
    else:
        licence = _changed(actor, now, application)
    _settle(actor, now, application, licence)
    if application.item_id not in selectors.MAKES_LICENCE:
        _write_anew(actor, now, application, licence, transition)


def submitted(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The scope that is asked for is the draft as it stands now. Effect of the steps "submit" and "answer"."""
    application = _application(file)
    if selectors.needs_scope(application.item):
        _lock_institution(file)
        application.scope = selectors.asked_scope(application)
        if fault := selectors.scope_fault(application, application.scope):
            raise Refused("scope.fault", fault)
        if application.scope is None:
            raise Refused("scope.missing", _("没有可供审查的能力附表草稿，请先导入能力附表再提交。"))
        application.save(update_fields=["scope"])
        after = {"scope": application.scope_id}
        audit.record(
            actor=actor,
            now=now,
            action="institutions.application.scope",
            subject_kind=SUBJECT,
            subject_id=file.pk,
            after=after,
        )


def seal(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The certificate leaves the house. Effect of the step "seal"."""
    licence = _application(file).licence
    assert licence is not None, "the decision made the licence"
    licence = Licence.objects.select_for_update().get(pk=licence.pk)
    if licence.status in (LicenceStatus.REVOKED, LicenceStatus.CANCELLED):
        told = {"number": licence.number, "state": licence.get_status_display()}
        raise Refused("licence.dead", _("资质认定证书 %(number)s %(state)s，不能再用印发证。") % told)
    licence.sealed_at = now
    licence.version += 1
    licence.save(update_fields=["sealed_at", "version"])
    _record(actor, now, licence, "seal", {"number": licence.number})


def refused(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """False material in a matter of safety bars for a year (ALL 78). Effect of the steps "refuse" and "not_accept"."""
    if transition.inputs.get("false_material") != IN_SAFETY:
        return
    decision = Decision(
        cause=None,
        decided_by=settings.BUREAU_NAME,
        number=f"{file.number}-{transition.version:02d}",
        on=today(now),
        reason=transition.reason,
    )
    bar(actor=actor, now=now, organisation_id=file.organisation_id, kind=BarKind.FALSE_MATERIAL, decision=decision)


def ask_for_certificate(
    *, actor: Actor, now: dt.datetime, application: Application, licence: Licence, key: str
) -> None:
    """A worker typesets the certificate; asking again with the same key gets the same document."""
    request(
        actor=actor,
        now=now,
        request_key=f"{SUBJECT}:{application.file_id}:{key}:{CERTIFICATE}",
        template=CERTIFICATE,
        subject_kind=SUBJECT,
        subject_id=application.file_id,
        params=certificate_params(application, licence),
    )


def certificate_params(application: Application, licence: Licence) -> dict[str, Any]:
    """What the certificate says."""
    address = reverse("institutions:certificate", args=[licence.token])
    return {
        "number": licence.number,
        "name": licence.holder_name,
        "address": licence.address,
        "uscc": application.file.organisation.uscc or None,
        "authority": licence.authority,
        "authority_en": settings.BUREAU_NAME_EN,
        "date": licence.issued_on.isoformat(),
        "valid_to": licence.valid_to.isoformat(),
        "verify_url": f"{settings.PUBLIC_URL}{address}",
        "scope": certificates.scope_rows(certificates.granted_scope(licence)) or [UNCHANGED],
    }


def _write_anew(
    actor: Actor, now: dt.datetime, application: Application, licence: Licence, transition: Transition
) -> None:
    """The certificates that the change made untrue, beside the one that it asks for itself.

    What waits for its seal is typeset again in its own file, and the former is not handed out. One of a licence that
    was renewed early and is out comes anew with this change: on its first day it says what then holds.
    """
    later = list(selectors.succeeding(licence))
    for each in (licence, *later):
        common: dict[str, Any] = {"actor": actor, "now": now, "licence": each}
        waiting = list(certificates.awaiting_seal(each).exclude(pk=application.pk))
        for other in waiting:
            key = f"{application.file_id}-{transition.version}-{each.number}"
            ask_for_certificate(**common, application=other, key=key)
        ours = each.authority == settings.BUREAU_NAME and application.file.competence != Competence.RELAY
        if each in later and each.sealed_at is not None and ours:
            ask_for_certificate(**common, application=application, key=f"{transition.version}-{each.number}")


def _application(file: File) -> Application:
    return Application.objects.select_related("item", "licence", "scope", "file__organisation").get(file=file)


def _next_number(application: Application, now: dt.datetime) -> str:
    """The next serial of the year, without gaps: a decision that fails gives its number back."""
    year = today(now).year
    serial = next_number(f"cma:{year}:{AUTHORITY}")
    try:
        return str(number_of(year, AUTHORITY, application.field or "20", application.ministry, serial))
    except BadNumber as fault:
        raise Refused("licence.number", _("证书编号无法编列（%(part)s）。") % {"part": str(fault)}) from fault


def _new(application: Application, number: str, authority: str, first: dt.date) -> Licence:
    """A renewal begins on the day after the old term, and never before the decision. What was changed since it was
    applied for holds for it too."""
    former = _carrying(application, first)
    name, address = application.file.organisation.name, application.address
    if former is not None and former.changes.filter(*certificates.renamed_since(application)).exists():
        name, address = former.holder_name, former.address
    begins = max(first, former.valid_to + dt.timedelta(days=1)) if former is not None else first
    limit = limit_on(VALIDITY, first)
    if limit is None:
        raise Refused("no_limit", _("没有登记资质认定证书的有效期（%(code)s）。") % {"code": VALIDITY})
    return Licence.objects.create(
        number=number,
        organisation=application.file.organisation,
        authority=authority,
        holder_name=name,
        address=address,
        field=application.field or "20",
        issued_on=first,
        valid_from=begins,
        valid_to=valid_to(begins, limit.value),
        status_since=first,
        token=new_token(),
    )


def _renewing(application: Application, on: dt.date) -> None:
    """Lock what is renewed, and ask of it again what the guards read before the lock."""
    _carrying(application, on)
    if fault := selectors.renewal_fault(application, on):
        raise Refused("licence.order", fault)


def _carrying(application: Application, on: dt.date) -> Licence | None:
    """The licence that is changed or renewed, locked. The guards read it before the lock; here it counts."""
    if application.licence_id is None:
        return None
    application.licence = Licence.objects.select_for_update().get(pk=application.licence_id)
    if fault := selectors.licence_fault(application, on):
        raise Refused("licence.dead", fault)
    return application.licence


def _changed(actor: Actor, now: dt.datetime, application: Application) -> Licence:
    """The licence with what was changed; number, term and the certificate that is out stay what they are.

    One that was renewed early and has not begun carries the change on: name, address and scope are its holder's too.
    """
    licence = _carrying(application, today(now))
    assert licence is not None, "the guards refuse a change without a licence"
    _rewrite(application, licence)
    for later in selectors.succeeding(licence).select_for_update().order_by("pk"):
        _rewrite(application, later)
        kind, summary = KINDS.get(application.item_id, Change.CHANGED), application.item.name
        note(actor=actor, now=now, licence=later, kind=kind, on=today(now), application=application, summary=summary)
        publish_status(licence=later, now=now)
    return licence


def _rewrite(application: Application, licence: Licence) -> None:
    if application.item_id == "name":
        licence.holder_name = application.change_to.strip()[:200]
    if application.item_id in ("address", "site"):
        licence.address = application.change_to.strip()[:300]
    licence.version += 1
    licence.save(update_fields=["holder_name", "address", "version"])


def _settle(actor: Actor, now: dt.datetime, application: Application, licence: Licence) -> None:
    """The application's licence, its scope in force by this decision, and what the public may rely on."""
    application.licence = licence
    application.save(update_fields=["licence"])
    if application.scope is not None:
        _put_in_force(now, application, application.scope)
    kind = KINDS.get(application.item_id, Change.CHANGED)
    informed = application.route == Route.COMMITMENT
    summary = f"{application.item.name}（告知承诺）" if informed else application.item.name
    note(
        actor=actor,
        now=now,
        licence=licence,
        kind=kind,
        on=today(now),
        application=application,
        summary=summary,
    )
    publish_status(licence=licence, now=now)


def _put_in_force(now: dt.datetime, application: Application, scope: ScopeVersion) -> None:
    """The draft that was asked for. Where the present scope is kept, the one of today: it may have been extended."""
    _lock_institution(application.file)
    if application.item_id in selectors.KEEPS_SCOPE and scope.state != ScopeState.DRAFT:
        application.scope = selectors.scope_in_force(application)
        application.save(update_fields=["scope"])
        return
    if scope.state != ScopeState.DRAFT:
        raise Refused("scope.state", _("申请的能力附表已不是草稿，不能据以决定。"))
    if fault := selectors.scope_fault(application, scope):
        raise Refused("scope.fault", fault)
    approve_scope(
        actor=Actor.system("institutions.licensing"),  # by the decision of the person whom the file names
        now=now,
        scope_id=scope.pk,
        version=scope.version,
        decision_number=application.answer_number or application.file.number,
        approved_on=today(now),
    )


def _lock_institution(file: File) -> None:
    """Against a scope that is given up, replaced or put in force at this moment: it is read again under this lock."""
    list(Institution.objects.select_for_update().filter(organisation_id=file.organisation_id).values_list("pk"))


def _record(actor: Actor, now: dt.datetime, licence: Licence, verb: str, after: Mapping[str, Any]) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"institutions.licence.{verb}",
        subject_kind=LICENCE,
        subject_id=licence.number,
        after=dict(after),
    )
