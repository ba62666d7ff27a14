"""The clock's own steps: what the law makes of silence, read from the table (ALL art. 32: deemed accepted)."""

import datetime as dt

from apps.clock import lapses
from apps.clock.models import Deadline
from apps.core.actors import Actor
from apps.workflow.bindings import binding_of, process_of
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File
from apps.workflow.process import Process
from apps.workflow.services.engine import advance, lock_file

ACTOR = Actor.system("clock")


def watch(process: Process) -> None:
    """Register the consequence of every limit whose silent end takes a step of the process."""
    for step in process.steps:
        if step.on_lapse:
            lapses.register(step.on_lapse, lapsed, lock=hold)


def hold(kind: str, subject_id: int) -> None:
    """Lock the file before its deadlines, the order of every act."""
    if kind == SUBJECT:
        lock_file(subject_id)


def lapsed(deadline: Deadline, now: dt.datetime) -> None:
    """Take the step that the limit's end brings from the file's present status; nothing if it brings none."""
    if deadline.subject_kind != SUBJECT:
        return
    file = File.objects.get(pk=deadline.subject_id)
    facts = binding_of(file.process).facts(file)
    for step in process_of(file.process).steps_from(file.status):
        if step.on_lapse in (deadline.code, lapses.general(deadline.code)) and (
            step.applies is None or step.applies(facts)
        ):
            advance(actor=ACTOR, now=now, file_id=file.pk, version=file.version, step=step.code)
            return
