"""Writing one chunk of an import: organisations, certificates, periods, states, public facts, conflicts, effects.

Set-based SQL in one transaction. A chunk is a range of buckets, and a firm is in one bucket, so two chunks beside
each other never wait for the same row; certificates are locked in the order of their ids.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from psycopg2.extras import Json

from apps.audit.services import first_facts, publish_from_select
from apps.certifications.constants import FACT_CORRECTED, FACT_RECORDED, FACT_STATUS, FACT_SUBJECT, RowClass
from apps.certifications.selectors.schemes import first_surveillance_spans
from apps.certifications.services.imports import statements as sql
from apps.certifications.services.imports.comparing import compare, count_rows
from apps.certifications.services.pushing import push_status
from apps.parties.services.intake import take_in


class Overtaken(Exception):
    """The registry moved between the comparison and the lock: compare again."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The parameters of every statement."""

    batch: int
    first: int
    last: int
    source: str
    by: str
    now: dt.datetime
    today: dt.date
    midnight: dt.datetime


def write_chunk(chunk: Chunk) -> dict[str, int]:
    """Write the rows of a chunk as compared; where somebody was faster, compare once more under the locks.

    Returns the rows per class as they were written. Nothing is lost: each class is counted again at the end.
    """
    assert connection.in_atomic_block, "a chunk and its progress are one transaction"
    try:
        with transaction.atomic():
            return _write(chunk)
    except Overtaken:
        compare(chunk.batch, chunk.source, chunk.today, chunk.first, chunk.last)
    with transaction.atomic():
        return _write(chunk)


def write_decided(chunk: Chunk) -> None:
    """Write the one row that a clerk decided to take. Somebody else's change in between refuses it."""
    assert connection.in_atomic_block, "a decision and what it writes are one transaction"
    _write(chunk)


def _write(chunk: Chunk) -> dict[str, int]:
    parameters = {**asdict(chunk), "spans": Json(first_surveillance_spans(chunk.today))}
    expected = count_rows(chunk.batch, chunk.first, chunk.last)
    with connection.cursor() as cursor:
        if expected[RowClass.CHANGED]:
            _lock(cursor, parameters)
        take_in(select=sql.ORGANISATIONS, params=parameters, source=chunk.source, now=chunk.now)
        cursor.execute(sql.INTAKE_EFFECTS, parameters)
        if expected[RowClass.NEW]:
            _create(cursor, parameters, expected[RowClass.NEW], chunk.now)
        if expected[RowClass.CHANGED]:
            _change(cursor, parameters, expected[RowClass.CHANGED], chunk.now)
        if expected[RowClass.UNCHANGED]:
            cursor.execute(sql.CONFIRM, parameters)
        if expected[RowClass.CONFLICT]:
            cursor.execute(sql.CONFLICTS, parameters)
    return expected


def _lock(cursor: Any, parameters: dict[str, Any]) -> None:
    cursor.execute(sql.LOCK, parameters)
    if cursor.fetchone()[0]:
        raise Overtaken


def _create(cursor: Any, parameters: dict[str, Any], expected: int, now: dt.datetime) -> None:
    """New certificates, their first period and state, and their public facts: one statement, each row touched once."""
    facts, values = first_facts(kind=FACT_RECORDED, subject_kind=FACT_SUBJECT, select=sql.FACTS_OF_MADE, now=now)
    cursor.execute(sql.NEW.replace("{facts}", facts), {**parameters, **values})
    if cursor.fetchone()[0] != expected:
        raise Overtaken


def _change(cursor: Any, parameters: dict[str, Any], expected: int, now: dt.datetime) -> None:
    cursor.execute("DROP TABLE IF EXISTS import_change")
    cursor.execute(sql.PLAN, parameters)
    cursor.execute(sql.KEEP_BEFORE, parameters)
    cursor.execute(sql.CHANGE, parameters)
    if cursor.rowcount != expected:
        raise Overtaken
    cursor.execute(sql.NEW_PERIODS, parameters)
    cursor.execute(sql.NEW_STATES, parameters)
    select = sql.FACTS_OF.replace("{ids}", "import_change")
    publish_from_select(kind=FACT_CORRECTED, subject_kind=FACT_SUBJECT, select=select, now=now)
    publish_from_select(kind=FACT_STATUS, subject_kind=FACT_SUBJECT, select=sql.STATUS_FACTS, params=[now], now=now)
    cursor.execute(sql.STATES_OF_CHANGED, [now])
    push_status(change_ids=[change_id for (change_id,) in cursor.fetchall()], now=now)
