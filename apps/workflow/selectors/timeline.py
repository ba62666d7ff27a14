"""What happened to a file, in the words of its table."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from apps.workflow.bindings import process_of
from apps.workflow.constants import OPENED
from apps.workflow.models import Assignment, File, Recusal, Transition
from apps.workflow.process import APPLICANT, HANDLERS, Process, Step, Text
from apps.workflow.selectors.rules import party_label


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


def timeline(file: File, *, staff: bool, handler: bool = False) -> list[Line]:
    """The transitions of a file, the first first. `handler`: the reader acts for the body that works it.

    Staff read everything. Others read whole what their own side did, and the body also what the applicant's did; of
    the rest they read what they are told, and not by whom.
    """
    table = process_of(file.process)
    rows = Transition.objects.filter(file=file).select_related("person", "on_behalf_of").order_by("version")
    if staff:
        return [_line(table, row) for row in rows]
    return [_line_outside(file, table, row, handler) for row in rows]


def assignments(file: File) -> list[Assignment]:
    """In whose hands the file was, the latest first."""
    return list(file.assignments.select_related("user").order_by("-since", "-pk"))


def recusals(file: File) -> list[Recusal]:
    return list(Recusal.objects.filter(file=file).select_related("user").order_by("at"))


def _step(table: Process, row: Transition) -> Step | None:
    """A table may lose a step; what happened by it stays on record under its code."""
    return next((step for step in table.steps if step.code == row.step), None)


def _line_outside(file: File, table: Process, row: Transition, handler: bool) -> Line:
    """A line that says which desk acted, not who, and its reason only where the reader's side is told.

    What the applicant's own people did stays whole. A window clerk opens drafts for others, so that `OPENED` alone
    says nothing of who it was.
    """
    line, step = _line(table, row), _step(table, row)
    by_body = step.by_handler if step else row.organisation_id not in (None, file.organisation_id)
    outside = row.person is not None and not row.person.is_staff_member
    if outside and (handler or not by_body):
        return line
    told = step is not None and bool({*step.tells} & (HANDLERS if handler else {APPLICANT}))
    desk = _("、").join(str(party_label(who)) for who in step.by) if step else ""
    return replace(line, who=desk, on_behalf_of="", reason=line.reason if told else "", inputs={})


def _line(table: Process, row: Transition) -> Line:
    state, step = table.state(row.to_status), _step(table, row)
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
