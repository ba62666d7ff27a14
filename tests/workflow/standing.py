"""A file of any process, put by rows where a test wants it, without the app's own rows and without a walk.

The database explains a status when the act commits (apps.workflow.models); a test that is taken back never asks it.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.core.problems import ProblemsFound, Refused
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from apps.workflow import bindings
from apps.workflow.bindings import Binding
from apps.workflow.constants import OPENED
from apps.workflow.models import File, Named, Transition
from apps.workflow.process import APPLICANT, CLOCK, HANDLERS, Process, Step, duty_of
from tests import factories
from tests.workflow.bodywork import colleague
from tests.workflow.casework import NOON

_numbers = itertools.count(1)


def bare(process: Process) -> Process:
    """The table without what reads the app's rows: who may take which step from where is left."""
    return replace(process, steps=tuple(replace(step, needs=(), applies=None, where={}) for step in process.steps))


@contextmanager
def bared(tables: Sequence[Process]) -> Iterator[None]:
    """The tables known without their apps, so that no guard, no effect and no form of an app has a part in it."""
    kept = [(process, bindings.binding_of(process.code)) for process in tables if bindings.known(process.code)]
    try:
        for process in tables:
            bindings.register(bare(process), Binding())
        yield
    finally:
        for process in tables:
            bindings.unregister(process.code)
        for process, binding in kept:
            bindings.register(process, binding)


def stand(
    process: Process,
    status: str,
    of: Organisation,
    took: Iterable[tuple[str, User]] = (),
    body: Organisation | None = None,
) -> File:
    """A submitted file in a status. `took`: which steps were taken by whom, in this order; `body`: who works it."""
    taken = list(took)
    lines = taken if taken and taken[0][0] == OPENED else [(OPENED, None), *taken]
    file = File.objects.create(
        process=process.code,
        matter=next(iter(process.matters), ""),
        number=f"X-{next(_numbers)}",
        title="示例",
        organisation=of,
        division_code="520602",
        unit=factories.unit(),
        handler=body,
        status=status,
        status_since=NOON,
        version=len(lines),
        opened_at=NOON,
        submitted_at=NOON,
    )
    Transition.objects.bulk_create(
        Transition(
            file=file,
            version=n,
            step=step,
            from_status="" if n == 1 else status,
            to_status=status,
            person=who,
            actor_label="x",
            at=NOON,
        )
        for n, (step, who) in enumerate(lines, 1)
    )
    return file


def name_to(file: File, who: User) -> None:
    """To every role of the process that sees nothing else."""
    for role in process_roles(file) & bindings.process_of(file.process).named_only:
        Named.objects.create(file=file, user=who, role=role, since=NOON)


def process_roles(file: File) -> set[str]:
    return {who for step in bindings.process_of(file.process).steps for who in step.by} - {APPLICANT, CLOCK}


class Desks:
    """Somebody who holds every desk of a process: one of the bureau's staff, and, where a body works it, one of its."""

    def __init__(self, process: Process, applicant: Organisation | None = None) -> None:
        desks = {who for step in process.steps if step.by_desk for who in step.by}
        self.body = factories.organisation(kind=OrganisationKind.BODY) if process.handled else None
        self.office = factories.staff(*(Role(desk) for desk in sorted(desks & set(Role.values))))
        duties = [duty for desk in sorted(desks) if (duty := duty_of(desk))]
        self.people = [self.office]
        if self.body is not None:
            self.people.append(colleague(self.body, *duties))
        for each in self.people if applicant else ():
            factories.member(each, applicant)

    def person(self, step: Step) -> User:
        return self.people[-1] if step.by_handler else self.office


def at_one_desk(process: Process, earlier: str, later: Step) -> bool:
    """Whether both can be one person's at all: nobody is on the bureau's staff and in a body."""
    opened = bool(process.opened_by & ({*Role.values} if not later.by_handler else HANDLERS))
    return opened if earlier == OPENED else process.step(earlier).by_handler == later.by_handler


def reachable(process: Process, status: str) -> set[str]:
    """Every status that can follow, that one included. Written again here: the rules must not prove themselves."""
    seen, waiting = {status}, [status]
    while waiting:
        at = waiting.pop()
        onward = {step.target for step in process.steps if at in step.sources} - seen
        seen |= onward
        waiting += onward
    return seen


def incompatible(process: Process) -> Iterator[tuple[str, Step]]:
    """(earlier, later): what one person may never both take on one file, read from the law and not from the rules.

    Whoever had a hand in a file before, or opened it of office, never decides it, unless by another act of the very
    desk that decides. Two staff steps of different duties, with none of staff between, are two people's. And what the
    table says itself.
    """
    staff = [step for step in process.steps if step.by_desk]
    desk = {status for step in staff if step.decides for status in step.sources}
    for later in staff:
        if later.decides and at_one_desk(process, OPENED, later):
            yield OPENED, later
        for earlier in staff:
            follows = bool(reachable(process, earlier.target) & {*later.sources})
            at_desk = {*earlier.by} <= {*later.by} and {*earlier.sources} <= desk
            decided = later.decides and follows and not at_desk
            told = earlier.code in later.apart_from or later.code in earlier.apart_from
            apart = decided or told or _adjacent(process, earlier, later)
            if apart and at_one_desk(process, earlier.code, later):
                yield earlier.code, later


def _adjacent(process: Process, one: Step, other: Step) -> bool:
    """Whether one follows the other, either way round, with no staff between, and they are different duties."""
    if {*one.by} & {*other.by}:
        return False
    quiet = replace(process, steps=tuple(step for step in process.steps if not step.by_desk))
    return any(reachable(quiet, a.target) & {*b.sources} for a, b in ((one, other), (other, one)))


def applicant_of_new() -> tuple[User, Organisation]:
    user, organisation = factories.person(), factories.organisation()
    factories.member(user, organisation)
    return user, organisation


def refused_code(call: Any) -> str:
    """How a call was refused; empty if it was not."""
    try:
        call()
    except Refused as refused:
        return refused.code
    except ProblemsFound:
        return "problems"
    return ""
