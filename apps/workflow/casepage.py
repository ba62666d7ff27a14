"""What the case page of any app shows of a file: `case_context` fills the includes `workflow/_actions.html`,
`_timeline.html` and `_assignment.html`, which each take the one variable `case`."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.accounts.models import User
from apps.clock import selectors as clock
from apps.clock.selectors import DeadlineView
from apps.core.calendar import today
from apps.workflow.bindings import binding_of, process_of
from apps.workflow.constants import SUBJECT
from apps.workflow.diagram import svg
from apps.workflow.models import Assignment, File, Recusal
from apps.workflow.policies import Offer, allowed_steps, can_assign, can_claim, can_hand_over, works_for_handler
from apps.workflow.process import Process, Step
from apps.workflow.selectors.timeline import Line, assignments, recusals, timeline
from apps.workflow.selectors.worklist import label_of


@dataclass(frozen=True, slots=True)
class Action:
    """A step as the page offers it: where its form is, and what stands against it."""

    step: Step
    url: str
    why_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A file as one person sees it now."""

    file: File
    staff: bool  # the reader is the bureau's
    inside: bool  # the reader's side works the file, and sees who does
    process: Process
    matter: Any
    stage: Any
    actions: list[Action]
    timeline: list[Line]
    deadlines: list[DeadlineView]
    assignments: list[Assignment]
    recusals: list[Recusal]
    may_claim: bool
    may_hand_over: bool
    may_assign: bool
    may_recuse: bool
    diagram: str


def case_context(file: File, user: User, now: dt.datetime) -> Case:
    """Everything the includes need."""
    day = today(now)
    matter, stage = label_of(process_of(file.process), file)
    staff, body = user.is_staff_member, works_for_handler(user, file, day)
    inside = staff or body
    return Case(
        file=file,
        staff=staff,
        inside=inside,
        process=process_of(file.process),
        matter=matter,
        stage=stage,
        actions=[_action(file, offer) for offer in allowed_steps(file, user, day)],
        timeline=timeline(file, staff=staff, handler=body),
        deadlines=clock.deadlines_of(SUBJECT, file.pk, on=day),
        assignments=assignments(file) if inside else [],
        recusals=recusals(file) if inside else [],
        may_claim=can_claim(user, file, day),
        may_hand_over=can_hand_over(user, file, day),
        may_assign=staff and file.closed_at is None and can_assign(user, file, day),
        may_recuse=inside and file.closed_at is None,
        diagram=svg(process_of(file.process), file.status),
    )


def step_path(file: File, step: Step) -> str:
    """The form of a step: the app's own, or the plain one."""
    own = binding_of(file.process).own_forms.get(step.code)
    return own(file) if own else reverse("workflow:step", args=[file.pk, step.code])


def _action(file: File, offer: Offer) -> Action:
    return Action(offer.step, step_path(file, offer.step), offer.why_not)
