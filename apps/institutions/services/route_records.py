"""Decisions that bear on the choice of route, entered by staff from a named source, and annulled when they fall."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.institutions.licence_constants import RecordKind
from apps.institutions.models import RouteRecord
from apps.parties.models import Organisation
from apps.parties.policies import in_scope

FIELDS = {"decision_number": 100, "authority": 100, "summary": 500, "source": 300}


def enter_record(
    *,
    actor: Actor,
    now: dt.datetime,
    organisation_id: int,
    kind: str,
    decision_number: str,
    authority: str,
    decided_on: dt.date,
    summary: str,
    source: str,
) -> RouteRecord:
    """Put a decision on record. Without number, authority and source it is no record but a rumour: refused."""
    require(actor, Permission.ROUTE_RECORD_EDIT)
    texts = {"decision_number": decision_number, "authority": authority, "summary": summary, "source": source}
    problems = [each for name, text in texts.items() for each in _text_problems(name, text)]
    if kind not in RecordKind.values:
        problems.append(Problem("choice", "kind", kind, _("没有这种记录"), _("请从列表中选择")))
    if decided_on > today(now):
        told = decided_on.isoformat()
        problems.append(Problem("future", "decided_on", told, _("决定日期不能晚于今天"), _("请照决定书填写")))
    if problems:
        raise ProblemsFound(*problems)
    with transaction.atomic():
        organisation = _organisation(actor, organisation_id)
        kept = {name: text.strip() for name, text in texts.items()}
        try:
            with transaction.atomic():
                made = RouteRecord.objects.create(
                    organisation=organisation,
                    kind=kind,
                    decided_on=decided_on,
                    entered_by=actor.user,
                    entered_at=now,
                    **kept,
                )
        except IntegrityError:
            rule = _("该文号已经登记")
            taken = Problem("same", "decision_number", decision_number, rule, _("请核对文号"))
            raise ProblemsFound(taken) from None
        _record(actor, now, made, "enter", {"kind": kind, "number": made.decision_number})
    return made


def annul_record(*, actor: Actor, now: dt.datetime, record_id: int, version: int, reason: str) -> RouteRecord:
    """The decision was annulled or entered in error: it no longer counts, and stays visible with the reason."""
    require(actor, Permission.ROUTE_RECORD_EDIT)
    if not reason.strip():
        raise ProblemsFound(Problem("required", "reason", "", _("撤下记录须说明理由"), _("请填写理由")))
    with transaction.atomic():
        found = RouteRecord.objects.select_for_update().filter(pk=record_id).first()
        if found is None:
            raise Refused("absent", str(record_id))
        _organisation(actor, found.organisation_id)
        if found.version != version:
            raise StaleVersion
        if found.annulled_on is not None:
            raise Refused("record.annulled", _("该记录已经撤下。"))
        found.annulled_on, found.annulled_why = today(now), reason.strip()[:500]
        found.version += 1
        found.save(update_fields=["annulled_on", "annulled_why", "version"])
        _record(actor, now, found, "annul", {"number": found.decision_number}, reason)
    return found


def _text_problems(name: str, text: str) -> list[Problem]:
    if not text.strip():
        return [Problem("required", name, "", _("此项必须填写"), _("请照决定书填写"))]
    if len(text.strip()) > FIELDS[name]:
        rule = _("不能超过 %(most)s 字") % {"most": FIELDS[name]}
        return [Problem("too_long", name, text[:20], rule, _("请精简"))]
    return []


def _organisation(actor: Actor, organisation_id: int) -> Organisation:
    """The organisation, if it lies in the actor's scope; the same refusal for absent and forbidden."""
    found = Organisation.objects.filter(pk=organisation_id)
    if actor.user is not None:
        found = found.filter(in_scope(actor.user))
    organisation = found.first()
    if organisation is None:
        raise Refused("absent", str(organisation_id))
    return organisation


def _record(
    actor: Actor, now: dt.datetime, row: RouteRecord, verb: str, after: dict[str, object], reason: str = ""
) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"institutions.route_record.{verb}",
        subject_kind="organisation",
        subject_id=row.organisation_id,
        after=after,
        reason=reason,
    )
