"""The SQL of the search: one statement per way, every value a parameter, every name a constant of the models.

Words arrive folded (letters, digits and ideographs only), so none can hold `%` or `_`; patterns need no escape.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from apps.certifications.constants import Status
from apps.certifications.rules import RUNNING
from apps.certifications.rules.plan import WINDOW
from apps.certifications.rules.query import Word
from apps.certifications.selectors.frequencies import CERTIFICATE, ORGANISATION
from apps.core.grams import query_literal

_COLUMNS = "c.id, c.listed_on, c.status, c.valid_to, c.project_id, c.division_code, c.body_id"
# ruff: noqa: S608 - the names are constants of the models, every value is a parameter
_READ_IN_ORDER = f"SELECT {_COLUMNS} FROM (SELECT {_COLUMNS}, c.holder_id, c.search_text"
_ONE_DIVISION = f"(SELECT {_COLUMNS}, c.holder_id, c.search_text FROM {CERTIFICATE} c"
# The counties of a city or province are no one range of an index in date order: each is read in order, and merged.
_AREA = f"""
WITH RECURSIVE area(code) AS (
    (SELECT division_code FROM {CERTIFICATE} WHERE division_code BETWEEN %s AND %s ORDER BY division_code LIMIT 1)
    UNION ALL SELECT (SELECT c.division_code FROM {CERTIFICATE} c
        WHERE c.division_code > area.code AND c.division_code <= %s ORDER BY c.division_code LIMIT 1)
    FROM area WHERE area.code IS NOT NULL)
SELECT code FROM area WHERE code IS NOT NULL LIMIT %s
"""
MOST_COUNTIES = 200  # to merge; the largest province has some 180
_WITH_HOLDER = f", LATERAL (SELECT 1 FROM {ORGANISATION} o WHERE o.id = c.holder_id"
_BY_TEXT = f"SELECT {_COLUMNS} FROM {CERTIFICATE} c"
_BY_NAME = f"SELECT {_COLUMNS} FROM {ORGANISATION} o JOIN {CERTIFICATE} c ON c.holder_id = o.id"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row after which a page begins (or, `backwards`, before which it ends)."""

    on: dt.date
    pk: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is asked. `words` are sought in names, scope and products; `product` in scope and products only."""

    words: tuple[Word, ...] = ()
    product: tuple[Word, ...] = ()
    projects: tuple[str, ...] = ()
    body_id: int | None = None
    holder_id: int | None = None
    division: str = ""
    status: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    oldest_first: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether something besides the words must hold of each certificate itself."""
        return bool(self.projects or self.body_id or self.holder_id or self.division or self.status) or bool(
            self.since or self.until
        )

    @property
    def conditions(self) -> tuple[tuple[Word, bool], ...]:
        """Every word with whether names count for it too."""
        return (*((word, True) for word in self.words), *((word, False) for word in self.product))


@dataclass(slots=True)
class Part:
    """A piece of SQL and its values, in step."""

    text: str = ""
    values: list[Any] = field(default_factory=list)

    def add(self, text: str, *values: Any) -> "Part":
        self.text = f"{self.text} {text}" if self.text else text
        self.values.extend(values)
        return self

    def add_part(self, other: "Part") -> "Part":
        return self.add(other.text, *other.values)


def area_part(prefix: str) -> Part:
    """Which divisions under `prefix` have certificates: one step into the index for each, however many they hold."""
    first, last = _range(prefix)
    return Part(_AREA, [first, last, last, MOST_COUNTIES + 1])


def walk_part(
    criteria: Criteria, *, today: dt.date, cursor: Cursor | None, wanted: int, divisions: Sequence[str] = ()
) -> Part:
    """Read certificates in order through an index and test each against the words, until `wanted` are found.

    `divisions`: those of area_part, instead of the range that they lie in. OFFSET 0 keeps the planner from turning the
    look-up of the holder into a join of two whole tables.
    """
    order = _order(criteria, cursor)
    most = WINDOW if criteria.conditions else wanted
    part = Part(_READ_IN_ORDER)
    for n, code in enumerate(divisions):
        where = _where([*_filters(replace(criteria, division=code), today), *_after(criteria, cursor)])
        part.add("UNION ALL" if n else "FROM (").add(_ONE_DIVISION).add_part(where).add(order).add("LIMIT %s)", most)
    if divisions:
        part.add(") c").add(order)
    else:
        where = _where([*_filters(criteria, today), *_after(criteria, cursor)])
        part.add(f"FROM {CERTIFICATE} c").add_part(where).add(order)
    part.add("LIMIT %s) c", most)
    if criteria.conditions:
        part.add(_WITH_HOLDER)
        for condition in (_contains(word, names) for word, names in criteria.conditions):
            part.add("AND").add_part(condition)
        part.add("OFFSET 0) m")
    return part.add(order).add("LIMIT %s", wanted)


