"""Who holds which post. A person under a ban is not entered anywhere (parties.rules.bans)."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.institutions.constants import ONE_HOLDER, ChangeKind, Position
from apps.institutions.models import Appointment, Institution, Person
from apps.institutions.services.changes import open_change
from apps.institutions.services.locking import lock_for_edit, note
from apps.parties.constants import IdentityKind
from apps.parties.identity import identity_hash, identity_mask
from apps.parties.rules.masking import mask_person_name
from apps.parties.rules.resident import check_resident_id
from apps.parties.rules.text import squeeze
from apps.parties.selectors import ban_on_person, ban_problem

SHORTEST_DOCUMENT = 5


@dataclass(frozen=True, slots=True)
class PostFacts:
    """Who takes which post. The document number is read, hashed and forgotten."""

    name: str
    id_number: str
    position: str
    since: dt.date
    id_kind: str = IdentityKind.RESIDENT
    title: str = ""
    education: str = ""
    fields: str = ""


def appoint(*, actor: Actor, now: dt.datetime, institution_id: int, facts: PostFacts) -> Appointment:
    """Give a person a post from a day on. The person is made if the document is new here.

    Writes the person, the appointment, an audit row without the document, and the change that waits to be filed if
    the post had a holder or signatories before.
    """
    id_hash = identity_hash(facts.id_kind, facts.id_number)
    problems = [*_identity_problems(facts, now), *_post_problems(facts, now)]
    if not problems:
        ban = ban_on_person(facts.name, id_hash, today(now)) or ban_on_person(facts.name, id_hash, facts.since)
        if ban is not None:
            problems.append(ban_problem(ban, "name"))
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=institution_id)
        problems += _taken(institution, facts, id_hash)
        if problems:
            raise ProblemsFound(*problems)
        person, _new = Person.objects.get_or_create(
            institution=institution,
            id_hash=id_hash,
            defaults={
                "name": facts.name.strip(),
                "id_kind": facts.id_kind,
                "id_masked": identity_mask(facts.id_kind, facts.id_number),
                "title": facts.title.strip(),
                "education": facts.education.strip(),
                "recorded_at": now,
            },
        )
        before = institution.appointments.filter(position=facts.position).exists()
        made = Appointment.objects.create(
            person=person,
            institution=institution,
            position=facts.position,
            fields=facts.fields.strip(),
            since=facts.since,
            recorded_at=now,
        )
        told = f"+ {mask_person_name(person.name)} {made.get_position_display()}"
        if before:
            open_change(institution, ChangeKind(facts.position), facts.since, told)
        note("person.appoint", institution, actor=actor, now=now, after={"post": told, "person": person.id_masked})
        return made


def end_appointment(
    *, actor: Actor, now: dt.datetime, appointment_id: int, until: dt.date, end_reason: str
) -> Appointment:
    """A post ends on a day. Writes the end, an audit row, and the change that waits to be filed."""
    institution_id = Appointment.objects.values_list("institution_id", flat=True).get(pk=appointment_id)
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=institution_id)
        locked = Appointment.objects.select_for_update(of=("self",)).select_related("person")
        post = locked.get(pk=appointment_id)
        if post.until is not None:
            raise Refused("post.ended", _("这项任职已经终止"))
        if not post.since <= until <= today(now):
            rule = _("终止日期应在 %(from)s 与今天之间") % {"from": post.since.isoformat()}
            raise ProblemsFound(Problem("post.until", "until", until.isoformat(), rule, _("请核对日期")))
        post.until, post.end_reason = until, end_reason.strip()
        post.save(update_fields=["until", "end_reason"])
        told = f"- {mask_person_name(post.person.name)} {post.get_position_display()}"
        open_change(institution, ChangeKind(post.position), until, told)
        note("person.end", institution, actor=actor, now=now, after={"post": told}, reason=post.end_reason)
        return post


def _identity_problems(facts: PostFacts, now: dt.datetime) -> list[Problem]:
    problems = []
    if not facts.name.strip():
        problems.append(Problem("person.name", "name", "", _("须填写姓名"), _("请照证件填写")))
    if facts.id_kind == IdentityKind.RESIDENT:
        found = check_resident_id(facts.id_number, today=today(now), place="id_number").problems
        return problems + [Problem(p.code, p.place, "", p.rule, p.remedy) for p in found]
    if len(squeeze(facts.id_number)) < SHORTEST_DOCUMENT:
        rule = _("证件号码不足%(n)d位") % {"n": SHORTEST_DOCUMENT}
        problems.append(Problem("person.document", "id_number", "", rule, _("请照证件填写全号")))
    return problems


def _post_problems(facts: PostFacts, now: dt.datetime) -> list[Problem]:
    problems = []
    if facts.position == Position.SIGNATORY and not facts.fields.strip():
        rule = _("授权签字人须写明签字领域")
        problems.append(Problem("post.fields", "fields", "", rule, _("例如“食品全部项目”“环境 水质”")))
    if facts.since > today(now):
        problems.append(Problem("post.later", "since", facts.since.isoformat(), _("日期尚未到来"), _("请在生效后填报")))
    return problems


def _taken(institution: Institution, facts: PostFacts, id_hash: str) -> list[Problem]:
    open_posts = institution.appointments.filter(position=facts.position, until=None).select_related("person")
    if open_posts.filter(person__id_hash=id_hash).exists():
        rule = _("该人员已担任此职")
        return [Problem("post.twice", "position", facts.position, rule, _("变更签字领域时，先终止原记录"))]
    if facts.position in ONE_HOLDER and (holder := open_posts.first()) is not None:
        rule = _("该职务现由%(name)s担任") % {"name": holder.person.name}
        return [Problem("post.taken", "position", facts.position, rule, _("请先终止原任职，再登记新任职"))]
    return []
