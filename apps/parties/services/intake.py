"""Organisations by the thousand, for certificate imports: set-based, in the caller's transaction.

Equal organisation codes are one party (GB 11714; characters 9 to 17 of a USCC). A firm without a usable code becomes
a record of its own, with a hint for the merge queue where the folded name is known already; nothing else joins alone.
"""

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from apps.core.grams import fold, query_literal
from apps.parties.constants import MergeState, NameKind, OrganisationKind
from apps.parties.models import MergeCandidate, Organisation, OrganisationCode, OrganisationName
from apps.parties.rules.searching import search_fields
from apps.parties.services.organisations import refresh_search

MERGE_HINT = "import_same_name"
_PIECE = 1_000  # firms written out at a time, so that two threads of an import stay small

_TABLES = """
DROP TABLE IF EXISTS intake, intake_organisation, intake_effect, intake_fresh;
CREATE TEMP TABLE intake (key text, name text, uscc text, org_code text, code text, division_code text,
                          query tsquery) ON COMMIT DROP;
CREATE TEMP TABLE intake_organisation (key text, organisation_id bigint, made boolean) ON COMMIT DROP;
CREATE TEMP TABLE intake_effect (kind text, object_id bigint, before jsonb) ON COMMIT DROP;
CREATE TEMP TABLE intake_fresh (key text, name text, uscc text, org_code text, division_code text,
                                search_text text, search tsvector, initials text) ON COMMIT DROP;
"""
_KNOWN_BY_CODE = """
INSERT INTO intake_organisation
SELECT DISTINCT i.key, o.id, false FROM intake i
JOIN parties_organisation o ON o.org_code = i.org_code AND o.merged_into_id IS NULL
"""
# A code that fails its check but that staff have let pass.
_KNOWN_BY_OVERRIDE = """
INSERT INTO intake_organisation
SELECT DISTINCT i.key, o.id, false FROM intake i
JOIN parties_organisation o ON o.uscc = i.uscc AND o.merged_into_id IS NULL
WHERE i.org_code IS NULL
"""
# The same source knew this name without a code before: the same record, not a second one.
_KNOWN_BY_NAME = """
INSERT INTO intake_organisation
SELECT i.key, min(o.id), false FROM intake i
JOIN parties_organisation o ON o.name = i.name AND o.search @@ i.query
    AND o.org_code IS NULL AND o.uscc IS NULL AND o.merged_into_id IS NULL AND o.source = %(source)s
WHERE i.org_code IS NULL AND i.uscc IS NULL
GROUP BY i.key
"""
_WANTED = """
SELECT DISTINCT ON (i.key) i.key, i.name, i.uscc, i.org_code, coalesce(d.code, '') FROM intake i
LEFT JOIN parties_division d ON d.code = coalesce(nullif(i.division_code, ''), substr(i.uscc, 3, 6))
WHERE NOT EXISTS (SELECT 1 FROM intake_organisation o WHERE o.key = i.key)
ORDER BY i.key, i.uscc NULLS LAST, i.name
"""
_MAKE = f"""
WITH made AS (
    INSERT INTO parties_organisation (kind, name, uscc, org_code, division_code, jurisdiction_code, address,
        legal_representative, country, code_override_reason, search_text, search, initials, source, version,
        created_at, updated_at)
    SELECT '{OrganisationKind.ENTERPRISE}', name, uscc, org_code, division_code, '', '', '', 'CN', '', search_text,
        search, initials, %(source)s, 1, %(now)s, %(now)s
    FROM intake_fresh WHERE org_code IS NOT NULL ORDER BY org_code
    ON CONFLICT DO NOTHING RETURNING id, org_code, name
), names AS (
    INSERT INTO parties_organisationname (organisation_id, kind, name, source)
    SELECT id, '{NameKind.REGISTERED}', name, %(source)s FROM made
), effects AS (
    INSERT INTO intake_effect SELECT 'organisation', id FROM made
)
INSERT INTO intake_organisation SELECT org_code, id, true FROM made
"""  # noqa: S608  constants of the source
# Somebody else recorded the code in this very moment: the insert waited for them and then did nothing.
_LATECOMERS = """
INSERT INTO intake_organisation
SELECT f.key, o.id, false FROM intake_fresh f
JOIN parties_organisation o ON o.org_code = f.org_code AND o.merged_into_id IS NULL
WHERE NOT EXISTS (SELECT 1 FROM intake_organisation k WHERE k.key = f.key)
"""
_MAKE_CODELESS = f"""
WITH made AS (
    INSERT INTO parties_organisation (kind, name, division_code, jurisdiction_code, address, legal_representative,
        country, code_override_reason, search_text, search, initials, source, version, created_at, updated_at)
    SELECT '{OrganisationKind.ENTERPRISE}', name, division_code, '', '', '', 'CN', '', search_text, search, initials,
        %(source)s, 1, %(now)s, %(now)s
    FROM intake_fresh WHERE org_code IS NULL ORDER BY key
    RETURNING id, name, search_text, search
), names AS (
    INSERT INTO parties_organisationname (organisation_id, kind, name, source)
    SELECT id, '{NameKind.REGISTERED}', name, %(source)s FROM made
), effects AS (
    INSERT INTO intake_effect SELECT 'organisation', id FROM made
)
INSERT INTO intake_organisation SELECT '=' || left(search_text, 200), id, true FROM made
"""  # noqa: S608  constants of the source
_HINTS = f"""
INSERT INTO parties_mergecandidate (kept_id, duplicate_id, reason, state, found_at, decision_reason, moved, version)
SELECT DISTINCT o.id, k.organisation_id, '{MERGE_HINT}', '{MergeState.OPEN}', %(now)s::timestamptz, '', '{{}}'::jsonb, 1
FROM intake_organisation k JOIN parties_organisation n ON n.id = k.organisation_id
JOIN parties_organisation o ON o.search @@ (SELECT query FROM intake WHERE key = k.key LIMIT 1)
    AND o.search_text = n.search_text AND o.merged_into_id IS NULL AND o.id <> n.id
WHERE k.made AND n.org_code IS NULL
ON CONFLICT DO NOTHING
"""  # noqa: S608  constants of the source
_LEARN_USCC = """
WITH learnt AS (
    SELECT DISTINCT ON (o.id) o.id, i.uscc, o.version FROM intake i
    JOIN intake_organisation k ON k.key = i.key AND NOT k.made
    JOIN parties_organisation o ON o.id = k.organisation_id
    WHERE o.uscc IS NULL AND i.uscc IS NOT NULL ORDER BY o.id, i.uscc
), effects AS (
    INSERT INTO intake_effect SELECT 'organisation', id, '{"uscc": null}' FROM learnt
)
UPDATE parties_organisation o SET uscc = learnt.uscc, version = o.version + 1, updated_at = %(now)s
FROM learnt WHERE o.id = learnt.id
"""
_NAMES = f"""
WITH added AS (
    INSERT INTO parties_organisationname (organisation_id, kind, name, source)
    SELECT DISTINCT k.organisation_id, '{NameKind.PRINTED}', i.name, %(source)s
    FROM intake i JOIN intake_organisation k ON k.key = i.key
    WHERE NOT EXISTS (SELECT 1 FROM parties_organisationname n
                      WHERE n.organisation_id = k.organisation_id AND n.name = i.name)
    RETURNING id, organisation_id
), effects AS (
    INSERT INTO intake_effect SELECT 'name', id FROM added
)
SELECT DISTINCT organisation_id FROM added ORDER BY 1
"""  # noqa: S608  constants of the source
_CODES = """
WITH added AS (
    INSERT INTO parties_organisationcode (organisation_id, value, source, recorded_at)
    SELECT DISTINCT k.organisation_id, i.code, %(source)s, %(now)s::timestamptz
    FROM intake i JOIN intake_organisation k ON k.key = i.key
    JOIN parties_organisation o ON o.id = k.organisation_id
    WHERE i.code <> '' AND i.code IS DISTINCT FROM o.uscc
    ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO intake_effect SELECT 'code', id FROM added
"""


