"""Rules by which files find their people. A change ends the rule and begins another: the trail shows both."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.models import Unit
from apps.accounts.policies import require
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.workflow.bindings import known, process_of
from apps.workflow.models import RoutingRule


def add_rule(
    *,
    actor: Actor,
    now: dt.datetime,
    process: str,
    matter: str,
    division_code: str,
    role: str,
    unit: Unit | None,
    most: int | None,
) -> RoutingRule:
    """Let files of a kind and place find the people of a unit by themselves. One rule for a kind, place and role."""
    require(actor, Permission.ROUTING_EDIT)
    if problems := _problems(process, matter, role, most):
        raise ProblemsFound(*problems)
    with transaction.atomic():
        same = RoutingRule.objects.select_for_update().filter(
            process=process, matter=matter, division_code=division_code, role=role, ended_at=None
        )
        if same.exists():
            told = f"{process}/{matter or '*'}/{division_code or '*'}/{role}"
            rule = Problem("same", "matter", told, _("已有同样范围和岗位的规则"), _("请先停用原规则"))
            raise ProblemsFound(rule)
        made = RoutingRule.objects.create(
            process=process, matter=matter, division_code=division_code, role=role, unit=unit, most=most
        )
        _record(actor, now, made, "workflow.routing.add")
    return made


def end_rule(*, actor: Actor, now: dt.datetime, rule_id: int, version: int) -> RoutingRule:
    """Files stay where they are; new ones wait in the pool or follow the next rule."""
    with transaction.atomic():
        found = RoutingRule.objects.select_for_update(of=("self",)).filter(pk=rule_id).first()
        require(actor, Permission.ROUTING_EDIT)
        if found is None or found.ended_at is not None:
            raise Refused("ended", _("该规则已停用。"))
        if found.version != version:
            raise StaleVersion
        found.ended_at, found.version = now, found.version + 1
        found.save(update_fields=["ended_at", "version"])
        _record(actor, now, found, "workflow.routing.end")
    return found


def _problems(process: str, matter: str, role: str, most: int | None) -> list[Problem]:
    if not known(process):
        return [Problem("unknown", "process", process, _("没有这种业务"), _("请从列表中选择"))]
    table, found = process_of(process), []
    if matter and matter not in table.matters:
        found.append(Problem("unknown", "matter", matter, _("该业务没有这种类型"), _("请从列表中选择")))
    if not any(role in step.by for step in table.steps):
        found.append(Problem("role", "role", role, _("该岗位不办理这项业务"), _("请选择业务流程中的岗位")))
    if most is not None and most < 1:
        found.append(Problem("range", "most", str(most), _("上限应为正整数"), _("请填写正整数，或留空表示不限")))
    return found


def _record(actor: Actor, now: dt.datetime, rule: RoutingRule, action: str) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=action,
        subject_kind="routing_rule",
        subject_id=rule.pk,
        after={
            "process": rule.process,
            "matter": rule.matter,
            "division_code": rule.division_code,
            "role": rule.role,
            "unit": rule.unit_id,
            "most": rule.most,
        },
    )
