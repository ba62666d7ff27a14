"""Separation of duties, read from the table: on one file nobody holds two adjacent steps (ADR 0011)."""

from apps.workflow.constants import OPENED
from apps.workflow.process import APPLICANT, Process, Step


def desk_of(process: Process, status: str) -> frozenset[str]:
    """The staff roles whose turn it is in a status: those who may take a step out of it. Empty while others act."""
    return frozenset(role for step in process.steps_from(status) if step.by_desk for role in step.by)


def telling_steps(process: Process) -> frozenset[str]:
    """The steps by which an applicant learns of a file that was opened of office: told to them, or their own."""
    return frozenset(step.code for step in process.steps if APPLICANT in {*step.tells, *step.by})


def neighbours(process: Process, step: Step) -> frozenset[str]:
    """The staff steps of another duty that can directly follow `step`, or that it can directly follow.

    Steps by the applicant or the clock between two staff steps do not part them: a rectification that the applicant
    sent in between makes the reviewer's and the approver's steps no less adjacent.
    """
    if not step.by_desk:
        return frozenset()
    after = _next_staff(process, step)
    before = {other.code for other in process.steps if other.by_desk and step.code in _next_staff(process, other)}
    return frozenset(code for code in after | before if not set(process.step(code).by) & set(step.by))


def barred_by(process: Process, step: Step) -> frozenset[str]:
    """The steps whose takers may not take `step` on the same file: its neighbours, and `apart_from` both ways.

    Whoever opened a file of office does not decide it either, whatever desks they hold: it is their own case.
    """
    if not step.by_desk:
        return frozenset()
    named = step.apart_from | {other.code for other in process.steps if step.code in other.apart_from}
    if step.decides and process.opened_by - {APPLICANT}:
        named |= {OPENED}
    return named | neighbours(process, step)


def _next_staff(process: Process, step: Step) -> set[str]:
    """The staff steps that can follow with no other staff step between."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [step.target]
    while waiting:
        status = waiting.pop()
        if status in seen:
            continue
        seen.add(status)
        for following in process.steps_from(status):
            if following.by_desk:
                found.add(following.code)
            else:
                waiting.append(following.target)
    return found
