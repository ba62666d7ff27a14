"""The SQL of writing one chunk of an import (writing.py): every value a parameter, every name a constant of the models.

Parameters: batch, first and last bucket, source, by, now, today, midnight (when today began in Shanghai).
"""

from apps.certifications.constants import (
    ConflictKind,
    ConflictState,
    EffectKind,
    PeriodKind,
    ReasonClass,
    RowClass,
    Status,
)
from apps.certifications.services.facts import CERTIFICATE_FACTS_SQL, STATUS_FACTS_SQL

_ROWS = "r.batch_id = %(batch)s AND r.bucket BETWEEN %(first)s AND %(last)s"
# Lock what the rows would change, in the order of ids; then say how many were changed since they were compared.
LOCK = f"""
WITH locked AS (
    SELECT id, version FROM certifications_certificate WHERE id IN (
        SELECT r.certificate_id FROM certifications_importrow r
        WHERE {_ROWS} AND r.row_class = '{RowClass.CHANGED}'
    ) ORDER BY id FOR UPDATE
)
SELECT count(*) FROM certifications_importrow r LEFT JOIN locked l ON l.id = r.certificate_id
WHERE {_ROWS} AND r.row_class = '{RowClass.CHANGED}' AND l.version IS DISTINCT FROM r.certificate_version
"""  # noqa: S608  constants of the source
# Whom the rows name, each name and code once. A changed certificate without a code keeps its holder.
ORGANISATIONS = f"""
SELECT DISTINCT r.holder_key, r.holder_name, r.uscc, r.org_code, r.code, r.division_code
FROM certifications_importrow r WHERE {_ROWS} AND (r.row_class = '{RowClass.NEW}'
    OR (r.row_class = '{RowClass.CHANGED}'
        AND (r.org_code IS NOT NULL OR r.conflict_kind = '{ConflictKind.OTHER_HOLDER}')))
"""  # noqa: S608  constants of the source
_SEARCH_TEXT = "concat_ws(E'\\n', nullif(r.scope_text, ''), nullif(r.products_text, ''))"
_SEARCH = "nullif(concat_ws(' ', nullif(r.scope_vector, ''), nullif(r.products_vector, '')), '')::tsvector"
# What the rules of the schemes say of the first surveillance (selectors.schemes), joined by project and day of issue.
_SPANS = """
LEFT JOIN jsonb_to_recordset(%(spans)s) AS f (project text, since date, until date, months int, fixed date)
    ON f.project = r.project_code AND r.issued_on BETWEEN f.since AND f.until
"""
_DUE = "coalesce(f.fixed, (r.issued_on + make_interval(months => f.months))::date)"
_FIRST_SURVEILLANCE = f"""
CASE WHEN r.status = '{Status.VALID}' AND {_DUE} >= %(today)s AND ({_DUE} >= r.valid_to) IS NOT TRUE THEN {_DUE} END
"""
NEW = f"""
WITH made AS (
    INSERT INTO certifications_certificate (body_id, holder_id, number, number_key, token, shape, project_id,
        standard_text, holder_name, scope, scope_codes, products, search_text, search, division_code, first_issued_on,
        issued_on, valid_from, valid_to, status, status_since, surveillance_due, source_id, confirmed_at, version,
        created_at, updated_at)
    SELECT r.body_id, k.organisation_id, r.number, r.number_key, r.token, coalesce(r.shape, p.shape), r.project_code,
        r.standard_text, r.holder_name, r.scope, '[]', r.products, {_SEARCH_TEXT}, {_SEARCH},
        coalesce(nullif(r.division_code, ''), h.division_code), r.first_issued_on, r.issued_on, r.valid_from,
        r.valid_to, r.status, coalesce(r.status_on, CASE WHEN r.status = '{Status.VALID}' THEN
            coalesce(r.issued_on, r.valid_from) END), {_FIRST_SURVEILLANCE}, %(source)s, %(now)s, 1, %(now)s, %(now)s
    FROM certifications_importrow r
    JOIN intake_organisation k ON k.key = r.holder_key
    JOIN parties_organisation h ON h.id = k.organisation_id
    JOIN certifications_project p ON p.code = r.project_code {_SPANS}
    WHERE {_ROWS} AND r.row_class = '{RowClass.NEW}' ORDER BY r.number_key
    ON CONFLICT DO NOTHING
    RETURNING id, body_id, holder_id, number, project_id, issued_on, valid_from, valid_to, status, status_since
), periods AS (
    INSERT INTO certifications_certificateperiod (certificate_id, n, kind, issued_on, valid_from, valid_to,
        source_code, recorded_at)
    SELECT id, 1, '{PeriodKind.REPORTED}', issued_on, valid_from, valid_to, %(source)s, %(now)s FROM made
), states AS (
    INSERT INTO certifications_statuschange (certificate_id, n, from_status, to_status, "on", reason_class, reason,
        legal_basis, source_code, recorded_by, recorded_at)
    SELECT id, 1, '', status, status_since, '{ReasonClass.REPORTED}', '', '', %(source)s, %(by)s, %(now)s FROM made
), kept AS (
    INSERT INTO certifications_importmade (batch_id, certificates)
    SELECT %(batch)s, array_agg(id) FROM made HAVING count(*) > 0
), facts AS ({{facts}})
SELECT count(*) FROM made
"""  # noqa: S608  constants of the source

