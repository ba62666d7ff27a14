"""The expiry sweep: certificates past their valid-to day become 过期失效, with history, trail and public fact.

Set by set, each set in its own transaction: a killed sweep loses nothing, a second one beside it takes other rows
(SKIP LOCKED), and running it again changes nothing. A query in between already says expired (rules.effective_status).
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction

from apps.audit.services import publish_from_select, record
from apps.certifications.constants import FACT_STATUS, FACT_SUBJECT, ReasonClass, Status
from apps.certifications.rules import legal_basis
from apps.certifications.services.facts import STATUS_FACTS_SQL
from apps.certifications.services.pushing import push_status
from apps.core.actors import Actor
from apps.core.calendar import today

BATCH = 5_000

# Everything in one statement: what is due is locked, moved and written down, and nothing else can come between.
_EXPIRE = """
WITH due AS MATERIALIZED (
    SELECT id, status, valid_to, source_id FROM certifications_certificate
    WHERE status IN ('valid', 'suspended') AND valid_to < %(today)s
    ORDER BY valid_to LIMIT %(batch)s FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE certifications_certificate AS c
    SET status = %(expired)s, status_since = due.valid_to + 1, suspended_until = NULL, surveillance_due = NULL,
        version = c.version + 1, updated_at = %(now)s
    FROM due WHERE c.id = due.id
)
INSERT INTO certifications_statuschange (certificate_id, n, from_status, to_status, "on", reason_class, reason,
                                         legal_basis, source_code, recorded_by, recorded_at)
SELECT due.id, coalesce(last.n, 0) + 1, due.status, %(expired)s, due.valid_to + 1, %(reason)s, '',
       %(basis)s, due.source_id, %(by)s, %(now)s
FROM due LEFT JOIN LATERAL (
    SELECT max(s.n) AS n FROM certifications_statuschange AS s WHERE s.certificate_id = due.id
) AS last ON true
RETURNING id, certificate_id
"""


def expire_due(*, now: dt.datetime, actor: Actor, batch: int = BATCH) -> int:
    """Expire everything that is due at `now`. Returns how many. Called by the periodic task and `sweep_expiry`."""
    total = 0
    while done := expire_batch(now=now, actor=actor, batch=batch):
        total += done
    return total


def expire_batch(*, now: dt.datetime, actor: Actor, batch: int = BATCH) -> int:
    """Expire at most `batch` certificates in one transaction; 0 when nothing (unlocked) is left."""
    parameters: dict[str, Any] = {
        "today": today(now),
        "now": now,
        "batch": batch,
        "expired": Status.EXPIRED,
        "reason": ReasonClass.EXPIRED,
        "basis": legal_basis(Status.VALID, Status.EXPIRED),
        "by": actor.label,
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_EXPIRE, parameters)
            rows = cursor.fetchall()
        if not rows:
            return 0
        publish_from_select(
            kind=FACT_STATUS,
            subject_kind=FACT_SUBJECT,
            select=_FACTS,
            params=[[change_id for change_id, _ in rows]],
            now=now,
        )
        push_status(change_ids=[change_id for change_id, _ in rows], now=now)
        subjects = sorted(certificate_id for _, certificate_id in rows)
        record(
            actor=actor,
            now=now,
            action="certifications.certificate.expire",
            subject_kind="certificates",
            subject_id=f"{subjects[0]}-{subjects[-1]}",
            after={"count": len(rows), "status": str(Status.EXPIRED)},
        )
    return len(rows)


_FACTS = f"""
SELECT s.certificate_id::text AS subject_id, {STATUS_FACTS_SQL} AS facts
FROM certifications_statuschange AS s WHERE s.id = ANY(%s)
"""  # noqa: S608  constants of the source
