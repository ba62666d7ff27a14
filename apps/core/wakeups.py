"""Further work that the pacemaker looks after: higher apps say what waits, which task does it, and how to do a little
of it here where the queue cannot be reached. Registered at AppConfig.ready."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wakeup:
    """`waiting(now)`: whether something is due; `task`: the name of the task to wake; `here()`: a few seconds of it."""

    task: str
    waiting: Callable[[dt.datetime], bool]
    here: Callable[[], object]


_known: dict[str, Wakeup] = {}


def register(wakeup: Wakeup) -> None:
    """Look after it. The same task again replaces it."""
    _known[wakeup.task] = wakeup


def registered() -> list[Wakeup]:
    return list(_known.values())
