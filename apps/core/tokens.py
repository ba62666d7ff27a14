"""Tokens of permalinks and QR codes: not to be guessed, not sequential, and fit to be read out on the telephone."""

import secrets
import unicodedata

# Crockford's base32: no I, L, O, U, so that a person can read it aloud and type it.
TOKEN_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # noqa: S105 - an alphabet
TOKEN_LENGTH = 12
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_token() -> str:
    """A fresh token: 12 characters, 60 random bits."""
    return "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))


def token_key(text: str) -> str:
    """A token as typed by a person: everything but letters and digits removed, O read as 0, I and L as 1."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(ch for ch in plain if ch.isalnum()).translate(_MISREAD)


def spoken_token(token: str) -> str:
    """A token in groups of four, as the page shows it: 7Q4K-M2XD-9A1B."""
    return "-".join(token[i : i + 4] for i in range(0, len(token), 4))
