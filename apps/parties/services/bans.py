"""The ban register: a decision is recorded once, and ends early only by another decision."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import publish
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.parties.constants import BanSubject, IdentityKind
from apps.parties.identity import identity_hash, identity_mask
from apps.parties.models import Ban, Organisation
from apps.parties.rules.bans import lift_problems, term_problems
from apps.parties.rules.masking import mask_person_name
from apps.parties.rules.resident import check_resident_id
from apps.parties.rules.text import squeeze
from apps.parties.selectors.organisations import find_by_code
from apps.parties.services.trail import note

SHORTEST_DOCUMENT = 5


@dataclass(frozen=True, slots=True)
class BanFacts:
    """A decision as its document has it. Either a person (name and document) or an organisation (code)."""

    subject: str
    basis: str
    basis_text: str
    starts_on: dt.date
    ends_on: dt.date | None
    decision_number: str
    authority: str
    decided_on: dt.date
    organisation_code: str = ""
    person_name: str = ""
    id_kind: str = IdentityKind.RESIDENT
    id_number: str = ""
    facts: str = ""
    public_basis: str = ""


def record_ban(*, actor: Actor, now: dt.datetime, facts: BanFacts) -> Ban:
    """Bar a person or an organisation from the day of the decision on. Holds in every form at once.

    Writes the ban, one audit row without the document number, and a public fact if a law says that it is public.
    """
    require(actor, Permission.BAN_RECORD)
    problems = term_problems(facts.basis, facts.basis_text, facts.starts_on, facts.ends_on)
    problems += _decision_problems(facts, now)
    organisation, faults = _organisation(facts)
    problems += [*faults, *_person_problems(facts, now)]
    if problems:
        raise ProblemsFound(*problems)
    columns = _columns(facts)
    with transaction.atomic():
        if organisation is not None:
            Organisation.objects.select_for_update().get(pk=organisation.pk)
        try:
            with transaction.atomic():
                ban = Ban.objects.create(organisation=organisation, recorded_at=now, recorded_by=actor.user, **columns)
        except IntegrityError as error:
            rule = _("这份决定对同一对象已经登记")
            twice = Problem("ban.twice", "decision_number", facts.decision_number, rule, _("请在登记册中查看已有记录"))
            raise ProblemsFound(twice) from error
        _audit(actor, now, "record", ban, after=_told(ban))
        _publish(ban, "ban.imposed", now)
        return ban


def lift_ban(
    *,
    actor: Actor,
    now: dt.datetime,
    ban_id: int,
    version: int,
    lifted_on: dt.date,
    lift_number: str,
    lift_authority: str,
    lift_reason: str,
) -> Ban:
    """End a ban early, by the decision that says so. Writes the ban, an audit row, and a public fact if it was one."""
    require(actor, Permission.BAN_RECORD)
    with transaction.atomic():
        ban = Ban.objects.select_for_update().get(pk=ban_id)
        if ban.lifted_on is not None:
            raise Refused("ban.lifted", _("这项禁止已经由新决定解除"))
        if ban.version != version:
            raise StaleVersion
        problems = lift_problems(ban.starts_on, lifted_on, lift_number, ban.decision_number, today(now))
        if ban.ends_on is not None and lifted_on > ban.ends_on:
            rule = _("届时期限已经届满，无须解除")
            problems.append(Problem("ban.over", "lifted_on", lifted_on.isoformat(), rule, _("请核对决定书")))
        if problems:
            raise ProblemsFound(*problems)
        ban.lifted_on, ban.lift_number = lifted_on, lift_number.strip()
        ban.lift_authority, ban.lift_reason = lift_authority.strip(), lift_reason.strip()
        ban.version += 1
        ban.save(update_fields=["lifted_on", "lift_number", "lift_authority", "lift_reason", "version"])
        after = {"lifted_on": lifted_on.isoformat(), "number": ban.lift_number, "authority": ban.lift_authority}
        _audit(actor, now, "lift", ban, after=after, reason=ban.lift_reason)
        _publish(ban, "ban.lifted", now)
        return ban


def _decision_problems(facts: BanFacts, now: dt.datetime) -> list[Problem]:
    problems = []
    if facts.decided_on > today(now):
        day, rule = facts.decided_on.isoformat(), _("决定日期尚未到来")
        problems.append(Problem("ban.decided_later", "decided_on", day, rule, _("请照决定书核对")))
    for place in ("decision_number", "authority"):
        if not getattr(facts, place).strip():
            problems.append(Problem(f"ban.{place}", place, "", _("须照决定书填写"), _("没有决定书不能登记")))
    return problems


def _organisation(facts: BanFacts) -> tuple[Organisation | None, list[Problem]]:
    if facts.subject != BanSubject.ORGANISATION:
        return None, []
    found = find_by_code(facts.organisation_code)
    if found is None:
        rule, remedy = _("登记册中没有这个代码的组织"), _("请核对代码；确无记录的，先登记组织")
        return None, [Problem("ban.organisation", "organisation_code", facts.organisation_code, rule, remedy)]
    return found, []


def _person_problems(facts: BanFacts, now: dt.datetime) -> list[Problem]:
    """A person is recognised by a document, never by the name alone: a namesake must not be barred."""
    if facts.subject != BanSubject.PERSON:
        return []
    problems = []
    if not facts.person_name.strip():
        problems.append(Problem("ban.name", "person_name", "", _("须填写姓名"), _("请照决定书填写")))
    if facts.id_kind not in IdentityKind:
        # The kind is part of what recognises the document: without it the ban would match nobody.
        rule = _("须选择证件类型")
        problems.append(Problem("ban.id_kind", "id_kind", facts.id_kind, rule, _("请照决定书所列证件选择")))
    if facts.id_kind == IdentityKind.RESIDENT:
        found = check_resident_id(facts.id_number, today=today(now), place="id_number").problems
        return problems + [Problem(p.code, p.place, "", p.rule, p.remedy) for p in found]  # never echo the number
    if len(squeeze(facts.id_number)) < SHORTEST_DOCUMENT:
        rule = _("证件号码不足%(n)d位") % {"n": SHORTEST_DOCUMENT}
        problems.append(Problem("ban.document", "id_number", "", rule, _("请照证件填写全号")))
    return problems


def _columns(facts: BanFacts) -> dict[str, Any]:
    person = facts.subject == BanSubject.PERSON
    identity = {
        "person_name": facts.person_name.strip(),
        "id_kind": facts.id_kind,
        "id_hash": identity_hash(facts.id_kind, facts.id_number),
        "id_masked": identity_mask(facts.id_kind, facts.id_number),
    }
    return {
        **(identity if person else {}),
        "subject": facts.subject,
        "basis": facts.basis,
        "basis_text": facts.basis_text.strip(),
        "starts_on": facts.starts_on,
        "ends_on": facts.ends_on,
        "decision_number": facts.decision_number.strip(),
        "authority": facts.authority.strip(),
        "decided_on": facts.decided_on,
        "facts": facts.facts.strip(),
        "public_basis": facts.public_basis.strip(),
    }


def _told(ban: Ban) -> dict[str, Any]:
    """The decision for the trail: the person by mask, never by number."""
    return {
        "subject": ban.subject,
        "organisation": ban.organisation_id,
        "person": f"{mask_person_name(ban.person_name)} {ban.id_masked}".strip(),
        "basis": ban.basis,
        "starts_on": ban.starts_on.isoformat(),
        "ends_on": ban.ends_on.isoformat() if ban.ends_on else None,
        "decision_number": ban.decision_number,
        "authority": ban.authority,
        "public": bool(ban.public_basis),
    }


def _publish(ban: Ban, kind: str, now: dt.datetime) -> None:
    """What the law makes public: of a person the masked name only, of an organisation its code."""
    if not ban.public_basis:
        return
    person = ban.subject == BanSubject.PERSON
    facts = {
        "subject": str(ban.subject),
        "name": mask_person_name(ban.person_name) if person else ban.organisation and ban.organisation.name,
        "uscc": None if person else ban.organisation and ban.organisation.uscc,
        "basis": ban.basis_text,
        "from": ban.starts_on.isoformat(),
        "to": ban.ends_on.isoformat() if ban.ends_on else None,
        "decision": ban.decision_number,
        "authority": ban.authority,
        "lifted_by": ban.lift_number or None,
        "lifted_on": ban.lifted_on.isoformat() if ban.lifted_on else None,
    }
    publish(kind=kind, subject_kind="ban", subject_id=ban.pk, facts=facts, now=now)


def _audit(actor: Actor, now: dt.datetime, verb: str, ban: Ban, *, after: dict[str, Any], reason: str = "") -> None:
    note(actor=actor, now=now, kind="ban", verb=verb, subject_id=ban.pk, after=after, reason=reason)
