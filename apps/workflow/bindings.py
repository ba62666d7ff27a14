"""Where a process table meets the rows of its app: registered at AppConfig.ready, asked by the engine.

The engine knows files only. What a guard reads, what a message or a document says, who else has a hand in a file, what
else is written when a step is taken: that is the app's own, named here once for each process.
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from apps.workflow.process import Process

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.workflow.models import File, Transition

Effect = Callable[..., None]  # effect(actor=, now=, file=, transition=)
Conflict = Callable[["File", "User"], str | None]
Registered = Callable[[Process], None]


def _nothing(*_arguments: Any) -> dict[str, Any]:
    return {}


def _nobody(_file: "File", _who: str) -> Sequence[int]:
    return ()


def _nowhere(_file: "File") -> str:
    return ""


def _none(_file: "File") -> Collection[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Binding:
    """What the engine asks an app about its files.

    - `facts(file)`: what guards and `applies` read. Called under the file's lock; lock your own rows there if a guard
      must not be overtaken.
    - `params(file, transition)`: values for messages; `papers(file, transition, template)`: for a document, by default
      the same. `withheld(file)`: the templates, or the request keys, of papers that the applicant does not get in the
      file's present state.
    - `public_facts(file, transition)`: what is published; no personal data in clear.
    - `people(file, who)`: ids of further people to tell for a role or APPLICANT, beside those the engine knows.
    - `conflicts`: each `fn(file, user) -> reason or None`: employer, shares, earlier review, declared interest.
    - `limits(file)`: the limit of the clock that stands for one of the table, where a file has its own (a matter of
      its own length): table code -> code, of three parts whose first and last are the table's (`clock.lapses.general`).
    - `url(file)`: the case page. `effects[step]`: the app's own writes, inside `advance`.
    - `own_forms[step](file)`: the address of the app's form for a step that asks for more than a reason.
    """

    facts: Callable[["File"], Any] = _nothing
    params: Callable[["File", "Transition"], Mapping[str, Any]] = _nothing
    papers: Callable[["File", "Transition", str], Mapping[str, Any]] | None = None
    withheld: Callable[["File"], Collection[str]] = _none
    public_facts: Callable[["File", "Transition"], dict[str, Any]] = _nothing
    people: Callable[["File", str], Iterable[int]] = _nobody
    conflicts: Sequence[Conflict] = ()
    limits: Callable[["File"], Mapping[str, str]] = _nothing
    url: Callable[["File"], str] = _nowhere
    effects: Mapping[str, Effect] = field(default_factory=dict)
    own_forms: Mapping[str, Callable[["File"], str]] = field(default_factory=dict)

    def paper(self, file: "File", transition: "Transition", template: str) -> Mapping[str, Any]:
        """The values of one document."""
        if self.papers is not None:
            return self.papers(file, transition, template)
        return self.params(file, transition)


_bound: dict[str, tuple[Process, Binding]] = {}
_listening: list[Registered] = []
_changes = itertools.count(1)
_generation = 0


def register(process: Process, binding: Binding) -> None:
    """Make a process known. The same process again replaces it."""
    global _generation
    _bound[process.code], _generation = (process, binding), next(_changes)
    for told in _listening:
        told(process)


def unregister(code: str) -> None:
    """Take a process out again (tests)."""
    global _generation
    _bound.pop(code, None)
    _generation = next(_changes)


def when_registered(told: Registered) -> None:
    """Call `told(process)` for every process, those already known at once (the clock's consequences)."""
    if told not in _listening:
        _listening.append(told)
        for process, _binding in _bound.values():
            told(process)


def processes() -> list[Process]:
    """Every known process, in order of registration."""
    return [process for process, _binding in _bound.values()]


def process_of(code: str) -> Process:
    """The table of a code; KeyError for one that no app registered."""
    return _bound[code][0]


def generation() -> int:
    """Another number whenever a process came or went: what was put together from all tables holds for one of them."""
    return _generation


def known(code: str) -> bool:
    return code in _bound


def binding_of(code: str) -> Binding:
    return _bound[code][1]


def path_of(file: "File") -> str:
    """The case page: the app's own, or the plain one."""
    own = binding_of(file.process).url(file) if known(file.process) else ""
    return own or reverse("workflow:file", args=[file.pk])
