"""How frequent a bigram is, as PostgreSQL's own statistics know it: no counting, one query every few minutes."""

from dataclasses import dataclass

from django.db import connection

from apps.certifications.models import Certificate
from apps.certifications.rules.plan import Expected
from apps.certifications.rules.query import Word
from apps.core.grams import bigrams
from apps.core.keeping import Kept

KEEP_SECONDS = 300
INITIALS_ASKED = 2_000  # initials have no statistics by prefix; a short index scan counts up to this

CERTIFICATE: str = Certificate._meta.db_table
ORGANISATION: str = Certificate._meta.get_field("holder").related_model._meta.db_table

_STATISTICS = """
SELECT c.relname, c.reltuples, s.most_common_elems::text::text[], s.most_common_elem_freqs
FROM pg_class c LEFT JOIN pg_stats s ON s.schemaname = c.relnamespace::regnamespace::text
    AND s.tablename = c.relname AND s.attname = 'search'
WHERE c.oid IN (%s::regclass, %s::regclass)
"""


@dataclass(frozen=True, slots=True)
class Statistics:
    """`frequency` of each common bigram of a table, 0 to 1; `rare` bounds the frequency of any other."""

    rows: float
    frequency: dict[str, float]
    rare: float

    def expect(self, word: str) -> float:
        """Rows that contain the word: as many as contain its rarest bigram, at most."""
        shares = [self.frequency.get(gram, self.rare) for gram in bigrams(word)]
        return self.rows * min(shares, default=0.0)


NOTHING_KNOWN = Statistics(0, {}, 0.0)


def _read() -> dict[str, Statistics]:
    """Statistics of both tables."""
    with connection.cursor() as cursor:
        cursor.execute(_STATISTICS, [CERTIFICATE, ORGANISATION])
        return {name: _statistics(rows, grams, shares) for name, rows, grams, shares in cursor.fetchall()}


statistics = Kept(_read, lambda _found: KEEP_SECONDS)


def _statistics(rows: float, grams: list[str] | None, shares: list[float] | None) -> Statistics:
    if rows <= 0 or not grams or not shares:
        return Statistics(max(rows, 0), {}, 0.0)
    frequency = dict(zip(grams, shares, strict=False))  # the list of shares ends with its own minimum and maximum
    return Statistics(rows, frequency, min(frequency.values()))


def expect(word: Word, *, names: bool) -> Expected:
    """How many rows a word may find; `names` False for a word that is asked of scope and products only."""
    known = statistics()
    certificates = known.get(CERTIFICATE, NOTHING_KNOWN).expect(word.text)
    if not names:
        return Expected(0.0, certificates)
    organisations = known.get(ORGANISATION, NOTHING_KNOWN).expect(word.text)
    return Expected(organisations + (_with_initials(word.text) if word.initials else 0), certificates)


def total_certificates() -> tuple[int, float]:
    """About how many certificates there are, and how many a holder has on average."""
    known = statistics()
    total = known.get(CERTIFICATE, NOTHING_KNOWN).rows
    holders = known.get(ORGANISATION, NOTHING_KNOWN).rows
    return int(total), total / holders if holders else 1.0


def _with_initials(word: str) -> int:
    parts = ["SELECT count(*) FROM (SELECT 1 FROM", ORGANISATION, "WHERE initials LIKE %s LIMIT %s) found"]
    with connection.cursor() as cursor:
        cursor.execute(" ".join(parts), [f"{word}%", INITIALS_ASKED])
        return int(cursor.fetchone()[0])