def gather_part(
    criteria: Criteria, leader: int, *, today: dt.date, cursor: Cursor | None = None, wanted: int | None = None
) -> Part:
    """Fetch every match of the leading word through the GIN indexes, test the rest, then sort.

    Without `wanted` all matches come, unsorted: that is what a summary counts.
    """
    conditions = list(criteria.conditions)
    word, names = conditions.pop(leader)
    rest = [*_filters(criteria, today), *(_contains(other, with_names) for other, with_names in conditions)]
    holder = f"JOIN {ORGANISATION} o ON o.id = c.holder_id" if conditions else ""
    by_text = Part().add(_BY_TEXT).add(holder)
    by_text.add_part(_where([_indexed("c", word), *rest]))
    found = by_text
    if names:
        for way in [_indexed("o", word), *([_initials(word)] if word.initials else [])]:
            found = found.add("UNION").add_part(Part().add(_BY_NAME).add_part(_where([way, *rest])))
    if wanted is None:
        return found
    part = Part().add("SELECT * FROM (").add_part(found).add(") c").add_part(_where(_after(criteria, cursor)))
    return part.add(_order(criteria, cursor)).add("LIMIT %s", wanted)


def facet_part(found: Part, today: dt.date) -> Part:
    """Count `found` by effective status, project, division and body, and in all."""
    part = Part().add(
        "SELECT GROUPING(held, project_id, division_code, body_id), held, project_id, division_code, body_id, count(*)"
        " FROM (SELECT f.*, CASE WHEN f.status = ANY(%s) AND f.valid_to < %s THEN %s ELSE f.status END AS held FROM (",
        *([str(s) for s in RUNNING], today, str(Status.EXPIRED)),
    )
    part.add_part(found)
    return part.add(") f) g GROUP BY GROUPING SETS ((held), (project_id), (division_code), (body_id), ())")


def _filters(criteria: Criteria, today: dt.date) -> Iterable[Part]:
    if criteria.projects:
        yield _of("c.project_id", criteria.projects)
    if criteria.division:
        yield _in_division(criteria.division)
    if criteria.status:
        yield _holds(criteria.status, today)
    plain = {
        "c.body_id = %s": criteria.body_id,
        "c.holder_id = %s": criteria.holder_id,
        "c.listed_on >= %s": criteria.since,
        "c.listed_on <= %s": criteria.until,
    }
    yield from (Part(text, [value]) for text, value in plain.items() if value is not None)


def _in_division(prefix: str) -> Part:
    if len(prefix) == 6:
        return Part("c.division_code = %s", [prefix])
    return Part("c.division_code BETWEEN %s AND %s", list(_range(prefix)))


def _range(prefix: str) -> tuple[str, str]:
    return prefix.ljust(6, "0"), prefix.ljust(6, "9")


def _of(column: str, codes: tuple[str, ...]) -> Part:
    return Part(f"{column} = %s", [codes[0]]) if len(codes) == 1 else Part(f"{column} = ANY(%s)", [list(codes)])


def _holds(status: str, today: dt.date) -> Part:
    """rules.effective_status as a condition."""
    running = [str(s) for s in RUNNING]
    if status == Status.EXPIRED:
        return Part(
            "(c.status = %s OR (c.status = ANY(%s) AND c.valid_to < %s))", [str(Status.EXPIRED), running, today]
        )
    if status in running:
        return Part("(c.status = %s AND (c.valid_to IS NULL OR c.valid_to >= %s))", [status, today])
    return Part("c.status = %s", [status])


def _contains(word: Word, names: bool) -> Part:
    like = f"%{word.text}%"
    if not names:
        return Part("c.search_text LIKE %s", [like])
    part = Part("(o.search_text LIKE %s OR c.search_text LIKE %s", [like, like])
    if word.initials:
        part.add("OR o.initials LIKE %s", f"{word.text}%")
    return part.add(")")


def _indexed(alias: str, word: Word) -> Part:
    text = f"{alias}.search @@ %s::tsquery AND {alias}.search_text LIKE %s"
    return Part(text, [query_literal(word.text), f"%{word.text}%"])


def _initials(word: Word) -> Part:
    return Part("o.initials LIKE %s", [f"{word.text}%"])


def _after(criteria: Criteria, cursor: Cursor | None) -> list[Part]:
    if cursor is None:
        return []
    sign = ">" if criteria.oldest_first != cursor.backwards else "<"
    return [Part(f"(c.listed_on, c.id) {sign} (%s, %s)", [cursor.on, cursor.pk])]


def _order(criteria: Criteria, cursor: Cursor | None) -> str:
    backwards = cursor is not None and cursor.backwards
    way = "ASC" if criteria.oldest_first != backwards else "DESC"
    return f"ORDER BY c.listed_on {way}, c.id {way}"


def _where(conditions: Iterable[Part]) -> Part:
    part = Part()
    for condition in conditions:
        part.add("AND" if part.text else "WHERE").add_part(condition)
    return part
