"""Duties in a certification body: its managers grant and end them, to members only. Lock: the organisation."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.parties.constants import BodyDuty, OrganisationKind
from apps.parties.models import DutyGrant, Organisation
from apps.parties.policies import is_manager
from apps.parties.selectors.bans import ban_on_person, ban_problem
from apps.parties.selectors.memberships import running_memberships
from apps.parties.services.trail import note


def grant_duty(
    *, actor: Actor, now: dt.datetime, organisation_id: int, user_id: int, duty: str, ends_on: dt.date | None = None
) -> DutyGrant:
    """Let a member do one more thing for the body. One that ran out is ended first. Writes the trail."""
    on = today(now)
    with transaction.atomic():
        organisation = _lock(actor, organisation_id, on)
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if problems := _problems(organisation, user, duty, ends_on, on):
            raise ProblemsFound(*problems)
        assert user is not None, "the absent are a problem above"
        before = DutyGrant.objects.filter(organisation=organisation, user=user, duty=duty, ended_at=None).first()
        if before is not None and (before.ends_on is None or before.ends_on >= on):
            raise Refused("duty.exists", _("%(who)s 已有此职责。") % {"who": user})
        if before is not None:
            _end(actor, now, before)
        made = DutyGrant.objects.create(
            organisation=organisation, user=user, duty=duty, starts_on=on, ends_on=ends_on, granted_by=actor.user
        )
        note(actor=actor, now=now, kind="duty", verb="grant", subject_id=made.pk, after=_facts(made))
    return made


def end_duty(*, actor: Actor, now: dt.datetime, grant_id: int) -> None:
    """Take a duty back, at once. Again changes nothing."""
    with transaction.atomic():
        found = DutyGrant.objects.filter(pk=grant_id).values_list("organisation_id", flat=True).first()
        if found is None:
            raise Refused("absent", str(grant_id))
        _lock(actor, found, today(now))
        grant = DutyGrant.objects.select_for_update().get(pk=grant_id)
        if grant.ended_at is None:
            _end(actor, now, grant)


def _lock(actor: Actor, organisation_id: int, on: dt.date) -> Organisation:
    organisation = Organisation.objects.select_for_update().filter(pk=organisation_id).first()
    if organisation is None or (actor.user is not None and not is_manager(actor.user, organisation_id, on)):
        raise Refused("permission")
    return organisation


def _problems(
    organisation: Organisation, user: User | None, duty: str, ends_on: dt.date | None, on: dt.date
) -> list[Problem]:
    found = []
    if organisation.kind != OrganisationKind.BODY:
        rule = _("只有认证机构设置职责")
        found.append(Problem("duty.kind", "organisation", organisation.name, rule, _("请选择认证机构")))
    if duty not in BodyDuty.values:
        found.append(Problem("duty.unknown", "duty", duty, _("没有此职责"), _("请从列表中选择")))
    if ends_on is not None and ends_on < on:
        rule, remedy = _("结束日期不能早于今天"), _("请填写今天或以后的日期")
        found.append(Problem("duty.past", "ends_on", ends_on.isoformat(), rule, remedy))
    members = running_memberships(on).filter(organisation=organisation)
    if user is None or not members.filter(user=user).exists():
        rule, remedy = _("只能把职责交给本机构的成员"), _("请先邀请其加入")
        found.append(Problem("duty.member", "user", "", rule, remedy))
    elif (ban := ban_on_person(user.display_name, "", on)) is not None:  # an account shows no document
        found.append(ban_problem(ban, "user"))
    return found


def _end(actor: Actor, now: dt.datetime, grant: DutyGrant) -> None:
    grant.ended_at = now
    grant.save(update_fields=["ended_at"])
    note(actor=actor, now=now, kind="duty", verb="end", subject_id=grant.pk, before=_facts(grant))


def _facts(grant: DutyGrant) -> dict[str, Any]:
    return {
        "user": grant.user_id,
        "organisation": grant.organisation_id,
        "duty": str(grant.duty),
        "ends_on": grant.ends_on.isoformat() if grant.ends_on else None,
    }
