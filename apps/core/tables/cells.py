"""Reading one cell of a list: free text, or which rule it breaks. Pure; a fault is returned, not raised."""

import unicodedata
from typing import NamedTuple

TEXT_LENGTH = 20_000
SHEET_ERRORS = frozenset({"#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})


class Fault(NamedTuple):
    """A broken rule; `code` is explained in problems (EVERY_LIST, or the list's own)."""

    code: str


def plain_text(text: str, length: int) -> str | Fault:
    """Free text of one line: blanks joined, invisible characters refused."""
    if not text.isprintable() or text[:1] == " " or text[-1:] == " ":
        text = " ".join(text.split())
        if fault := _unreadable(text):
            return fault
    if "\ufffd" in text:
        return Fault("encoding")
    if text in SHEET_ERRORS:
        return Fault("sheet_error")
    return Fault("too_long") if len(text) > length else text


def long_text(text: str, length: int = TEXT_LENGTH) -> str | Fault:
    """Free text that may have several lines (scope, products)."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    joined = "\n".join(line for line in lines if line)
    if fault := _unreadable(joined.replace("\n", " ")):
        return fault
    if "\ufffd" in joined:
        return Fault("encoding")
    if joined in SHEET_ERRORS:
        return Fault("sheet_error")
    return Fault("too_long") if len(joined) > length else joined


def _unreadable(text: str) -> Fault | None:
    if text.isprintable():
        return None
    bad = {unicodedata.category(ch) for ch in text if not ch.isprintable()}
    if "Cs" in bad:
        return Fault("encoding")
    return Fault("control") if "Cc" in bad else None


def looks_like_formula(text: str) -> bool:
    """A name or number that a spreadsheet would take for a formula."""
    return text[:1] in "=+-@" and text != ""
