"""Who acts for an organisation: starting, changing and ending memberships, with guardian's grants kept in step.

Lock order: the organisation, then its memberships. The last manager may not go without a successor; only window staff
may decide otherwise, with a reason.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.events import publish_event
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.parties.constants import MembershipRole, Topic
from apps.parties.models import DutyGrant, Membership, Organisation
from apps.parties.policies import can_decide_for_staff, can_manage_people
from apps.parties.selectors.memberships import running_memberships
from apps.parties.services.grants import sync_grants
from apps.parties.services.trail import note

REMOVED, LEFT, EXPIRED = "removed", "left", "expired"


def term_problems(role: str, ends_on: dt.date | None, on: dt.date) -> list[Problem]:
    """An agent acts for a limited time; nobody's time ends before it began."""
    value = ends_on.isoformat() if ends_on else ""
    if role not in MembershipRole.values:
        return [Problem("membership.role", "role", role, _("没有此角色"), _("请选择管理人、成员或代理人"))]
    if role == MembershipRole.AGENT and ends_on is None:
        remedy = _("请照授权书填写结束日期")
        return [Problem("membership.agent_end", "ends_on", value, _("代理人须有结束日期"), remedy)]
    if ends_on is not None and ends_on < on:
        return [Problem("membership.past", "ends_on", value, _("结束日期不能早于今天"), _("请填写今天或以后的日期"))]
    return []


def begin_membership(
    *,
    actor: Actor,
    now: dt.datetime,
    user: User,
    organisation: Organisation,
    role: str,
    ends_on: dt.date | None,
    cause: str,
) -> Membership:
    """Start a membership inside the caller's transaction, who has locked the organisation and checked the right.

    Callers: claims (confirmation), invitations (acceptance), the demo city. One that ran out is ended first.
    """
    on = today(now)
    open_one = (
        Membership.objects.select_for_update().filter(user=user, organisation=organisation, ended_at=None).first()
    )
    if open_one is not None and (open_one.ends_on is None or open_one.ends_on >= on):
        raise Refused("membership.exists", _("该用户已是此组织的成员"))
    if open_one is not None:
        _end(actor, now, open_one, EXPIRED, "")
    made = Membership.objects.create(
        user=user, organisation=organisation, role=role, starts_on=on, ends_on=ends_on, granted_by=actor.user
    )
    sync_grants(user.pk, organisation.pk, on)
    _audit(actor, now, "begin", made, after={**_facts(made), "cause": cause})
    return made


def change_membership(
    *, actor: Actor, now: dt.datetime, membership_id: int, role: str, ends_on: dt.date | None, reason: str = ""
) -> Membership:
    """A manager or window staff change a person's role or end date."""
    on = today(now)
    if problems := term_problems(role, ends_on, on):
        raise ProblemsFound(*problems)
    with transaction.atomic():
        organisation, membership = _lock(membership_id)
        _require_manager(actor, organisation, on)
        weaker = role != MembershipRole.MANAGER or ends_on is not None
        if weaker:
            _keep_a_manager(actor, membership, reason, on)
        before = _facts(membership)
        membership.role, membership.ends_on = role, ends_on
        if before == _facts(membership):
            return membership
        membership.save(update_fields=["role", "ends_on"])
        sync_grants(membership.user_id, organisation.pk, on)
        _audit(actor, now, "change", membership, before=before, after=_facts(membership), reason=reason)
        return membership


def end_membership(*, actor: Actor, now: dt.datetime, membership_id: int, reason: str = "") -> Membership:
    """A manager or window staff remove a person, or a person leaves by themselves."""
    on = today(now)
    with transaction.atomic():
        organisation, membership = _lock(membership_id)
        leaving = actor.user is not None and actor.user.pk == membership.user_id
        if not leaving:
            _require_manager(actor, organisation, on)
        _keep_a_manager(actor, membership, reason, on)
        _end(actor, now, membership, LEFT if leaving else REMOVED, reason)
        return membership


def sweep_memberships(*, actor: Actor, now: dt.datetime) -> int:
    """End memberships whose last day is past and take their grants back. Policies stopped believing them before."""
    on = today(now)
    overdue = Membership.objects.filter(ended_at=None, ends_on__lt=on).order_by("pk").values_list("pk", flat=True)
    ended = 0
    for pk in list(overdue):
        with transaction.atomic():
            still = Membership.objects.select_for_update(skip_locked=True).filter(pk=pk, ended_at=None, ends_on__lt=on)
            membership = still.first()
            if membership is not None:
                _end(actor, now, membership, EXPIRED, "")
                ended += 1
    return ended


def _end(actor: Actor, now: dt.datetime, membership: Membership, cause: str, reason: str) -> None:
    membership.ended_at = now
    membership.save(update_fields=["ended_at"])
    of_the_person = DutyGrant.objects.filter(user=membership.user_id, organisation=membership.organisation_id)
    of_the_person.filter(ended_at=None).update(ended_at=now)  # else a later membership would bring the duties back
    sync_grants(membership.user_id, membership.organisation_id, today(now))
    _audit(actor, now, "end", membership, before=_facts(membership), after={"cause": cause}, reason=reason)
    organisation = membership.organisation
    payload = {
        "membership_id": membership.pk,
        "user_id": membership.user_id,
        "organisation_id": organisation.pk,
        "organisation_name": organisation.name,
        "role": membership.role,
        "cause": cause,
        "now": now,
    }
    publish_event(Topic.MEMBERSHIP_ENDED, payload)


def _lock(membership_id: int) -> tuple[Organisation, Membership]:
    organisation_id = Membership.objects.values_list("organisation_id", flat=True).get(pk=membership_id)
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    membership = Membership.objects.select_for_update().get(pk=membership_id)
    if membership.ended_at is not None or membership.organisation_id != organisation_id:
        raise Refused("membership.ended", _("该成员关系已经结束"))
    return organisation, membership


def _require_manager(actor: Actor, organisation: Organisation, on: dt.date) -> None:
    if actor.user is not None and not can_manage_people(actor.user, organisation, on):
        raise Refused("permission")


def _keep_a_manager(actor: Actor, membership: Membership, reason: str, on: dt.date) -> None:
    """Without another running manager, only window staff may take the last one away, and say why."""
    if membership.role != MembershipRole.MANAGER:
        return
    others = running_memberships(on).filter(organisation_id=membership.organisation_id, role=MembershipRole.MANAGER)
    if others.exclude(pk=membership.pk).filter(ends_on=None, user__is_active=True).exists():
        return
    own = actor.user is not None and actor.user.pk == membership.user_id
    staff = actor.user is None or (not own and can_decide_for_staff(actor.user, membership.organisation))
    if staff and reason.strip():
        return
    rule = _("这是该组织唯一的管理人")
    remedy = _("请写明理由") if staff else _("请先另设一名无结束日期的管理人，或联系窗口办理")
    place = "reason" if staff else "role"
    raise ProblemsFound(Problem("membership.last_manager", place, str(membership.user), rule, remedy, barred=True))


def _facts(membership: Membership) -> dict[str, Any]:
    return {
        "user": membership.user_id,
        "organisation": membership.organisation_id,
        "role": str(membership.role),
        "ends_on": membership.ends_on.isoformat() if membership.ends_on else None,
    }


def _audit(
    actor: Actor,
    now: dt.datetime,
    verb: str,
    membership: Membership,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    note(
        actor=actor,
        now=now,
        kind="membership",
        verb=verb,
        subject_id=membership.pk,
        before=before,
        after=after,
        reason=reason,
    )
