"""Undo of an import: exactly what the batch created or changed, and only while nobody has built upon it."""

import datetime as dt
from contextlib import suppress
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from apps.audit.services import publish_from_select
from apps.certifications.constants import (
    FACT_CORRECTED,
    FACT_SUBJECT,
    FACT_WITHDRAWN,
    ConflictState,
    EffectKind,
    ReasonClass,
)
from apps.certifications.models import (
    Certificate,
    CertificatePeriod,
    ImportChunk,
    ImportConflict,
    ImportEffect,
    ImportMade,
    ImportRow,
    StatusChange,
)
from apps.certifications.selectors.imports import undo_key
from apps.certifications.services.imports import statements as sql
from apps.parties.services.intake import take_back

SHOWN = 20

# What the batch created it takes away, whatever a later decision of the same batch changed in it.
_PLAN = f"""
CREATE TEMP TABLE import_undo ON COMMIT DROP AS
SELECT coalesce(m.id, e.object_id) AS id, CASE WHEN m.id IS NULL THEN e.before END AS before,
       CASE WHEN m.id IS NULL THEN e.version ELSE coalesce(e.version, 1) END AS version,
       m.id IS NOT NULL OR e.before IS NULL AS made
FROM (SELECT unnest(certificates) AS id FROM certifications_importmade WHERE batch_id = %(batch)s) m
FULL JOIN (
    SELECT object_id, before, version FROM certifications_importeffect
    WHERE batch_id = %(batch)s AND kind = {EffectKind.CERTIFICATE}
) e ON e.object_id = m.id
"""  # noqa: S608  constants of the source
_LOCK = "SELECT c.id FROM certifications_certificate c JOIN import_undo u ON u.id = c.id ORDER BY c.id FOR UPDATE OF c"
# A certificate that only the calendar has touched since (expiry) may still be taken back if the batch created it.
_ENTANGLED = f"""
SELECT c.number FROM import_undo u JOIN certifications_certificate c ON c.id = u.id
WHERE (u.version IS NOT NULL AND c.version - CASE WHEN u.made THEN (
          SELECT count(*) FROM certifications_statuschange s
          WHERE s.certificate_id = c.id AND s.n > 1 AND s.reason_class = '{ReasonClass.EXPIRED}'
      ) ELSE 0 END <> u.version)
   OR (u.made AND ({{references}}))
ORDER BY c.number LIMIT {SHOWN + 1}
"""  # noqa: S608  constants of the source
_RESTORE = """
UPDATE certifications_certificate c SET
    {columns}, search = (u.before->>'search')::tsvector, version = c.version + 1, updated_at = %(now)s
FROM import_undo u WHERE u.id = c.id AND NOT u.made AND u.version IS NOT NULL
"""
_UNCONFIRM = """
UPDATE certifications_certificate c SET confirmed_at = (u.before->>'confirmed_at')::timestamptz
FROM import_undo u WHERE u.id = c.id AND NOT u.made AND u.version IS NULL
"""
_WITHDRAWN = """
SELECT c.id::text AS subject_id, '{"number":' || to_json(c.number)::text || '}' AS facts
FROM import_undo m JOIN certifications_certificate c ON c.id = m.id WHERE m.made
"""


class Entangled(Exception):
    """Somebody built upon what the batch wrote; the message names the certificates."""


