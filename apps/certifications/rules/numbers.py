"""Certificate numbers and query tokens.

A number is defined by the certification body and cannot be parsed (DOMAIN.md, section 2): it is stored verbatim and
found by its key. A token stands in the QR code and the permalink, so it must not be guessable or sequential.
"""

import secrets
import unicodedata

# Crockford's base32: no I, L, O, U, so that a person can read it aloud and type it.
TOKEN_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # noqa: S105 - an alphabet
TOKEN_LENGTH = 12
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})

# Hyphen, non-breaking hyphen, figure and en and em dash, bar, minus, small and full-width hyphens. All mean "-" here.
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−⁃﹘﹣－", "-"))


def number_key(text: str) -> str:
    """`text` as one compares numbers: width, case, spacing and kind of hyphen removed; `/`, `-` and `.` are kept."""
    key = "".join(ch for ch in unicodedata.normalize("NFKC", text) if not _is_blank(ch))
    return unicodedata.normalize("NFKC", key.upper()).translate(_HYPHENS)


def _is_blank(ch: str) -> bool:
    """Spaces, controls and invisible format characters: what a copy from a sheet or a page drags along."""
    return ch.isspace() or unicodedata.category(ch) in ("Cc", "Cf", "Zs")


def new_token() -> str:
    """A fresh token: 12 characters, 60 random bits."""
    return "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))


def token_key(text: str) -> str:
    """A token as typed by a person: hyphens and spaces removed, O read as 0, I and L as 1."""
    return number_key(text).replace("-", "").translate(_MISREAD)


def spoken_token(token: str) -> str:
    """A token in groups of four, as the page shows it: 7Q4K-M2XD-9A1B."""
    return "-".join(token[i : i + 4] for i in range(0, len(token), 4))