def take_in(*, select: str, params: dict[str, Any], source: str, now: dt.datetime) -> int:
    """Record every organisation that `select` names. Returns how many were new.

    `select` is SQL of the caller's own making, yielding (key, name, uscc, org_code, code, division_code): `key` is the
    org_code, or for a firm without one "=" and the folded name. Afterwards, until the transaction ends, the temporary
    tables intake_organisation (key, organisation_id, made) and intake_effect (kind, object_id, before) say who is who
    and what changed; the caller keeps what its undo needs and writes the audit row.
    """
    assert connection.in_atomic_block, "the temporary tables live as long as the transaction"
    values: dict[str, Any] = {"source": source, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute(f"INSERT INTO intake (key, name, uscc, org_code, code, division_code) {select}", params)
        cursor.execute("ANALYZE intake")
        codeless = _codeless(cursor)
        cursor.execute(_KNOWN_BY_CODE)
        if codeless:
            cursor.execute(_KNOWN_BY_OVERRIDE)
            cursor.execute(_KNOWN_BY_NAME, values)
        made = _make_missing(cursor, values)
        if made < _distinct(cursor):
            cursor.execute(_LEARN_USCC, values)
        if codeless:
            cursor.execute(_HINTS, values)
        cursor.execute(_NAMES, values)
        renamed = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_CODES, values)
    refresh_search(renamed)
    return made