def take_back_batch(*, batch_id: int, now: dt.datetime, by: str) -> int:
    """Undo the batch in the caller's transaction. Returns how many certificates went or were restored.

    One transaction shows nobody its rows before its end, so the step that it is at lies in the cache.
    """
    assert connection.in_atomic_block, "an undo is one transaction"
    with connection.cursor() as cursor:
        note_undo_step(batch_id, 1)
        cursor.execute("DROP TABLE IF EXISTS import_undo")
        cursor.execute(_PLAN, {"batch": batch_id})
        cursor.execute(_LOCK)
        touched = int(cursor.rowcount)
        note_undo_step(batch_id, 2)
        _refuse_entangled(cursor)
        note_undo_step(batch_id, 3)
        publish_from_select(kind=FACT_WITHDRAWN, subject_kind=FACT_SUBJECT, select=_WITHDRAWN, now=now)
        note_undo_step(batch_id, 4)
        _delete_added(batch_id)
        _delete_made(cursor)
        note_undo_step(batch_id, 5)
        cursor.execute(_RESTORE.format(columns=_restored_columns()), {"now": now})
        cursor.execute(_UNCONFIRM)
        restored = "(SELECT id FROM import_undo WHERE NOT made AND version IS NOT NULL)"
        facts = sql.FACTS_OF.replace("{ids}", restored)
        publish_from_select(kind=FACT_CORRECTED, subject_kind=FACT_SUBJECT, select=facts, now=now)
    note_undo_step(batch_id, 6)
    _take_back_organisations(batch_id)
    note_undo_step(batch_id, 7)
    waiting = ImportConflict.objects.filter(batch_id=batch_id, state=ConflictState.OPEN)
    waiting.update(state=ConflictState.KEPT, decided_at=now, decision_reason=_("导入已撤销"))
    ImportChunk.objects.filter(batch_id=batch_id).delete()
    ImportEffect.objects.filter(batch_id=batch_id).delete()
    ImportMade.objects.filter(batch_id=batch_id).delete()
    ImportRow.objects.filter(batch_id=batch_id).delete()
    return touched


def note_undo_step(batch_id: int, step: int) -> None:
    """The undo is at this step. Without Valkey the page says only that it runs."""
    with suppress(RedisError):
        cache.set(undo_key(batch_id), step, 3600)


def _refuse_entangled(cursor: Any) -> None:
    own = {CertificatePeriod, StatusChange}
    references = [
        f"EXISTS (SELECT 1 FROM {rel.related_model._meta.db_table} q WHERE q.{rel.field.column} = c.id)"  # noqa: S608
        for rel in Certificate._meta.related_objects
        if rel.related_model not in own
    ]
    cursor.execute(_ENTANGLED.format(references=" OR ".join(references)))
    numbers = [number for (number,) in cursor.fetchall()]
    if numbers:
        more = "…" if len(numbers) > SHOWN else ""
        raise Entangled(
            _("这些证书在导入之后又有变化，不能撤销：%(list)s") % {"list": "、".join(numbers[:SHOWN]) + more}
        )


def _delete_added(batch_id: int) -> None:
    effects = ImportEffect.objects.filter(batch_id=batch_id)
    for kind, model in ((EffectKind.PERIOD, CertificatePeriod), (EffectKind.STATUS, StatusChange)):
        model.objects.filter(pk__in=effects.filter(kind=kind).values("object_id"))._raw_delete("default")


def _delete_made(cursor: Any) -> None:
    made = "(SELECT id FROM import_undo WHERE made)"
    for table in ("certifications_certificateperiod", "certifications_statuschange"):
        cursor.execute(f"DELETE FROM {table} WHERE certificate_id IN {made}")  # noqa: S608  constants
    cursor.execute(f"DELETE FROM certifications_certificate WHERE id IN {made}")  # noqa: S608  constants


def _restored_columns() -> str:
    """Each column from the kept JSON, in its own type."""
    columns = []
    for name in sql.BEFORE.split():
        kind = Certificate._meta.get_field(name.removesuffix("_id")).db_type(connection)
        columns.append(f"{name} = (u.before->>'{name}')::{kind}")
    return ", ".join(columns)


def _take_back_organisations(batch_id: int) -> None:
    effects = ImportEffect.objects.filter(batch_id=batch_id)
    ids = {
        kind: list(effects.filter(kind=kind, before__isnull=True).values_list("object_id", flat=True))
        for kind in EffectKind
    }
    learnt = effects.filter(kind=EffectKind.ORGANISATION, before__isnull=False).values_list("object_id", flat=True)
    take_back(
        organisations=ids[EffectKind.ORGANISATION],
        names=ids[EffectKind.NAME],
        codes=ids[EffectKind.CODE],
        learnt_uscc=list(learnt),
    )
