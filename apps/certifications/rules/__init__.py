"""What the law and the certification rules say about certificates: pure functions and tables, no clock, no database."""

from apps.certifications.rules.freshness import is_stale, stale_after
from apps.certifications.rules.numbers import number_key
from apps.certifications.rules.periods import (
    day_after,
    days_left,
    longest_suspension,
    next_validity,
    surveillance_due,
)
from apps.certifications.rules.status import (
    FINAL,
    MOVES,
    RUNNING,
    Move,
    effective_status,
    legal_basis,
    may_move,
    may_renew,
    move,
    moves_from,
    status_on,
)
from apps.certifications.rules.words import StatusWords, consequence, next_legal_step, status_words
from apps.core.tokens import TOKEN_ALPHABET, new_token, spoken_token, token_key

__all__ = [
    "FINAL",
    "MOVES",
    "RUNNING",
    "TOKEN_ALPHABET",
    "Move",
    "StatusWords",
    "consequence",
    "day_after",
    "days_left",
    "effective_status",
    "is_stale",
    "legal_basis",
    "longest_suspension",
    "may_move",
    "may_renew",
    "move",
    "moves_from",
    "new_token",
    "next_legal_step",
    "next_validity",
    "number_key",
    "spoken_token",
    "stale_after",
    "status_on",
    "status_words",
    "surveillance_due",
    "token_key",
]
