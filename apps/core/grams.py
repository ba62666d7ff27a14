"""Search text: one folding, one cutting into bigrams, used by the writer and by the reader alike (ADR 0003).

A Chinese name is found by any two adjacent characters. The stored form is a `tsvector` of bigrams; the query is an
AND of the query's bigrams, followed by a re-check that the folded text really contains the folded query.
"""

import unicodedata
from collections.abc import Iterable

SEPARATOR = "\n"  # between the names of one record: no bigram spans it


def fold(text: str) -> str:
    """Width, case, spacing and punctuation removed: what two spellings of one name have in common."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).casefold() if ch.isalnum())


def fold_names(names: Iterable[str]) -> str:
    """The folded names of one record, each once, in order, joined by SEPARATOR."""
    return SEPARATOR.join(dict.fromkeys(folded for name in names if (folded := fold(name))))


def bigrams(folded: str) -> list[str]:
    """Every two adjacent characters of each line of `folded`, each once, in order of first appearance."""
    grams: dict[str, None] = {}
    for line in folded.split(SEPARATOR):
        for i in range(len(line) - 1):
            grams[line[i : i + 2]] = None
    return list(grams)


def vector_literal(folded: str) -> str:
    """`folded` as the text form of a tsvector. Folded text is alphanumeric, so no quoting can be needed."""
    return " ".join(f"'{gram}'" for gram in bigrams(folded))


def query_literal(folded: str) -> str:
    """The text form of a tsquery that every record containing `folded` satisfies; empty below two characters."""
    return " & ".join(f"'{gram}'" for gram in bigrams(folded))


def short_vector_literal(folded: str) -> str:
    """As `vector_literal`, with every single Chinese character besides: for short texts in which 铅 is a whole word."""
    return " ".join(f"'{gram}'" for gram in dict.fromkeys([*_characters(folded), *bigrams(folded)]))


def short_query_literal(folded: str) -> str:
    """The tsquery for `short_vector_literal`: bigrams, or the one Chinese character; empty for one Latin letter."""
    return query_literal(folded) if len(folded) > 1 else "".join(f"'{ch}'" for ch in _characters(folded))


def _characters(folded: str) -> list[str]:
    return [ch for ch in folded if not ch.isascii() and ch != SEPARATOR]
