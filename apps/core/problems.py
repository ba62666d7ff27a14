"""What is wrong with an input, said so that its author can mend it."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language

_ENDS = ("。", "！", "？", "…", ".", "!", "?")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is, what stands there, which rule it breaks, and how to mend it.

    `place` is a form field, a cell ("row 12, 证书编号") or an object; `code` is stable for tests and translations;
    `rule` and `remedy` are sentences for people, already translated or lazy.
    """

    code: str
    place: str
    value: str
    rule: str | Promise
    remedy: str | Promise
    barred: bool = False  # no slip of the pen: this person may not, the state forbids it, or the content would harm

    def __str__(self) -> str:
        """Rule and remedy as sentences in the reader's language, whether or not their author ended them."""
        stop, gap = (".", " ") if (get_language() or "").startswith("en") else ("。", "")
        told = filter(None, (str(self.rule).strip(), str(self.remedy).strip()))
        return gap.join(text if text.endswith(_ENDS) else f"{text}{stop}" for text in told)


_noted: ContextVar["list[Refusal] | None"] = ContextVar("refusals", default=None)


@contextlib.contextmanager
def noting_refusals() -> Iterator["list[Refusal]"]:
    """Collects every refusal of the block, also those that its callers catch and turn into a sentence on a form.

    So no view can forget that a refusal leaves a trace: whoever opened the block reads the list after the rollback.
    """
    refusals: list[Refusal] = []
    token = _noted.set(refusals)
    try:
        yield refusals
    finally:
        _noted.reset(token)


class Refusal(Exception):
    """What leaves a trail entry when it is raised in a request. `code` says which rule refused."""

    code: str

    def _note(self) -> None:
        if (noted := _noted.get()) is not None:
            noted.append(self)


class ProblemsFound(Refusal):
    """A service found its input faulty. Carries every problem at once; nothing was written.

    A typing error is no attack and leaves no trace; a `barred` problem is a refusal like any other.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.place}: {p.rule}" for p in problems))
        self.problems = problems
        self.code = ",".join(dict.fromkeys(p.code for p in problems if p.barred))
        if self.code:
            self._note()


class Refused(Refusal):
    """The actor may not do this, or not in this state. `code` says which rule refused; nothing was written."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(reason or code)
        self.code = code
        self.reason = reason
        self._note()


class StaleVersion(Refused):
    """Somebody else changed the record since it was read (optimistic version check)."""

    def __init__(self) -> None:
        super().__init__("stale_version")
