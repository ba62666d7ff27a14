"""What a process keeps of rows that hardly ever change, so that a page need not ask for them each time.

Everything kept is known here: a test forgets all of it, and lets its age stand still.
"""

import math
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
FOR_GOOD = math.inf

clock: Callable[[], float] = time.monotonic
_forgetting: list[Callable[[], None]] = []


class Kept(Generic[T]):
    """The answer to a question, asked anew once it is older than `seconds` (of this answer) allow."""

    def __init__(self, ask: Callable[[], T], seconds: Callable[[T], float]) -> None:
        self._ask, self._seconds = ask, seconds
        self._found: tuple[float, T] | None = None
        forgotten_with_all(self.forget)

    def __call__(self) -> T:
        found = self._found
        if found is None or clock() - found[0] > self._seconds(found[1]):
            found = self._found = (clock(), self._ask())
        return found[1]

    def forget(self) -> None:
        """Ask anew at the next question (after a load)."""
        self._found = None


def forgotten_with_all(forget: Callable[[], None]) -> Callable[[], None]:
    """Decorator of a function that drops what its module keeps."""
    _forgetting.append(forget)
    return forget


def forget_all() -> None:
    for forget in _forgetting:
        forget()
