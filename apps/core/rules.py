"""Pure helpers of the plumbing."""

import datetime as dt
import json
from collections.abc import Iterable


def size_of(data: object) -> int:
    """How many bytes the JSON of `data` takes."""
    return len(json.dumps(data, ensure_ascii=False).encode())


def kept(posted: Iterable[tuple[str, list[str]]], names: frozenset[str]) -> dict[str, list[str]]:
    """What of a posted form a draft keeps: the named fields. PostgreSQL's JSON takes no NUL, and no form does."""
    return {name: [value.replace("\0", "") for value in values] for name, values in posted if name in names}


def backoff(attempts: int, *, first: dt.timedelta, most: dt.timedelta) -> dt.timedelta:
    """How long to wait after the n-th failed attempt: `first`, doubled each time, never above `most`."""
    return min(first * (1 << min(max(attempts - 1, 0), 16)), most)
