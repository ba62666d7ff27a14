"""Taking one row of work out of a table that several workers share, each row by one of them.

A claim is a commit of its own, with a lease and a number: a worker that dies leaves a lease that runs out, one that
freezes past its lease finds another number and must change nothing. A time further ahead than any legal value was
written by a clock that had jumped, and counts as past. The table has the columns state, next_at, lease_until, claim and
attempts.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

_CLAIM = """
WITH waiting AS (
    SELECT id, state, next_at AS at FROM {table}
    WHERE state IN ({waiting}) AND (next_at <= %(now)s OR next_at > %(latest_next)s)
    ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), abandoned AS (
    SELECT id, state, lease_until AS at FROM {table}
    WHERE state = '{busy}' AND (lease_until <= %(now)s OR lease_until > %(latest_lease)s)
    ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
), due AS (
    SELECT id, state FROM (SELECT * FROM waiting UNION ALL SELECT * FROM abandoned) either ORDER BY at LIMIT 1
)
UPDATE {table} t
SET state = '{busy}', claim = t.claim + 1, attempts = least(t.attempts + 1, 32000), lease_until = %(lease)s
FROM due WHERE t.id = due.id
RETURNING t.id, t.claim, t.attempts, due.state
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A row in this worker's hands. `attempts` counts this one; `abandoned`: another worker had it before."""

    id: int
    claim: int
    attempts: int
    abandoned: bool


def take_one(
    table: str,
    *,
    waiting: Sequence[str],
    busy: str,
    now: dt.datetime,
    lease: dt.timedelta,
    longest_wait: dt.timedelta,
) -> Taken | None:
    """Take the row that has waited longest, or one whose worker's lease ran out; None if there is none.

    `waiting`, `busy`: values of `state`; they and the table are constants of the caller, so that the server finds its
    partial indexes.
    """
    states = ", ".join(f"'{state}'" for state in waiting)
    values = {"now": now, "lease": now + lease, "latest_lease": now + 2 * lease, "latest_next": now + 2 * longest_wait}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(table=table, waiting=states, busy=busy), values)
        row = cursor.fetchone()
    return Taken(row[0], row[1], row[2], row[3] == busy) if row is not None else None
