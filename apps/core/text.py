"""Text that strangers typed."""

import re

_UNKEPT = re.compile("[\0\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` with every control character replaced: a name in a log or a list is shown, never obeyed."""
    return "".join(ch if ch.isprintable() else "\ufffd" for ch in text)


def storable(text: str) -> str:
    """`text` with what PostgreSQL keeps in no text (NUL, half a surrogate pair) replaced by the mark of the unreadable.

    Every parameter, field, cookie and path argument comes through here (core.middleware), before any view reads it.
    """
    return _UNKEPT.sub("\ufffd", text)


def whole_number(text: str, *, digits: int = 18) -> int | None:
    """The number that ASCII digits say, as many as a key may have; None for any other text.

    `isdigit` alone says yes to "²", on which `int` breaks, and to digits that no page of ours writes.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
