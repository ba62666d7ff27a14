"""Routing rules and process tables in words."""

from dataclasses import dataclass
from typing import Any

from apps.workflow.bindings import known, process_of
from apps.workflow.models import RoutingRule
from apps.workflow.process import APPLICANT, CLOCK, Process, Step
from apps.workflow.rules import barred_by
from apps.workflow.selectors.hands import role_label
from apps.workflow.wording import APPLICANT_LABEL, CLOCK_LABEL


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with its process and matter in words."""

    rule: RoutingRule
    process: Any
    matter: Any


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a table in words: who takes it, and who may not."""

    number: int
    step: Step
    sources: list[Any]
    target: Any
    by: list[Any]
    apart: list[Any]


def routing_rules() -> list[RuleRow]:
    """The rules in force."""
    rules = RoutingRule.objects.filter(ended_at=None).select_related("unit").order_by("process", "matter", "pk")
    return [_rule_row(rule) for rule in rules]


def step_rows(process: Process, numbered: list[tuple[int, Step]]) -> list[StepRow]:
    """Every step, numbered as in the picture."""
    return [
        StepRow(
            number=number,
            step=step,
            sources=[process.state(source).label for source in step.sources],
            target=process.state(step.target).label,
            by=[party_label(who) for who in step.by],
            apart=[other.label for other in process.steps if other.code in barred_by(process, step)],
        )
        for number, step in numbered
    ]


def party_label(who: str) -> Any:
    """A party of a table in words."""
    return {APPLICANT: APPLICANT_LABEL, CLOCK: CLOCK_LABEL}.get(who) or role_label(who)


def _rule_row(rule: RoutingRule) -> RuleRow:
    table = process_of(rule.process) if known(rule.process) else None
    return RuleRow(rule, table.label if table else rule.process, table.matters.get(rule.matter, "") if table else "")
