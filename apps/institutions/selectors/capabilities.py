"""Who may test what: first the dictionary of capabilities, then the institutions that hold what was found.

The dictionary is small (each object, parameter and standard once) and searched by bigrams and single characters. The
pairs are many: where the found capabilities have few holders in the area asked for they are gathered from the index by
capability; where they have many, institutions are walked in order and each is probed, until the page is full.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from apps.core.patience import bounded
from apps.institutions.models import Capability, Institution
from apps.institutions.rules.asking import Asked

PAGE_SIZE = 20
LAST_PAGE = 50
MOST_CAPABILITIES = 2_000
GATHERED = 30_000.0  # expected pairs up to which gathering is the faster way
SAMPLES = 3  # lines shown of each institution
# The part of all institutions that an area holds, by the digits of its code: province, city, county.
_SHARE = {0: 1.0, 2: 0.05, 4: 0.006, 6: 0.001}


@dataclass(frozen=True, slots=True)
class Holder:
    """An institution that may do what was asked: how many lines match, and a few of them."""

    institution: Institution
    matches: int
    samples: list[Capability] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """`total` None: more than was counted. `broad`: more capabilities match than were looked at."""

    holders: list[Holder]
    total: int | None
    more: bool
    capabilities: int
    broad: bool


NOTHING = Answer([], 0, False, 0, False)


def who_may_test(asked: Asked, *, page: int = 1, size: int = PAGE_SIZE) -> Answer:
    """One page of institutions whose scope in force matches the question, in the order of their files."""
    if not asked.literal:
        return NOTHING
    start = (min(max(page, 1), LAST_PAGE) - 1) * size
    with bounded():
        found = _capabilities(asked)
        broad, found = len(found) > MOST_CAPABILITIES, found[:MOST_CAPABILITIES]
        ids = [pk for pk, _holders in found]
        if not ids:
            return NOTHING
        expected = sum(holders for _pk, holders in found) * _SHARE.get(len(asked.division), 1.0)
        way = _gather if expected <= GATHERED else _walk
        institution_ids, total = way(ids, asked.division, start, size + 1)
        shown = institution_ids[:size]
        holders = _holders(shown, ids)
    return Answer(holders, total, len(institution_ids) > size, len(ids), broad)


def _capabilities(asked: Asked) -> list[tuple[int, int]]:
    """(id, holders) of the capabilities that match, the most held first."""
    conditions = ["holders > 0", "search @@ %s::tsquery"]
    values: list[Any] = [asked.literal]
    for word in asked.words:
        conditions.append("(object_text LIKE %s OR parameter_text LIKE %s OR standard_text LIKE %s)")
        values += [f"%{word}%"] * 3
    for name in ("object", "parameter", "standard"):
        if text := getattr(asked, name):
            conditions.append(f"{name}_text LIKE %s")
            values.append(f"%{text}%")
    if asked.field:
        conditions.append("field = %s")
        values.append(asked.field)
    statement = (
        f"SELECT id, holders FROM institutions_capability WHERE {' AND '.join(conditions)}"  # noqa: S608  own constants
        " ORDER BY holders DESC, id LIMIT %s"
    )
    return _run(statement, [*values, MOST_CAPABILITIES + 1])


def _gather(ids: list[int], division: str, start: int, wanted: int) -> tuple[list[int], int | None]:
    """All holders in the area from the index by capability; the total is exact."""
    area, values = _area(division)
    statement = f"""
        SELECT institution_id, count(*) OVER () FROM (
            SELECT DISTINCT institution_id FROM institutions_holding
            WHERE capability_id = ANY(%s) {area}
        ) AS held ORDER BY institution_id OFFSET %s LIMIT %s"""  # noqa: S608  the part is a constant of this file
    rows = _run(statement, [ids, *values, start, wanted])
    if rows or not start:
        return [row[0] for row in rows], rows[0][1] if rows else 0
    return [], None


def _walk(ids: list[int], division: str, start: int, wanted: int) -> tuple[list[int], int | None]:
    """Institutions in order, each probed, until there are enough; nobody counts the rest."""
    area, values = _area(division)
    statement = f"""
        SELECT i.id FROM institutions_institution AS i
        WHERE EXISTS (
            SELECT FROM institutions_holding AS h
            WHERE h.institution_id = i.id AND h.capability_id = ANY(%s) {area}
        ) ORDER BY i.id OFFSET %s LIMIT %s"""  # noqa: S608  the part is a constant of this file
    return [row[0] for row in _run(statement, [ids, *values, start, wanted])], None


def _area(division: str) -> tuple[str, list[str]]:
    """A range of division codes: an index can use it, whatever the collation."""
    if not division:
        return "", []
    return "AND division_code >= %s AND division_code < %s", [division, f"{division}:"]  # ":" follows "9"


def _holders(institution_ids: list[int], ids: list[int]) -> list[Holder]:
    """The institutions of a page with their matching lines: how many, and the first few."""
    statement = """
        SELECT institution_id, capability_id, matches FROM (
            SELECT institution_id, capability_id, count(*) OVER (PARTITION BY institution_id) AS matches,
                   row_number() OVER (PARTITION BY institution_id ORDER BY capability_id) AS n
            FROM institutions_holding WHERE institution_id = ANY(%s) AND capability_id = ANY(%s)
        ) AS held WHERE n <= %s"""
    matches: dict[int, int] = {}
    samples: dict[int, list[int]] = defaultdict(list)
    for institution_id, capability_id, count in _run(statement, [institution_ids, ids, SAMPLES]):
        matches[institution_id] = count
        samples[institution_id].append(capability_id)
    texts = Capability.objects.in_bulk({pk for each in samples.values() for pk in each})
    institutions = Institution.objects.select_related("organisation").in_bulk(institution_ids)
    return [
        Holder(institutions[pk], matches.get(pk, 0), [texts[each] for each in samples[pk]])
        for pk in institution_ids
        if pk in institutions
    ]


def _run(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
