"""Pure helpers of the plumbing."""

import json
from collections.abc import Iterable


def size_of(data: object) -> int:
    """How many bytes the JSON of `data` takes."""
    return len(json.dumps(data, ensure_ascii=False).encode())


def kept(posted: Iterable[tuple[str, list[str]]], names: frozenset[str]) -> dict[str, list[str]]:
    """What of a posted form a draft keeps: the named fields. PostgreSQL's JSON takes no NUL, and no form does."""
    return {name: [value.replace("\0", "") for value in values] for name, values in posted if name in names}
