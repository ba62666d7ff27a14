"""Search of the register: words in names, scopes and products, with filters, newest first, at national size.

A word matches a certificate if its holder's names or its own scope and products contain it. Two ways find the same
rows (rules.plan says when each is fast); a walk that reads its whole window without filling the page falls back to
gathering, so that a word which only old certificates contain is found too.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from apps.certifications.rules.plan import BODY_SHARE, DIVISION_SHARE, STATUS_SHARE, WINDOW, Choice, Way, choose
from apps.certifications.rules.query import Word
from apps.certifications.selectors.frequencies import expect, total_certificates
from apps.certifications.selectors.listed import Listed, for_lists
from apps.certifications.selectors.matching import (
    MOST_COUNTIES,
    Criteria,
    Cursor,
    Part,
    area_part,
    facet_part,
    gather_part,
    walk_part,
)
from apps.core.patience import SearchTooSlow, bounded

PAGE_SIZE = 20
COUNTED = 1_000  # matches counted and summed up where a word is frequent
INLINE_MATCHES = 2_000.0  # up to so many expected matches the summary comes with the page
DIVISION_DIGITS = 6  # of a county; fewer are the beginning of the codes of an area


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results and the cursors of its neighbours. `summary_inline`: counting it all is cheap."""

    certificates: list[Listed]
    next: Cursor | None
    previous: Cursor | None
    summary_inline: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """How many matches, and how they divide.

    `capped`: only the newest COUNTED matches were looked at, there are more. `partial`: fewer were found, but only the
    newest WINDOW certificates were read, so there may be more.
    """

    total: int
    capped: bool = False
    partial: bool = False
    statuses: Counter[str] = field(default_factory=Counter)
    projects: Counter[str] = field(default_factory=Counter)
    divisions: Counter[str] = field(default_factory=Counter)
    bodies: Counter[int] = field(default_factory=Counter)


def search(
    criteria: Criteria,
    *,
    today: dt.date,
    cursor: Cursor | None = None,
    size: int = PAGE_SIZE,
    way: Way | None = None,
) -> Page:
    """One page. `way` forces a plan (tests and the bench); both give the same page."""
    with bounded():
        choice = _choice(criteria, wanted=size + 1)
        chosen = replace(choice, way=way) if way else choice
        ids = matching_ids(criteria, chosen, today=today, cursor=cursor, wanted=size + 1)
        more, ids = len(ids) > size, ids[:size]
        if cursor is not None and cursor.backwards:
            ids.reverse()
        certificates = for_lists(ids)
    return _page(certificates, more, cursor, summary_inline=_is_cheap(choice))


def summary(criteria: Criteria, *, today: dt.date, way: Way | None = None) -> Summary:
    """Count and divide the matches: all of them where they are gathered, else the newest COUNTED."""
    with bounded():
        choice = _choice(criteria, wanted=COUNTED + 1)
        gathers = bool(criteria.conditions) and (way or choice.way) == Way.GATHER
        found = (
            gather_part(criteria, choice.leader, today=today)
            if gathers
            else _walk(criteria, today=today, cursor=None, wanted=COUNTED + 1)
        )
        rows = _run(facet_part(found, today))
    complete = gathers or not criteria.conditions or total_certificates()[0] <= WINDOW
    return _summary(rows, complete=complete, capped_at=None if gathers else COUNTED)


def matching_ids(
    criteria: Criteria, choice: Choice, *, today: dt.date, cursor: Cursor | None, wanted: int
) -> list[int]:
    """The ids of the next `wanted` matches in reading order (reversed if the cursor goes backwards)."""
    if not criteria.conditions:
        part = _walk(criteria, today=today, cursor=cursor, wanted=wanted)
        return [row[0] for row in _run(part)]
    if choice.way == Way.WALK:
        part = _walk(criteria, today=today, cursor=cursor, wanted=wanted)
        ids = [row[0] for row in _run(part)]
        if len(ids) >= wanted:
            return ids
    part = gather_part(criteria, choice.leader, today=today, cursor=cursor, wanted=wanted)
    return [row[0] for row in _run(part)]


def _walk(criteria: Criteria, *, today: dt.date, cursor: Cursor | None, wanted: int) -> Part:
    """walk_part, division by division where the question is for all of a city or province."""
    divisions: list[str] = []
    if criteria.division and len(criteria.division) < DIVISION_DIGITS:
        divisions = [row[0] for row in _run(area_part(criteria.division))]
        divisions = divisions or [criteria.division.ljust(DIVISION_DIGITS, "0")]  # nowhere: read nothing, not all
    merged = divisions if len(divisions) <= MOST_COUNTIES else ()
    return walk_part(criteria, today=today, cursor=cursor, wanted=wanted, divisions=merged)


def _choice(criteria: Criteria, *, wanted: int) -> Choice:
    total, per_holder = total_certificates()
    words = [expect(word, names=names) for word, names in criteria.conditions]
    return choose(
        words,
        total=total,
        per_holder=per_holder,
        wanted=wanted,
        share=_share(criteria),
        reach=_reach(criteria),
        filtered=criteria.is_filtered,
    )


def _share(criteria: Criteria) -> float:
    return STATUS_SHARE.get(criteria.status, 1.0)


def _reach(criteria: Criteria) -> float:
    """The part of the register behind the index condition of the walk."""
    reach = DIVISION_SHARE.get(len(criteria.division), 1.0)
    if criteria.body_id:
        reach = min(reach, BODY_SHARE)
    return reach if not criteria.holder_id else min(reach, 1e-6)


def _is_cheap(choice: Choice) -> bool:
    return choice.way == Way.GATHER and choice.matches <= INLINE_MATCHES


def _page(certificates: list[Listed], more: bool, cursor: Cursor | None, *, summary_inline: bool) -> Page:
    if not certificates:
        return Page([], None, None, summary_inline)
    backwards = cursor is not None and cursor.backwards
    first, last = certificates[0], certificates[-1]
    onward = Cursor(last.listed_on, last.pk) if more or backwards else None
    back = (
        Cursor(first.listed_on, first.pk, backwards=True)
        if (cursor and not backwards) or (backwards and more)
        else None
    )
    return Page(certificates, onward, back, summary_inline)


def _run(part: Part) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(part.text, part.values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _summary(rows: list[tuple[Any, ...]], *, complete: bool, capped_at: int | None) -> Summary:
    """Rows of facet_part: (which grouping, status, project, division, body, count)."""
    total = next((row[5] for row in rows if row[0] == 15), 0)
    capped = capped_at is not None and total > capped_at
    made = Summary(capped_at if capped and capped_at else total, capped, partial=not complete and not capped)
    counters: dict[int, tuple[Counter[Any], int]] = {
        7: (made.statuses, 1),
        11: (made.projects, 2),
        13: (made.divisions, 3),
        14: (made.bodies, 4),
    }
    for row in rows:
        if row[0] in counters:
            counter, column = counters[row[0]]
            counter[row[column]] += row[5]
    return made


__all__ = [
    "COUNTED",
    "PAGE_SIZE",
    "Criteria",
    "Cursor",
    "Page",
    "SearchTooSlow",
    "Summary",
    "Word",
    "search",
    "summary",
]
