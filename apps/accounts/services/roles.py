"""What the security administrator does: granting and ending roles. Accounts are the system administrator's."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Permission, Realm, Role
from apps.accounts.models import RoleGrant, User
from apps.accounts.objections import objections
from apps.accounts.policies import require
from apps.accounts.rules import excludes
from apps.accounts.selectors import is_last_system_admin
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused


def grant_role(
    *,
    actor: Actor,
    now: dt.datetime,
    user: User,
    role: Role,
    starts_on: dt.date,
    ends_on: dt.date | None,
    reason: str,
) -> RoleGrant:
    """Give a member of staff a role from a day on, for good or until a day (a delegation).

    Refused for oneself. Grants that have run out are closed first, so that they stand in nobody's way. The three
    administrators stay three people (MLPS 8.1.5): rules.excludes says it, a database constraint enforces it.
    """
    require(actor, Permission.ROLE_GRANT)
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        _refuse_self(actor, user)
        _close_run_out(user, now)
        held = set(RoleGrant.objects.filter(user=user, ended_at=None).values_list("role", flat=True))
        if problems := _problems(user, held, role, starts_on, ends_on, now):
            raise ProblemsFound(*problems)
        grant = RoleGrant.objects.create(
            user=user, role=role, starts_on=starts_on, ends_on=ends_on, granted_by=actor.user, reason=reason
        )
        after = {"role": str(role), "from": str(starts_on), "to": str(ends_on or "")}
        _trail(actor, now, "accounts.role.grant", user, {"roles": sorted(held)}, after, reason)
    return grant


def end_role(*, actor: Actor, now: dt.datetime, grant: RoleGrant, reason: str) -> RoleGrant:
    """End a grant at once. Refused for oneself, for an ended grant, and for the last system administrator."""
    require(actor, Permission.ROLE_GRANT)
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=grant.user_id)
        grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
        _refuse_self(actor, user)
        if grant.ended_at is not None:
            raise Refused("already_ended", str(_("该角色已经终止。")))
        if grant.role == Role.SYSTEM_ADMIN and is_last_system_admin(user, now):
            raise Refused("last_system_admin", str(_("这是最后一名系统管理员，请先授予另一人。")))
        grant.ended_at = now
        grant.save(update_fields=["ended_at"])
        _trail(actor, now, "accounts.role.end", user, {"role": grant.role}, {"role": None}, reason)
    return grant


def _problems(
    user: User, held: set[str], role: Role, starts_on: dt.date, ends_on: dt.date | None, now: dt.datetime
) -> list[Problem]:
    label = str(role.label)
    problems = []
    if user.realm != Realm.STAFF or not user.is_active:
        rule, remedy = _("只有在用的工作人员账号才能被授予角色。"), _("请先由系统管理员开通工作人员账号。")
        problems.append(_problem("not_staff", "role", label, rule, remedy))
    if role in held:
        rule, remedy = _("此人已持有该角色。"), _("如需改变期限，请先终止再重新授予。")
        problems.append(_problem("already_held", "role", label, rule, remedy))
    if other := excludes(held, role):
        rule = _("此人已是%(held)s，不得兼任%(wanted)s：系统、安全、审计三员须由三人分别担任。")
        named = str(rule) % {"held": Role(other).label, "wanted": label}
        problems.append(_problem("administrators_apart", "role", label, named, _("请另选一人，或先终止原管理员角色。")))
    if starts_on < today(now):
        rule, remedy = _("开始日期不得早于今天。"), _("请填写今天或以后的日期。")
        problems.append(_problem("starts_in_past", "starts_on", starts_on, rule, remedy))
    if ends_on is not None and ends_on < starts_on:
        rule, remedy = _("结束日期不得早于开始日期。"), _("请更正结束日期，或留空。")
        problems.append(_problem("ends_before_start", "ends_on", ends_on, rule, remedy))
    return [*problems, *objections(user, role, max(starts_on, today(now)))]


def _problem(code: str, place: str, value: object, rule: object, remedy: object) -> Problem:
    return Problem(code, place, str(value), str(rule), str(remedy))


def _close_run_out(user: User, now: dt.datetime) -> None:
    RoleGrant.objects.filter(user=user, ended_at=None, ends_on__lt=today(now)).update(ended_at=now)


def _refuse_self(actor: Actor, user: User) -> None:
    if actor.user_id == user.pk:
        raise Refused("own_roles", str(_("任何人不得变更自己的角色，请由另一名安全管理员办理。")))


def _trail(
    actor: Actor,
    now: dt.datetime,
    action: str,
    user: User,
    before: Mapping[str, object],
    after: Mapping[str, object],
    reason: str,
) -> None:
    record(
        actor=actor,
        now=now,
        action=action,
        subject_kind="user",
        subject_id=user.pk,
        before={**before},
        after={**after},
        reason=reason,
    )
