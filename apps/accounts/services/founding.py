"""What an empty installation needs before anybody can sign in: its units, and one person for each administrator role.

Called by manage.py open_unit and found_administrator, by whoever may run commands on the server. From then on the
administrators work in the browser.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import ADMINISTRATORS, Permission, Role, UnitKind
from apps.accounts.models import RoleGrant, Unit, User
from apps.accounts.policies import require
from apps.accounts.services.accounts import create_staff_account, record_invitation
from apps.accounts.services.roles import grant_role
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused


def open_unit(
    *, actor: Actor, now: dt.datetime, code: str, name: str, kind: UnitKind, division_code: str, parent: str = ""
) -> Unit:
    """Record a bureau, county branch or joint department. `division_code` is what its staff will see."""
    require(actor, Permission.ACCOUNT_MANAGE)
    with transaction.atomic():
        above = Unit.objects.filter(code=parent).first() if parent else None
        if problems := _unit_problems(code, division_code, parent, above):
            raise ProblemsFound(*problems)
        unit = Unit.objects.create(code=code, name=name, kind=kind, division_code=division_code, parent=above)
        after = {"code": code, "name": name, "kind": str(kind), "division": division_code, "parent": parent}
        record(actor=actor, now=now, action="accounts.unit.open", subject_kind="unit", subject_id=unit.pk, after=after)
    return unit


def found_administrator(
    *, actor: Actor, now: dt.datetime, role: Role, username: str, email: str, display_name: str, unit: Unit
) -> User:
    """Open the first account of one of the three administrator roles. Refused once anybody holds that role.

    The three stay three people (MLPS 8.1.5): each call opens an account of its own.
    """
    if role not in ADMINISTRATORS:
        raise Refused("not_an_administrator", str(role.label))
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        if RoleGrant.objects.filter(role=role, ended_at=None, user__is_active=True).exists():
            raise Refused("already_founded", str(_("该管理员角色已有人担任，请在系统内由管理员办理。")))
        user = create_staff_account(
            actor=actor, now=now, username=username, email=email, display_name=display_name, unit=unit
        )
        reason = "first administrator"
        grant_role(actor=actor, now=now, user=user, role=role, starts_on=today(now), ends_on=None, reason=reason)
        record_invitation(actor=actor, now=now, user=user)
    return user


def _unit_problems(code: str, division_code: str, parent: str, above: Unit | None) -> list[Problem]:
    problems = []
    if Unit.objects.filter(code=code).exists():
        rule, remedy = _("已有使用该代码的单位。"), _("请换一个代码。")
        problems.append(Problem("taken", "code", code, str(rule), str(remedy)))
    if not (division_code.isascii() and division_code.isdigit() and len(division_code) == 6):
        rule, remedy = _("行政区划代码是六位数字。"), _("例如 520600。")
        problems.append(Problem("division", "division_code", division_code, str(rule), str(remedy)))
    if parent and above is None:
        rule, remedy = _("没有使用该代码的上级单位。"), _("请先登记上级单位。")
        problems.append(Problem("parent", "parent", parent, str(rule), str(remedy)))
    return problems
