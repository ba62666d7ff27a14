"""What can be proved of a process table without running it. An app's tests call `check_process` on its own table."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from apps.accounts.constants import Role
from apps.workflow.process import APPLICANT, CLOCK, HANDLERS, HOLDER, Process, Step, Text
from apps.workflow.rules.duties import barred_by

ACTORS = frozenset({*Role.values, *HANDLERS, APPLICANT, CLOCK})
TOLD = frozenset({*Role.values, *HANDLERS, APPLICANT, HOLDER})


def check_process(process: Process) -> list[str]:
    """Every fault of the table, one line each; empty for a sound one.

    Proved: names are unique and known; every state is reached, has an exit or is final, and leads to an end; no step
    leaves a final state; a body's people act where a body works the file, and never in one step with the bureau's;
    whoever decides had no earlier hand in the file, on any path; a limit that is stopped, paused, resumed, extended or
    waited for was started before; every text is there.
    """
    faults = [*_names(process)]
    if faults:
        return faults  # the rest would stumble over unknown names
    checks: tuple[Callable[[Process], Iterator[str]], ...] = (
        _paths,
        _actors,
        _openers,
        _handlers,
        _duties,
        _limits,
        _texts,
    )
    return [fault for check in checks for fault in check(process)]


def texts_of(process: Process) -> Iterator[tuple[str, Text]]:
    """Every text of the table that a person reads, with the place where it stands."""
    yield "process", process.label
    for code, label in process.matters.items():
        yield f"matter {code}", label
    for state in process.states:
        yield f"state {state.code}", state.label
    for step in process.steps:
        yield f"step {step.code}", step.label
        yield f"message of {step.code}", step.message
        if step.consequence:
            yield f"consequence of {step.code}", step.consequence


def reached_from(process: Process, start: Iterable[str]) -> set[str]:
    """The states that can be reached from the given ones, those included."""
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        status = waiting.pop()
        if status not in seen:
            seen.add(status)
            waiting += [step.target for step in process.steps_from(status)]
    return seen


def before(process: Process, step: Step) -> list[Step]:
    """The steps that can lie before `step` on some path."""
    return [other for other in process.steps if set(step.sources) & reached_from(process, [other.target])]


def _names(process: Process) -> Iterator[str]:
    states = [state.code for state in process.states]
    steps = [step.code for step in process.steps]
    for kind, codes in (("state", states), ("step", steps)):
        yield from (f"two {kind}s are called {code!r}" for code, n in Counter(codes).items() if n > 1)
    if process.start not in states:
        yield f"the start {process.start!r} is no state"
    for step in process.steps:
        for status in (*step.sources, step.target):
            if status not in states:
                yield f"step {step.code!r} names the unknown state {status!r}"
        yield from (f"step {step.code!r} stands apart from the unknown {code!r}" for code in step.apart_from - {*steps})


def _paths(process: Process) -> Iterator[str]:
    reached = reached_from(process, [process.start])
    final = {state.code for state in process.states if state.final}
    for state in process.states:
        exits = process.steps_from(state.code)
        if state.code not in reached:
            yield f"state {state.code!r} is never reached"
        if state.final and exits:
            yield f"step {exits[0].code!r} leaves the final state {state.code!r}"
        if not state.final and not exits:
            yield f"state {state.code!r} has no exit and is not final"
        elif not reached_from(process, [state.code]) & final:
            yield f"no end can be reached from state {state.code!r}"


def _actors(process: Process) -> Iterator[str]:
    for step in process.steps:
        yield from (f"step {step.code!r} is taken by the unknown {who!r}" for who in {*step.by} - ACTORS)
        yield from (f"step {step.code!r} tells the unknown {who!r}" for who in {*step.tells} - TOLD)
        if not step.by:
            yield f"nobody may take step {step.code!r}"
        if len(step.by) > 1 and {APPLICANT, CLOCK} & set(step.by):
            yield f"step {step.code!r} mixes staff with the applicant or the clock"
        if step.by_handler and {*step.by} - HANDLERS:
            yield f"step {step.code!r} mixes the body's people with the bureau's"
        if (step.by == (CLOCK,)) != bool(step.on_lapse):
            yield f"step {step.code!r}: a step by the clock names the limit that lapses, and no other step does"
        if step.by == (CLOCK,) and not step.basis:
            yield f"step {step.code!r} happens by law and names no article"
        if step.from_receipt and not (step.on_lapse and step.starts):
            yield f"step {step.code!r} counts from a receipt, and no limit lapses or begins by it"


def _openers(process: Process) -> Iterator[str]:
    yield from (f"a file is opened by the unknown {who!r}" for who in {*process.opened_by} - (ACTORS - {CLOCK}))
    if not process.opened_by:
        yield "nobody opens a file"


def _handlers(process: Process) -> Iterator[str]:
    """Duties in a body make sense where a body works the file, and only there."""
    steps = [step for step in process.steps if step.by_handler]
    told = [step for step in process.steps if HANDLERS & set(step.tells)]
    if process.handled and not steps:
        yield "a body works the files, and has no step"
    if not process.handled:
        yield from (f"step {step.code!r} names a body, and no body works the files" for step in [*steps, *told])
        if HANDLERS & (process.opened_by | process.named_only):
            yield "a body opens files or is named to them, and no body works them"
    takers = {who for step in process.steps for who in step.by}
    yield from (f"{who!r} is only named, and has no step" for who in sorted(process.named_only - takers))


def _duties(process: Process) -> Iterator[str]:
    """A decision stands apart from every earlier hand, but for what is done at the desk of decisions itself."""
    decisions = [step for step in process.steps if step.decides]
    desk = {status for step in decisions for status in step.sources}
    for step in decisions:
        if not step.by_desk:
            yield f"step {step.code!r} decides and is not taken by staff"
        barred = barred_by(process, step)
        for other in before(process, step):
            same_desk = {*other.by} <= {*step.by} and {*other.sources} <= desk
            if other.by_desk and not same_desk and other.code not in barred:
                yield f"whoever took {other.code!r} could decide by {step.code!r}"


def _limits(process: Process) -> Iterator[str]:
    for step in process.steps:
        started = {*process.starts, *(code for other in before(process, step) for code in other.starts)}
        used = {*step.stops, *step.pauses, *step.resumes, *(code for code, _by in step.extends)}
        used |= {step.on_lapse} - {""}
        yield from (f"step {step.code!r} uses the limit {code!r}, which never runs" for code in sorted(used - started))
        yield from (
            f"step {step.code!r} says where {code!r} begins, and does not begin it"
            for code in {*step.where} - {*step.starts}
        )
        paused = {code for other in before(process, step) for code in other.pauses}
        yield from (f"step {step.code!r} resumes {code!r}, which never rests" for code in {*step.resumes} - paused)


def _texts(process: Process) -> Iterator[str]:
    yield from (f"{place} has no text" for place, text in texts_of(process) if not str(text).strip())
