"""Certificate numbers: defined by the certification body and not to be parsed.

A number is stored verbatim and found by its key.
"""

import unicodedata

# Hyphen, non-breaking hyphen, figure and en and em dash, bar, minus, small and full-width hyphens. All mean "-" here.
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−⁃﹘﹣－", "-"))


def number_key(text: str) -> str:
    """`text` as one compares numbers: width, case, spacing and kind of hyphen removed; `/`, `-` and `.` are kept."""
    key = "".join(ch for ch in unicodedata.normalize("NFKC", text) if not _is_blank(ch))
    return unicodedata.normalize("NFKC", key.upper()).translate(_HYPHENS)


def _is_blank(ch: str) -> bool:
    """Spaces, controls and invisible format characters: what a copy from a sheet or a page drags along."""
    return ch.isspace() or unicodedata.category(ch) in ("Cc", "Cf", "Zs")
