"""Being away: from a day to a day, with somebody who works one's files meanwhile."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.selectors import roles_held
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.workflow.models import Absence
from apps.workflow.policies import can_manage_absence

LONGEST = dt.timedelta(days=180)


def declare_absence(
    *,
    actor: Actor,
    now: dt.datetime,
    user_id: int,
    first_on: dt.date,
    last_on: dt.date,
    delegate_id: int | None = None,
    reason: str = "",
) -> Absence:
    """Say that somebody is away. The delegate gets no role by it: they use their own, on the absent one's files."""
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).select_related("unit").get(pk=user_id)
        if not can_manage_absence(actor.user, user):
            raise Refused("permission")
        delegate = User.objects.filter(pk=delegate_id, is_active=True).first() if delegate_id else None
        if problems := _problems(user, first_on, last_on, delegate_id, delegate, today(now)):
            raise ProblemsFound(*problems)
        made = Absence.objects.create(
            user=user, delegate=delegate, first_on=first_on, last_on=last_on, reason=reason[:200]
        )
        _record(actor, now, made, "workflow.absence.declare", reason)
    return made


def end_absence(*, actor: Actor, now: dt.datetime, absence_id: int) -> Absence:
    """Back earlier than said, or never gone. The delegate's say over the files ends at once."""
    with transaction.atomic():
        found = (
            Absence.objects.select_for_update(of=("self",)).select_related("user__unit").filter(pk=absence_id).first()
        )
        if found is None or not can_manage_absence(actor.user, found.user):
            raise Refused("absent", str(absence_id))
        if found.ended_at is not None:
            raise Refused("ended", _("该离岗登记已经结束。"))
        found.ended_at = now
        found.save(update_fields=["ended_at"])
        _record(actor, now, found, "workflow.absence.end", "")
    return found


def _problems(
    user: User, first: dt.date, last: dt.date, delegate_id: int | None, delegate: User | None, day: dt.date
) -> list[Problem]:
    found = []
    if first < day:
        found.append(
            Problem("past", "first_on", first.isoformat(), _("开始日期不能早于今天"), _("请填写今天或以后的日期"))
        )
    if last < first:
        found.append(Problem("order", "last_on", last.isoformat(), _("结束日期早于开始日期"), _("请核对两个日期")))
    elif last - first > LONGEST:
        rule = _("一次最长 %(days)s 天") % {"days": LONGEST.days}
        found.append(Problem("too_long", "last_on", last.isoformat(), rule, _("更长的离岗请由安全管理员调整角色")))
    running = Absence.objects.filter(ended_at=None, first_on__lte=last, last_on__gte=first)
    if running.filter(user=user).exists():
        found.append(
            Problem("overlap", "first_on", first.isoformat(), _("与已登记的离岗时间重叠"), _("请先结束原登记"))
        )
    if delegate_id is not None:
        found += _delegate_problems(user, delegate_id, delegate, day, running.filter(user_id=delegate_id).exists())
    return found


def _delegate_problems(user: User, delegate_id: int, delegate: User | None, day: dt.date, away: bool) -> list[Problem]:
    told = str(delegate or delegate_id)
    if delegate is None or delegate.pk == user.pk:
        return [Problem("delegate", "delegate", told, _("代办人应是另一位在岗人员"), _("请从列表中选择"))]
    if away:
        return [Problem("away", "delegate", told, _("代办人在此期间也不在岗"), _("请选择其他人员"))]
    if not roles_held(user, day) & roles_held(delegate, day):
        return [Problem("role", "delegate", told, _("代办人没有您的任何岗位，不能办理您的件"), _("请选择同岗位人员"))]
    return []


def _record(actor: Actor, now: dt.datetime, absence: Absence, action: str, reason: str) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=action,
        subject_kind="absence",
        subject_id=absence.pk,
        after={
            "user": absence.user_id,
            "delegate": absence.delegate_id,
            "first_on": absence.first_on.isoformat(),
            "last_on": absence.last_on.isoformat(),
        },
        reason=reason,
    )
