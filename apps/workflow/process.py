"""The words in which a process is written: states, steps, guards. Pure, so that rules of every app may use them.

A process is one table. Allowed actions, worklist, timeline, diagram, messages and API are read from it, and
`rules.check_process` proves it. See docs/patterns.md for a table of one's own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from django.utils.functional import Promise

from apps.accounts.constants import Role
from apps.core.problems import Problem
from apps.parties.constants import BodyDuty

APPLICANT = "applicant"  # whoever acts for the file's organisation
CLOCK = "clock"  # the sweep of lapsed limits; no person
HOLDER = "holder"  # only in `tells`: whoever has the file in hand
_HANDLER = "handler:"


Text = str | Promise
Facts = Any  # what the app's binding reads of its own rows: a frozen dataclass
Inputs = Mapping[str, Any]
Guard = Callable[[Facts, Inputs], Problem | None]
Applies = Callable[[Facts], bool]


def handler(duty: BodyDuty) -> str:
    """The people of the body that works the file who hold a duty there: a party of a table like a role (ADR 0018)."""
    return f"{_HANDLER}{duty.value}"


def duty_of(who: str) -> BodyDuty | None:
    """The duty behind a party that `handler` made; None for every other party."""
    return BodyDuty(who.removeprefix(_HANDLER)) if who.startswith(_HANDLER) else None


HANDLERS = frozenset(handler(duty) for duty in BodyDuty)


@dataclass(frozen=True, slots=True)
class State:
    """Where a file can be. `final`: nothing follows. `waits`: on the applicant, not on the bureau."""

    code: str
    label: Text
    final: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table. Make it with `step`, which says what each column means."""

    code: str
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...]
    label: Text
    message: Text
    needs: tuple[Guard, ...] = ()
    inputs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    reason_required: bool = False
    apart_from: frozenset[str] = frozenset()
    decides: bool = False
    applies: Applies | None = None
    starts: tuple[str, ...] = ()
    where: Mapping[str, Applies] = field(default_factory=dict)
    stops: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    extends: tuple[tuple[str, str], ...] = ()
    on_lapse: str = ""
    from_receipt: bool = False
    issues: tuple[str, ...] = ()
    publishes: str | None = None
    tells: tuple[str, ...] = ()
    basis: str = ""
    consequence: Text = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """Every name that is kept with the step."""
        return (*self.inputs, *self.optional)

    @property
    def by_desk(self) -> bool:
        """Worked at a desk, of the bureau's or of the body's: duties, hands and conflicts are asked of it."""
        return not {APPLICANT, CLOCK} & set(self.by)

    @property
    def by_handler(self) -> bool:
        return bool(HANDLERS & set(self.by))


class Columns(TypedDict, total=False):
    """The columns of a row that may be left out. One code may stand for a list of one."""

    needs: Iterable[Guard]  # all of them are asked
    inputs: Iterable[str]  # names that the form must fill
    optional: Iterable[str]  # names that the form may fill; a guard says when it must
    reason_required: bool
    apart_from: Iterable[str]  # whoever took one of these may not take this one, beside the neighbouring desks
    decides: bool  # the decision on the file: nobody takes it who had the file in hand before
    applies: Applies  # on which route or competence the step exists at all
    starts: str | Iterable[str]  # codes of statutory limits
    where: Mapping[str, Applies]  # a limit of `starts` that begins only on files of which this holds
    stops: str | Iterable[str]
    pauses: str | Iterable[str]
    resumes: str | Iterable[str]
    extends: Iterable[tuple[str, str]]  # (limit, the limit that says by how much)
    on_lapse: str  # for CLOCK: the limit whose silent end takes the step
    from_receipt: bool  # for CLOCK: what it starts counts from the day on which that limit began, or last went on
    issues: str | Iterable[str]  # document templates
    publishes: str  # kind of the public fact
    tells: str | Iterable[str]  # APPLICANT, HOLDER, roles or `handler(duty)`
    basis: str  # the article
    consequence: Text  # what cannot be undone, said before it is confirmed


_LISTS = ("needs", "inputs", "optional", "starts", "stops", "pauses", "resumes", "extends", "issues", "tells")


def step(
    code: str,
    source: str | Iterable[str],
    target: str,
    *,
    by: str | Iterable[str],
    label: Text,
    message: Text,
    **columns: Unpack[Columns],
) -> Step:
    """One row of a process table.

    `by`: a role, several roles, `handler(duty)`, APPLICANT or CLOCK. `label`: the button ("受理"). `message`: the
    sentence for those who are told and for the timeline ("申请已受理。"). The other columns: see `Columns`.
    """
    given: dict[str, Any] = dict(columns)
    lists: dict[str, Any] = {name: _tuple(given[name]) for name in _LISTS if name in given}
    apart = frozenset(given.get("apart_from", ()))
    return Step(code, _tuple(source), target, _tuple(by), label, message, **{**given, **lists, "apart_from": apart})


def _tuple(given: Any) -> tuple[Any, ...]:
    """The given things as a tuple; enum members as their plain text."""
    listed = (given,) if isinstance(given, str) else tuple(given)
    return tuple(str(one) if isinstance(one, str) else one for one in listed)


@dataclass(frozen=True, slots=True)
class Process:
    """A whole table. `prefix` begins its file numbers ("TRZ" -> TRZ-2026-00001).

    `matters`: the kinds of file, code -> label. `named_only`: roles that see and work only files to which they were
    named (experts). `starts`: limits that run from the day on which the file is opened.
    `opened_by`: who begins a file: APPLICANT, the roles that act of office, or a body's people by their duty.
    `handled`: a certification body works its files (`File.handler`); the bureau looks on.
    """

    code: str
    label: Text
    prefix: str
    start: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    matters: Mapping[str, Text] = field(default_factory=dict)
    named_only: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    opened_by: frozenset[str] = frozenset({APPLICANT, Role.WINDOW_CLERK})
    handled: bool = False

    def state(self, code: str) -> State:
        """The state of a code; KeyError if the table has none."""
        for state in self.states:
            if state.code == code:
                return state
        raise KeyError(code)

    def step(self, code: str) -> Step:
        """The step of a code; KeyError if the table has none."""
        for found in self.steps:
            if found.code == code:
                return found
        raise KeyError(code)

    def steps_from(self, status: str) -> tuple[Step, ...]:
        """What may follow a status."""
        return tuple(found for found in self.steps if status in found.sources)
