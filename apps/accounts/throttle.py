"""Counting attempts in Valkey, so that guessing a password stops, locking somebody else out is impossible, and
refusals cannot flood the trail.

The counter is raised before the password is checked, in one atomic step: forty attempts at once count as forty.
"""

import hashlib
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `attempts` within `seconds`, counted from the first."""

    name: str
    attempts: int
    seconds: int


# One login name from one address; one address over all names (an office shares one); one name over all addresses
# from which its owner never signed in. The owner's own addresses are exempt from the last, so that nobody elsewhere
# can lock the owner out, and a botnet still gets fifty guesses an hour in all.
PAIR = Limit("pair", 5, 300)
ADDRESS = Limit("address", 60, 300)
STRANGERS = Limit("strangers", 50, 3600)
# Trail entries of refused acts: the same attempt once a minute, and so many different ones of one person (id sweeps).
SAME_REFUSAL = Limit("same_refusal", 1, 60)
REFUSALS = Limit("refusals", 60, 60)


def count(limit: Limit, *parts: str) -> int:
    """Count one attempt, and say the how manieth it is in its window."""
    key = _key(limit, parts)
    cache.add(key, 0, limit.seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # the window ended between the two calls
        cache.set(key, 1, limit.seconds)
        return 1


def give_back(limit: Limit, *parts: str) -> None:
    """Uncount an attempt that turned out right."""
    try:
        cache.decr(_key(limit, parts))
    except ValueError:
        return


def forget(limit: Limit, *parts: str) -> None:
    """Begin anew: the owner has just proven who they are in another way."""
    cache.delete(_key(limit, parts))


def _key(limit: Limit, parts: tuple[str, ...]) -> str:
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f"signin:{limit.name}:{digest}"