def _codeless(cursor: Any) -> bool:
    """Whether some firms have no code. They are looked up by name, for which their rows need the query of it."""
    cursor.execute("SELECT DISTINCT key, name FROM intake WHERE org_code IS NULL")
    found = cursor.fetchall()
    if not found:
        return False
    cursor.executemany(
        "UPDATE intake SET query = %s::tsquery WHERE key = %s",
        [(query_literal(fold(name)) or None, key) for key, name in found],
    )
    return True


def _distinct(cursor: Any) -> int:
    cursor.execute("SELECT count(*) FROM intake_organisation")
    return int(cursor.fetchone()[0])


def _make_missing(cursor: Any, values: dict[str, Any]) -> int:
    cursor.execute(_WANTED)
    wanted = cursor.fetchall()
    if not wanted:
        return 0
    for start in range(0, len(wanted), _PIECE):
        text = "".join(_fresh_lines(wanted[start : start + _PIECE])).encode()
        cursor.copy_expert("COPY intake_fresh FROM STDIN", io.BytesIO(text), size=len(text) + 1)
    cursor.execute(_MAKE, values)
    made = int(cursor.rowcount)
    coded = sum(row[3] is not None for row in wanted)
    if made < coded:
        cursor.execute(_LATECOMERS)
    if coded < len(wanted):
        cursor.execute(_MAKE_CODELESS, values)
        made += int(cursor.rowcount)
    return made


def _fresh_lines(wanted: list[tuple[Any, ...]]) -> Iterator[str]:
    for key, name, uscc, org_code, division in wanted:
        text, vector, initials = search_fields([name])
        plain = [key, name, uscc, org_code, division, text, vector, initials]
        yield "\t".join("\\N" if cell is None else _escaped(cell) for cell in plain) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def take_back(*, organisations: list[int], names: list[int], codes: list[int], learnt_uscc: list[int]) -> int:
    """Undo what `take_in` did: names, codes and organisations of a withdrawn import. Returns the organisations removed.

    An organisation that anything else refers to by now (members, claims, other certificates, a merge) stays. The
    caller writes the audit row.
    """
    assert connection.in_atomic_block, "an undo is one transaction"
    renamed = set(OrganisationName.objects.filter(pk__in=names).values_list("organisation_id", flat=True))
    OrganisationName.objects.filter(pk__in=names).delete()
    OrganisationCode.objects.filter(pk__in=codes).delete()
    Organisation.objects.filter(pk__in=learnt_uscc).update(uscc=None)
    own = {OrganisationName, OrganisationCode}
    free = Organisation.objects.filter(pk__in=organisations)
    for relation in Organisation._meta.related_objects:
        if relation.related_model not in own and relation.related_model is not MergeCandidate:
            column = relation.field.attname
            free = free.exclude(Exists(relation.related_model._default_manager.filter(**{column: OuterRef("pk")})))
    free = free.exclude(Exists(_decided_candidates("kept"))).exclude(Exists(_decided_candidates("duplicate")))
    removed = list(free.values_list("pk", flat=True))
    Organisation.objects.filter(pk__in=removed).delete()
    refresh_search(sorted(renamed - set(removed)))
    return len(removed)


def _decided_candidates(side: str) -> QuerySet[MergeCandidate]:
    return MergeCandidate.objects.filter(**{side: OuterRef("pk")}).exclude(state=MergeState.OPEN)
