"""Comparing staged rows with the registry, set by set: what is new, changed, unchanged, or contradicts.

The same statement serves the preview (all rows) and the commit (the rows of one chunk, after their certificates are
locked), so that what is written is what was compared.
"""

import datetime as dt

from django.db import connection

from apps.certifications.constants import ConflictKind, RowClass, Status
from apps.certifications.rules.status import MOVES, RUNNING

_RUNNING = ", ".join(f"'{status}'" for status in RUNNING)
_LEGAL = ", ".join(f"('{m.from_status}', '{m.to_status}')" for m in MOVES if not m.by_new_period)
_LEGAL_RENEWALS = ", ".join(f"('{m.from_status}', '{m.to_status}')" for m in MOVES if m.by_new_period)
_TOLD = ("issued_on", "valid_from", "valid_to", "first_issued_on")
_TOLD_TEXTS = ("standard_text", "scope", "products", "division_code")
_DIFFERENCES = " OR ".join(
    [f"(r.{name} IS NOT NULL AND r.{name} IS DISTINCT FROM c.{name})" for name in _TOLD]
    + [f"(r.{name} <> '' AND r.{name} <> c.{name})" for name in _TOLD_TEXTS]
    + [
        "r.project_code <> c.project_id",
        "r.holder_name <> c.holder_name",
        "(r.shape IS NOT NULL AND r.shape <> c.shape)",
    ]
)

# What rows are chosen and joined by: the planner need not know how the long texts are spread.
_JUDGED_BY = "batch_id, row, bucket, row_class, certificate_id, approval, number_key, holder_key, org_code, body_id"
# Rows of one body and number: the first of equal ones counts, unequal ones go to a person, all of them.
_DUPLICATES = f"""
WITH twice AS (
    SELECT approval, number_key FROM certifications_importrow
    WHERE batch_id = %(batch)s AND row_class IN ('{RowClass.NEW}', '{RowClass.CONFLICT}')
    GROUP BY 1, 2 HAVING count(*) > 1
), judged AS (
    SELECT t.approval, t.number_key, min(r.row) AS first,
           count(DISTINCT (r.holder_key, r.holder_name, r.uscc, r.project_code, r.shape, r.status, r.status_on,
                 r.issued_on, r.valid_from, r.valid_to, r.first_issued_on, r.standard_text, r.scope, r.products,
                 r.division_code)) AS kinds
    FROM twice t JOIN certifications_importrow r USING (approval, number_key)
    WHERE r.batch_id = %(batch)s AND r.row_class <> '{RowClass.BAD}' GROUP BY 1, 2
)
UPDATE certifications_importrow r SET
    row_class = CASE WHEN j.kinds > 1 THEN '{RowClass.CONFLICT}' ELSE '{RowClass.UNCHANGED}' END,
    conflict_kind = CASE WHEN j.kinds > 1 THEN '{ConflictKind.DUPLICATE_IN_FILE}' ELSE '' END
FROM judged j
WHERE r.batch_id = %(batch)s AND r.approval = j.approval AND r.number_key = j.number_key
  AND r.row_class <> '{RowClass.BAD}' AND (j.kinds > 1 OR r.row <> j.first)
"""  # noqa: S608  constants of the source

_COMPARE = f"""
UPDATE certifications_importrow AS t SET
    certificate_id = x.id, certificate_version = x.version, conflict_kind = x.kind,
    row_class = CASE WHEN x.kind <> '' THEN '{RowClass.CONFLICT}'
                     WHEN x.differs THEN '{RowClass.CHANGED}' ELSE '{RowClass.UNCHANGED}' END
FROM (
    SELECT r.batch_id, r.row, c.id, c.version, (d.differs OR d.moved) AS differs, CASE
        WHEN NOT d.same_holder THEN '{ConflictKind.OTHER_HOLDER}'
        WHEN (d.differs OR d.moved) AND c.source_id <> %(source)s THEN '{ConflictKind.OTHER_SOURCE}'
        WHEN d.moved AND NOT (
            (d.was, d.becomes) IN ({_LEGAL}) OR ((d.was, d.becomes) IN ({_LEGAL_RENEWALS}) AND r.valid_to > c.valid_to)
        ) THEN '{ConflictKind.STATUS_BACKWARDS}' ELSE '' END AS kind
    FROM certifications_importrow r
    JOIN certifications_certificate c ON c.number_key = r.number_key AND c.body_id = r.body_id
    JOIN parties_organisation h ON h.id = c.holder_id
    CROSS JOIN LATERAL (SELECT
        CASE WHEN c.status IN ({_RUNNING}) AND c.valid_to < %(today)s THEN '{Status.EXPIRED}' ELSE c.status END AS was,
        CASE WHEN r.status IN ({_RUNNING}) AND coalesce(r.valid_to, c.valid_to) < %(today)s THEN '{Status.EXPIRED}'
             ELSE r.status END AS becomes
    ) e
    CROSS JOIN LATERAL (SELECT e.was, e.becomes, e.was <> e.becomes AS moved,
        (h.org_code = r.org_code) IS TRUE OR (h.uscc = r.uscc) IS TRUE
            OR ((h.org_code IS NULL OR r.org_code IS NULL) AND r.holder_name = c.holder_name) AS same_holder,
        ({_DIFFERENCES}) OR (h.uscc IS NULL AND r.uscc IS NOT NULL) OR (h.org_code IS NULL AND r.org_code IS NOT NULL)
            AS differs
    ) d
    WHERE r.batch_id = %(batch)s AND r.bucket BETWEEN %(first)s AND %(last)s
      AND (r.row_class IN ('{RowClass.NEW}', '{RowClass.CHANGED}') OR r.certificate_id IS NOT NULL)
) x
WHERE t.batch_id = x.batch_id AND t.row = x.row
"""  # noqa: S608  constants of the source

_COUNTS = """
SELECT row_class, count(*) FROM certifications_importrow
WHERE batch_id = %(batch)s AND bucket BETWEEN %(first)s AND %(last)s GROUP BY 1
"""


def find_duplicates(batch_id: int) -> None:
    """Mark rows of the file that speak of the same certificate."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE certifications_importrow ({_JUDGED_BY})")
        cursor.execute(_DUPLICATES, {"batch": batch_id})


def compare(batch_id: int, source: str, today: dt.date, first: int, last: int) -> None:
    """Compare the rows of these buckets with what is recorded now."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPARE, {"batch": batch_id, "source": source, "today": today, "first": first, "last": last})


def count_rows(batch_id: int, first: int, last: int) -> dict[str, int]:
    """Rows per class in these buckets; every class is named."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"batch": batch_id, "first": first, "last": last})
        found = dict(cursor.fetchall())
    return {str(row_class): int(found.get(str(row_class), 0)) for row_class in RowClass}