BEFORE = (
    "holder_id project_id shape standard_text holder_name scope products search_text division_code first_issued_on "
    "issued_on valid_from valid_to status status_since suspended_until surveillance_due source_id confirmed_at"
)
_BEFORE_JSON = (
    "jsonb_build_object(" + ", ".join(f"'{name}', c.{name}" for name in BEFORE.split()) + ", 'search', c.search::text)"
)
_DATES_MOVED = " OR ".join(
    f"(r.{name} IS NOT NULL AND r.{name} IS DISTINCT FROM c.{name})" for name in ("issued_on", "valid_from", "valid_to")
)
PLAN = f"""
CREATE TEMP TABLE import_change ON COMMIT DROP AS
SELECT r.row, c.id, c.version, c.status AS was, k.organisation_id AS holder_id, ({_DATES_MOVED}) AS renewed,
    CASE WHEN e.was <> e.becomes THEN e.becomes END AS becomes, {_BEFORE_JSON} AS before
FROM certifications_importrow r
JOIN certifications_certificate c ON c.id = r.certificate_id
LEFT JOIN intake_organisation k ON k.key = r.holder_key
CROSS JOIN LATERAL (SELECT
    CASE WHEN c.status IN ('valid', 'suspended') AND c.valid_to < %(today)s THEN 'expired' ELSE c.status END AS was,
    CASE WHEN r.status IN ('valid', 'suspended') AND coalesce(r.valid_to, c.valid_to) < %(today)s THEN 'expired'
         ELSE r.status END AS becomes) e
WHERE {_ROWS} AND r.row_class = '{RowClass.CHANGED}' ORDER BY c.id
"""  # noqa: S608  constants of the source
CHANGE = f"""
UPDATE certifications_certificate c SET
    holder_id = coalesce(x.holder_id, c.holder_id), project_id = r.project_code,
    shape = coalesce(r.shape, c.shape), holder_name = r.holder_name,
    standard_text = coalesce(nullif(r.standard_text, ''), c.standard_text),
    scope = coalesce(nullif(r.scope, ''), c.scope), products = coalesce(nullif(r.products, ''), c.products),
    division_code = coalesce(nullif(r.division_code, ''), c.division_code),
    search_text = CASE WHEN r.scope = '' AND r.products = '' THEN c.search_text ELSE {_SEARCH_TEXT} END,
    search = CASE WHEN r.scope = '' AND r.products = '' THEN c.search ELSE {_SEARCH} END,
    first_issued_on = coalesce(r.first_issued_on, c.first_issued_on), issued_on = coalesce(r.issued_on, c.issued_on),
    valid_from = coalesce(r.valid_from, c.valid_from), valid_to = coalesce(r.valid_to, c.valid_to),
    status = coalesce(x.becomes, c.status),
    status_since = CASE WHEN x.becomes IS NULL THEN c.status_since ELSE r.status_on END,
    suspended_until = CASE WHEN x.becomes IS NULL THEN c.suspended_until END,
    surveillance_due = CASE WHEN x.becomes IS NULL AND NOT x.renewed THEN c.surveillance_due
                            ELSE {_FIRST_SURVEILLANCE} END,
    source_id = %(source)s, confirmed_at = %(now)s, version = c.version + 1, updated_at = %(now)s
FROM import_change x
JOIN certifications_importrow r ON r.batch_id = %(batch)s AND r.row = x.row
JOIN certifications_project p ON p.code = r.project_code {_SPANS}
WHERE c.id = x.id
"""  # noqa: S608  constants of the source
NEW_PERIODS = f"""
WITH added AS (
    INSERT INTO certifications_certificateperiod (certificate_id, n, kind, issued_on, valid_from, valid_to,
        source_code, recorded_at)
    SELECT c.id, coalesce((SELECT max(n) FROM certifications_certificateperiod q WHERE q.certificate_id = c.id), 0) + 1,
        '{PeriodKind.REPORTED}', c.issued_on, c.valid_from, c.valid_to, %(source)s, %(now)s
    FROM import_change x JOIN certifications_certificate c ON c.id = x.id WHERE x.renewed RETURNING id
)
INSERT INTO certifications_importeffect (batch_id, kind, object_id) SELECT %(batch)s, {EffectKind.PERIOD}, id FROM added
"""  # noqa: S608  constants of the source
NEW_STATES = f"""
WITH added AS (
    INSERT INTO certifications_statuschange (certificate_id, n, from_status, to_status, "on", reason_class, reason,
        legal_basis, source_code, recorded_by, recorded_at)
    SELECT c.id, coalesce((SELECT max(n) FROM certifications_statuschange q WHERE q.certificate_id = c.id), 0) + 1,
        x.was, x.becomes, c.status_since, '{ReasonClass.REPORTED}', '', '', %(source)s, %(by)s, %(now)s
    FROM import_change x JOIN certifications_certificate c ON c.id = x.id WHERE x.becomes IS NOT NULL RETURNING id
)
INSERT INTO certifications_importeffect (batch_id, kind, object_id) SELECT %(batch)s, {EffectKind.STATUS}, id FROM added
"""  # noqa: S608  constants of the source
KEEP_BEFORE = f"""
INSERT INTO certifications_importeffect (batch_id, kind, object_id, before, version)
SELECT %(batch)s, {EffectKind.CERTIFICATE}, id, before, version + 1 FROM import_change
ON CONFLICT (batch_id, kind, object_id) DO UPDATE SET version = EXCLUDED.version
"""  # noqa: S608  constants of the source
# Seen again today counts once: the same file twice changes nothing.
CONFIRM = f"""
WITH seen AS (
    SELECT DISTINCT c.id, c.confirmed_at, c.version FROM certifications_importrow r
    JOIN certifications_certificate c ON c.id = r.certificate_id
    WHERE {_ROWS} AND r.row_class = '{RowClass.UNCHANGED}' AND c.source_id = %(source)s
      AND c.confirmed_at < %(midnight)s
), effects AS (
    INSERT INTO certifications_importeffect (batch_id, kind, object_id, before)
    SELECT %(batch)s, {EffectKind.CERTIFICATE}, id, jsonb_build_object('confirmed_at', confirmed_at) FROM seen
)
UPDATE certifications_certificate c SET confirmed_at = %(now)s FROM seen WHERE c.id = seen.id
"""  # noqa: S608  constants of the source
_INCOMING = """jsonb_build_object('number', r.number, 'holder_name', r.holder_name, 'code', r.code,
    'approval', r.approval, 'body_name', r.body_name, 'project', r.project_code, 'status', r.status,
    'status_on', r.status_on, 'issued_on', r.issued_on, 'valid_from', r.valid_from, 'valid_to', r.valid_to,
    'first_issued_on', r.first_issued_on, 'standard_text', r.standard_text, 'scope', r.scope, 'products', r.products,
    'division_code', r.division_code, 'source', %(source)s::text)"""
