"""The audit plan and its team: whoever has a conflict is not named, and the refusal says why."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit import services as audit
from apps.certifying.constants import TeamRole
from apps.certifying.models import Application, AuditTeamMember
from apps.certifying.rules.applying import AUDIT, PLAN
from apps.certifying.selectors.people import in_a_row
from apps.certifying.services.applications import lock_application
from apps.certifying.services.working import refuse_unless
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.workflow.constants import SUBJECT
from apps.workflow.services import name_person, unname_person


def plan_audit(
    *,
    actor: Actor,
    now: dt.datetime,
    application_id: int,
    plan_from: dt.date,
    plan_to: dt.date,
    plan_days: Decimal,
    plan_note: str,
) -> Application:
    """When, how long and what; told with the step that begins the first examination."""
    with transaction.atomic():
        found = lock_application(application_id)
        refuse_unless(actor=actor, now=now, file=found.file, party=PLAN)
        if problems := _plan_problems(plan_from, plan_to, plan_days, today(now)):
            raise ProblemsFound(*problems)
        found.plan_from, found.plan_to, found.plan_days, found.plan_note = plan_from, plan_to, plan_days, plan_note
        found.version += 1
        found.save(update_fields=["plan_from", "plan_to", "plan_days", "plan_note", "version"])
        after = {"from": plan_from.isoformat(), "to": plan_to.isoformat(), "days": str(plan_days)}
        _record(actor, now, found, "plan", after)
    return found


def name_member(
    *, actor: Actor, now: dt.datetime, application_id: int, user_id: int, role: str, field: str = ""
) -> AuditTeamMember:
    """Put somebody on the team: duty, employer, ties, bans and recusal are asked, and audits one after the other."""
    with transaction.atomic():
        found = lock_application(application_id)
        refuse_unless(actor=actor, now=now, file=found.file, party=PLAN)
        if role not in TeamRole.values:
            raise ProblemsFound(Problem("role", "role", role, _("没有这一分工"), _("请从列表中选择")))
        team = found.team.filter(left_at=None)
        if team.filter(user=user_id).exists():
            raise Refused("twice", _("该人员已在审核组中。"))
        if role == TeamRole.LEADER and team.filter(role=role).exists():
            raise Refused("leader", _("审核组已有组长。"))
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is not None and (why := in_a_row(found, user)):
            raise ProblemsFound(Problem("in_a_row", "user", str(user), why, _("请更换人选"), barred=True))
        name_person(actor=actor, now=now, file_id=found.file_id, user_id=user_id, role=AUDIT)
        made = found.team.create(user_id=user_id, role=role, field=field.strip(), added_at=now)
        _record(actor, now, found, "name_member", {"user": user_id, "role": role})
    return made


def drop_member(*, actor: Actor, now: dt.datetime, application_id: int, member_id: int) -> None:
    """Take somebody off the team again before the plan is told."""
    with transaction.atomic():
        found = lock_application(application_id)
        refuse_unless(actor=actor, now=now, file=found.file, party=PLAN)
        member = found.team.filter(pk=member_id, left_at=None).first()
        if member is None:
            raise Refused("absent", str(member_id))
        member.left_at = now
        member.save(update_fields=["left_at"])
        unname_person(actor=actor, now=now, file_id=found.file_id, user_id=member.user_id, role=AUDIT)
        _record(actor, now, found, "drop_member", {"user": member.user_id})


def _plan_problems(first: dt.date, last: dt.date, days: Decimal, on: dt.date) -> list[Problem]:
    found = []
    if first < on:
        rule = _("审核不能早于今天开始")
        found.append(Problem("past", "plan_from", first.isoformat(), rule, _("请填写今天或者以后的日期")))
    if last < first:
        rule = _("结束日期早于开始日期")
        found.append(Problem("order", "plan_to", last.isoformat(), rule, _("请核对两个日期")))
    if days <= 0:
        found.append(Problem("days", "plan_days", str(days), _("人日应当大于零"), _("请填写计划的人日")))
    return found


def _record(actor: Actor, now: dt.datetime, application: Application, verb: str, after: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"certifying.audit.{verb}",
        subject_kind=SUBJECT,
        subject_id=application.file_id,
        after=dict(after),
    )
