"""What the law makes of silence: higher apps say what happens when a limit lapses (deemed accepted, ALL 32).

Registered at AppConfig.ready. The sweep (services.sweeping) calls the handler once for each lapsed deadline, in that
deadline's own transaction. Locks are taken in one order everywhere, the subject before its deadlines; `lock` is
therefore called first and locks the subject's row.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from apps.clock.models import Deadline

Handler = Callable[[Deadline, dt.datetime], None]
Lock = Callable[[str, int], None]
Trusted = Callable[[], bool]


def _no_lock(_kind: str, _subject_id: int) -> None:
    """The handler touches nothing but the deadline."""


@dataclass(frozen=True, slots=True)
class Consequence:
    handler: Handler
    lock: Lock


_consequences: dict[str, Consequence] = {}
_trusted: list[Trusted] = []


def register(code: str, handler: Handler, *, lock: Lock = _no_lock) -> None:
    """`handler(deadline, now)` happens when a deadline of this code lapses. One consequence for each code."""
    _consequences[code] = Consequence(handler, lock)


def unregister(code: str) -> None:
    """Take the consequence out again (tests)."""
    _consequences.pop(code, None)


def consequence_of(code: str) -> Consequence | None:
    """The consequence of a limit; of one that a matter has for itself, that of the limit which it stands for."""
    return _consequences.get(code) or _consequences.get(general(code))


def general(code: str) -> str:
    """The limit for which a limit of three parts stands, its first and last part: MATTER.EXEMPTION.DUTY is a
    MATTER.DUTY of its own length. Others stand for themselves."""
    first, *middle, last = code.split(".")
    return f"{first}.{last}" if len(middle) == 1 else code


def register_fence(trusted: Trusted) -> None:
    """Nothing lapses while `trusted()` says that the database's clock has jumped (notifications knows)."""
    if trusted not in _trusted:
        _trusted.append(trusted)


def clock_is_trusted() -> bool:
    return all(trusted() for trusted in _trusted)
