"""Writing the trail and the public facts. Both are called inside the business transaction: no trail, no act."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import rfc8785
from django.db import connection
from django.db.models import Max

from apps.audit.models import AuditEntry, PublicFact
from apps.core.actors import Actor

T = TypeVar("T")


def record(
    *,
    actor: Actor,
    now: dt.datetime,
    action: str,
    subject_kind: str,
    subject_id: object,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write one trail entry. Called by every write service, in its transaction."""
    assert connection.in_atomic_block, "an act and its trail entry are one transaction"
    return AuditEntry.objects.create(
        at=now,
        actor_id=actor.user_id,
        actor_label=actor.label,
        organisation_id=actor.organisation_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        before=before,
        after=after,
        reason=reason,
        request_id=actor.request_id,
        ip=actor.ip,
    )


def publish(*, kind: str, subject_kind: str, subject_id: object, facts: dict[str, Any], now: dt.datetime) -> PublicFact:
    """Write one public fact about a subject. The caller holds the subject's row lock, which keeps `n` gapless.

    `facts` must hold no personal data in clear; values are strings, integers, booleans, None, lists and dicts of these.
    """
    assert connection.in_atomic_block, "an act and its public fact are one transaction"
    subject = {"subject_kind": subject_kind, "subject_id": str(subject_id)}
    last = PublicFact.objects.filter(**subject).aggregate(last=Max("n"))["last"] or 0
    payload = canonical(kind=kind, n=last + 1, now=now, facts=facts, **subject)
    return PublicFact.objects.create(kind=kind, n=last + 1, at=now, payload=payload, **subject)


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one of many subjects, for `record_many`."""

    subject_id: object
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str = ""


def record_many(
    *, actor: Actor, now: dt.datetime, action: str, subject_kind: str, changes: Iterable[Change], batch: int = 5_000
) -> int:
    """Write one trail entry for each of many subjects of one act. Returns how many."""
    assert connection.in_atomic_block, "an act and its trail entries are one transaction"
    entries = (
        AuditEntry(
            at=now,
            actor_id=actor.user_id,
            actor_label=actor.label,
            organisation_id=actor.organisation_id,
            action=action,
            subject_kind=subject_kind,
            subject_id=str(change.subject_id),
            before=change.before,
            after=change.after,
            reason=change.reason,
            request_id=actor.request_id,
            ip=actor.ip,
        )
        for change in changes
    )
    return sum(len(AuditEntry.objects.bulk_create(part)) for part in _batched(entries, batch))


def publish_many(
    *, kind: str, subject_kind: str, facts_of: Iterable[tuple[object, dict[str, Any]]], now: dt.datetime
) -> int:
    """Write one public fact for each (subject id, facts), a subject's facts in the order given. Returns how many.

    For thousands; a million rows that are already in tables go through `publish_from_select`. The caller holds the
    subjects' row locks.
    """
    assert connection.in_atomic_block, "an act and its public facts are one transaction"
    return sum(_publish_batch(kind, subject_kind, part, now) for part in _batched(facts_of, 5_000))


def _batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    rows = iter(rows)
    while part := list(islice(rows, size)):
        yield part


def _publish_batch(
    kind: str, subject_kind: str, part: Sequence[tuple[object, dict[str, Any]]], now: dt.datetime
) -> int:
    ids = {str(subject_id) for subject_id, _ in part}
    known = PublicFact.objects.filter(subject_kind=subject_kind, subject_id__in=ids).order_by()
    last: dict[str, int] = dict(known.values_list("subject_id").annotate(Max("n")))
    facts = []
    for subject_id, pub in part:
        subject = {"subject_kind": subject_kind, "subject_id": str(subject_id)}
        n = last[str(subject_id)] = last.get(str(subject_id), 0) + 1
        payload = canonical(kind=kind, n=n, now=now, facts=pub, **subject)
        facts.append(PublicFact(kind=kind, n=n, at=now, payload=payload, **subject))
    return len(PublicFact.objects.bulk_create(facts))


def publish_from_select(
    *,
    kind: str,
    subject_kind: str,
    select: str,
    params: Sequence[Any] = (),
    now: dt.datetime,
    all_new: bool = False,
    several_each: bool = False,
) -> int:
    """Write the public facts of many subjects in one statement. Returns how many.

    `select` is SQL of the caller's own making, values in `params`, yielding two text columns:

    - `subject_id`;
    - `facts`: the canonical text of the facts, made with `facts_sql`.

    and with `several_each`, where one subject yields several rows, a third, `turn`, that orders them. `all_new` says
    that no subject has a fact yet, which saves one index probe for each; the unique key refuses a wrong promise. The
    caller holds the subjects' row locks.
    """
    assert connection.in_atomic_block, "an act and its public facts are one transaction"
    probe = "" if all_new else _LAST_FACT
    last = "0" if all_new else "coalesce(last.n, 0)"
    turn = "row_number() OVER (PARTITION BY s.subject_id ORDER BY s.turn)" if several_each else "1"
    statement = f"""
        INSERT INTO audit_publicfact (kind, subject_kind, subject_id, n, at, payload)
        SELECT %s, %s, f.subject_id, f.n, %s,
               %s || to_json(%s || f.subject_id)::text || ',"n":' || f.n || ',"pub":' || f.facts || %s
        FROM (
            SELECT s.subject_id, s.facts, {last} + {turn} AS n
            FROM ({select}) AS s {probe}
        ) AS f"""  # noqa: S608  the parts are constants of the source; every value is a parameter
    head, tail = _around(kind, now)
    values = [kind, subject_kind, now, head, f"{subject_kind}:", tail, *params]
    with connection.cursor() as cursor:
        cursor.execute(statement, values if all_new else [*values, subject_kind])
        return int(cursor.rowcount)


def first_facts(*, kind: str, subject_kind: str, select: str, now: dt.datetime) -> tuple[str, dict[str, Any]]:
    """What `publish_from_select(all_new=True)` does, as a part of the statement that makes the subjects.

    Answers an INSERT to stand in a WITH beside the one that `select` reads from, and its named values, all beginning
    with fact_: a million new subjects are then not read a second time.
    """
    statement = f"""
        INSERT INTO audit_publicfact (kind, subject_kind, subject_id, n, at, payload)
        SELECT %(fact_kind)s, %(fact_subject)s, s.subject_id, 1, %(fact_at)s,
               %(fact_head)s || to_json(%(fact_id)s || s.subject_id)::text || ',"n":1,"pub":' || s.facts
               || %(fact_tail)s
        FROM ({select}) AS s"""  # noqa: S608  the parts are constants of the source; every value is a parameter
    head, tail = _around(kind, now)
    values = {"kind": kind, "subject": subject_kind, "at": now, "head": head, "id": f"{subject_kind}:", "tail": tail}
    return statement, {f"fact_{name}": value for name, value in values.items()}


def _around(kind: str, now: dt.datetime) -> tuple[str, str]:
    """The canonical text of a fact before its subject and after its facts."""
    return f'{{"at":"{_seconds(now)}","id":', f',"t":{json.dumps(kind)},"v":1}}'


_LAST_FACT = """LEFT JOIN LATERAL (
    SELECT n FROM audit_publicfact AS p WHERE p.subject_kind = %s AND p.subject_id = s.subject_id
    ORDER BY n DESC LIMIT 1
) AS last ON true"""


def facts_sql(columns: Mapping[str, str]) -> str:
    """The SQL expression that writes an object as `canonical` would: key -> SQL expression of its value.

    A value may be text, integer, boolean, date, null, an array of text, or the text of a nested `facts_sql` marked by
    a leading "json:". Cast everything else to text (timestamps, numeric: RFC 8785 writes numbers as JavaScript does).
    Keys are plain ASCII. PostgreSQL's to_json escapes exactly what RFC 8785 escapes; a test compares the two.
    """
    parts = []
    for key in sorted(columns):
        assert key.isidentifier(), f"{key!r} is no plain key"
        assert key.isascii(), f"{key!r} is no plain key"
        value = columns[key]
        text = value.removeprefix("json:") if value.startswith("json:") else f"to_json({value})::text"
        parts.append(f"'\"{key}\":' || coalesce({text}, 'null')")
    return "('{' || " + " || ',' || ".join(parts) + " || '}')"


def canonical(*, kind: str, subject_kind: str, subject_id: str, n: int, now: dt.datetime, facts: dict[str, Any]) -> str:
    """The RFC 8785 text of a fact: {"at","id","n","pub","t","v"}; `at` in whole UTC seconds."""
    entry: Any = {"v": 1, "t": kind, "id": f"{subject_kind}:{subject_id}", "n": n, "at": _seconds(now), "pub": facts}
    return rfc8785.dumps(entry).decode()


def _seconds(now: dt.datetime) -> str:
    return now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
