"""What happened to a file, in the words of its table."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.workflow.bindings import process_of
from apps.workflow.constants import OPENED
from apps.workflow.models import Assignment, File, Recusal, Transition
from apps.workflow.process import Process, Text


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what was done, what it meant, by whom, why. `tone` as the timeline's classes name it."""

    at: dt.datetime
    label: Text
    message: Text
    who: str
    on_behalf_of: str
    reason: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    state: Text = ""
    tone: str = ""
    basis: str = ""


def timeline(file: File) -> list[Line]:
    """The transitions of a file, the first first."""
    table = process_of(file.process)
    rows = Transition.objects.filter(file=file).select_related("on_behalf_of").order_by("version")
    return [_line(table, row) for row in rows]


def assignments(file: File) -> list[Assignment]:
    """In whose hands the file was, the latest first."""
    return list(file.assignments.select_related("user").order_by("-since", "-pk"))


def recusals(file: File) -> list[Recusal]:
    return list(Recusal.objects.filter(file=file).select_related("user").order_by("at"))


def _line(table: Process, row: Transition) -> Line:
    state = table.state(row.to_status)
    # A table may lose a step; what happened by it stays on record under its code.
    step = next((step for step in table.steps if step.code == row.step), None)
    tone = "ok" if state.final else "warn" if state.waits and step else ""
    return Line(
        at=row.at,
        label=step.label if step else "" if row.step == OPENED else row.step,
        message=step.message if step else "",
        who=row.actor_label,
        on_behalf_of=str(row.on_behalf_of or ""),
        reason=row.reason,
        inputs=row.inputs,
        state=state.label,
        tone=tone,
        basis=step.basis if step else "",
    )