_CURRENT = """CASE WHEN c.id IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('number', c.number,
    'holder_name', c.holder_name, 'code', coalesce(h.uscc, h.org_code, ''), 'approval', b.approval_number,
    'body_name', b.name, 'project', c.project_id, 'status', c.status, 'status_on', c.status_since,
    'issued_on', c.issued_on, 'valid_from', c.valid_from, 'valid_to', c.valid_to, 'first_issued_on', c.first_issued_on,
    'standard_text', c.standard_text, 'scope', c.scope, 'products', c.products, 'division_code', c.division_code,
    'source', c.source_id) END"""
# A contradiction that waits already, or that a clerk decided against, is not put before them again.
CONFLICTS = f"""
INSERT INTO certifications_importconflict (batch_id, row, certificate_id, number_key, kind, current, incoming, state,
    found_at, decision_reason, version)
SELECT %(batch)s, r.row, c.id, r.number_key, r.conflict_kind, {_CURRENT}, i.incoming, '{ConflictState.OPEN}', %(now)s,
    '', 1
FROM certifications_importrow r
LEFT JOIN certifications_certificate c ON c.number_key = r.number_key AND c.body_id = r.body_id
LEFT JOIN parties_organisation h ON h.id = c.holder_id
LEFT JOIN parties_organisation b ON b.id = c.body_id
CROSS JOIN LATERAL (SELECT {_INCOMING} AS incoming) i
WHERE {_ROWS} AND r.row_class = '{RowClass.CONFLICT}' AND NOT EXISTS (
    SELECT 1 FROM certifications_importconflict o
    WHERE o.number_key = r.number_key AND o.kind = r.conflict_kind AND o.incoming = i.incoming
      AND o.state IN ('{ConflictState.OPEN}', '{ConflictState.KEPT}')
)
"""  # noqa: S608  constants of the source
INTAKE_EFFECTS = f"""
INSERT INTO certifications_importeffect (batch_id, kind, object_id, before)
SELECT %(batch)s, CASE kind WHEN 'organisation' THEN {EffectKind.ORGANISATION} WHEN 'name' THEN {EffectKind.NAME}
    ELSE {EffectKind.CODE} END, object_id, before
FROM intake_effect ON CONFLICT DO NOTHING
"""  # noqa: S608  constants of the source
_FACTS = f"""
SELECT c.id::text AS subject_id, {CERTIFICATE_FACTS_SQL} AS facts FROM {{certificates}}
JOIN parties_organisation b ON b.id = c.body_id JOIN parties_organisation h ON h.id = c.holder_id
"""  # noqa: S608  constants of the source
FACTS_OF = _FACTS.replace("{certificates}", "{ids} m JOIN certifications_certificate c ON c.id = m.id")
FACTS_OF_MADE = _FACTS.replace("{certificates}", "made c")
STATUS_FACTS = f"""
SELECT s.certificate_id::text AS subject_id, {STATUS_FACTS_SQL} AS facts
FROM import_change x JOIN certifications_statuschange s ON s.certificate_id = x.id AND s.recorded_at = %s
WHERE x.becomes IS NOT NULL
"""  # noqa: S608  constants of the source
STATES_OF_CHANGED = """
SELECT s.id FROM import_change x
JOIN certifications_statuschange s ON s.certificate_id = x.id AND s.recorded_at = %s
WHERE x.becomes IS NOT NULL
"""
