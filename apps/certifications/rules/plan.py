"""Which way to answer a search (ADR 0003). Both ways find the same rows; only the time differs.

Walk: read certificates newest first and test each, until a page is full. Fast where every few rows match.
Gather: fetch every match through the GIN indexes, then sort. Fast where few rows match.
The figures are microseconds measured at 4.2 million certificates on two cores with a warm page cache.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

WINDOW = 40_000  # rows that a walk reads at most: half a second at the worst
WALK_ROW = 12.0  # read a certificate and its holder, compare two texts
GATHER_ORGANISATION = 9.0  # read an organisation, look up its certificates in the index
GATHER_CERTIFICATE = 5.0  # read a certificate found through its own text

# Rough shares of the register, where a filter is no index condition of the walk: enough to choose a way.
STATUS_SHARE = {"valid": 0.7, "expired": 0.2, "cancelled": 0.05, "suspended": 0.02, "revoked": 0.02}
DIVISION_SHARE = {2: 0.03, 4: 0.003, 6: 0.0004}
BODY_SHARE = 0.05


class Way(StrEnum):
    WALK = "walk"
    GATHER = "gather"


@dataclass(frozen=True, slots=True)
class Expected:
    """How many rows one word is expected to find: organisations by name, certificates by scope or product."""

    organisations: float
    certificates: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The way to go; for GATHER, which word leads. `matches` is a guess, never shown to anybody."""

    way: Way
    leader: int
    matches: float
    walk_rows: float


def choose(
    words: Sequence[Expected],
    *,
    total: int,
    per_holder: float,
    wanted: int,
    share: float,
    reach: float,
    filtered: bool = False,
) -> Choice:
    """Compare the cost of both ways for `wanted` rows of `total` certificates.

    `share`: which part of the rows the other filters leave. `reach`: which part of the register the walk may read at
    all, because a filter is its index condition. `filtered`: some condition must be tested on each certificate, so that
    gathering by name reads the certificates too, not only their index entries. Words are taken as independent, which
    real ones are not: a wrong guess costs time, never a row.
    """
    if not words:
        return Choice(Way.WALK, 0, total * share * reach, wanted / max(share, 1e-6))
    found = [min(word.organisations * per_holder + word.certificates, float(total)) for word in words]
    part = share
    for rows in found:
        part *= max(rows, 0.5) / max(total, 1)
    walk_rows = min(wanted / max(part, 1e-12), total * reach, float(WINDOW))
    by_name = GATHER_ORGANISATION + (per_holder * GATHER_CERTIFICATE if filtered or len(words) > 1 else 0)
    costs = [w.organisations * by_name + w.certificates * GATHER_CERTIFICATE for w in words]
    leader = min(range(len(words)), key=costs.__getitem__)
    way = Way.GATHER if costs[leader] <= walk_rows * WALK_ROW else Way.WALK
    return Choice(way, leader, total * reach * part, walk_rows)
