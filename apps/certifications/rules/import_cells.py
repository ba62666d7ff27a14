"""Reading one cell: what it means, or which rule it breaks. Pure functions on text; a fault is returned, not raised.

Real sheets hold full-width digits, Excel serial dates, five ways to write a day, and text that looks like formulas.
"""

import datetime as dt
import re
import unicodedata
from typing import NamedTuple

from apps.certifications.constants import NATIONAL_STATUS, Status
from apps.certifications.rules.numbers import number_key
from apps.core.tables.cells import SHEET_ERRORS, Fault, looks_like_formula, plain_text
from apps.parties.rules.codes import UNUSABLE, check_org_code, normalise_uscc, org_code_of, uscc_is_valid
from apps.parties.rules.text import squeeze

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)
NUMBER_LENGTH, NAME_LENGTH, STANDARD_LENGTH = 64, 200, 300
_EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
_SERIAL = re.compile(r"([2-9]\d{4})(?:\.0+|\.\d+)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?")
_PARTS = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+[\d:.]+Z?)?")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_NUMBER = re.compile(r"[\w/\-.()\[\]（）【】〔〕+&:：#*·、,， －—–‐‑−]+")
_USUAL_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z/\-]{3,63}")  # is its own key
_APPROVAL = re.compile(r"CNCA-?(RF|R)-?(\d{4})-?(\d{2,4})")
_CODES_OF_STATUS = {**NATIONAL_STATUS, **{code.lstrip("0"): status for code, status in NATIONAL_STATUS.items()}}
_STATUS_WORDS: dict[str, Status] = {
    "有效": Status.VALID,
    "暂停": Status.SUSPENDED,
    "撤销": Status.REVOKED,
    "注销": Status.CANCELLED,
    "过期失效": Status.EXPIRED,
    "过期": Status.EXPIRED,
    "失效": Status.EXPIRED,
    **{status.value.upper(): status for status in Status},
}


class HolderCode(NamedTuple):
    """What a holder's code says: verbatim, as USCC if it is one, and the organisation code that joins records."""

    verbatim: str
    uscc: str | None
    org_code: str | None


def read_number(text: str) -> tuple[str, str] | Fault:
    """A certificate number: (verbatim, key)."""
    if _USUAL_NUMBER.fullmatch(text):
        return text, text
    value = plain_text(text, NUMBER_LENGTH)
    if isinstance(value, Fault) or not value:
        return value if isinstance(value, Fault) else Fault("required")
    if looks_like_formula(value):
        return Fault("formula")
    if _SCIENTIFIC.fullmatch(value) and "." in value:
        return Fault("number.digits_lost")
    if not _NUMBER.fullmatch(value):
        return Fault("number.characters")
    key = number_key(value)
    return (value, key) if key and len(key) <= NUMBER_LENGTH else Fault("number.characters")


def read_name(text: str) -> str | Fault:
    """The holder's name as printed on the certificate."""
    value = plain_text(text, NAME_LENGTH)
    if isinstance(value, Fault):
        return value
    if not value:
        return Fault("required")
    return Fault("formula") if looks_like_formula(value) else value


def read_holder_code(text: str, overridden: frozenset[str] = frozenset()) -> HolderCode | Fault:
    """A USCC, an old nine-character code, or a placeholder where the source knows no code.

    `overridden`: codes that fail their check but that staff have let pass with a reason.
    """
    verbatim = text.strip()
    if len(verbatim) == 18 and uscc_is_valid(verbatim):
        return HolderCode(verbatim, verbatim, verbatim[8:17])
    value = squeeze(verbatim.removesuffix(".0"))
    if not value:
        return Fault("required")
    if value in UNUSABLE or value in ("0", "-", "无", "/"):
        return HolderCode(verbatim[:40], None, None)
    if len(verbatim) > 40:
        return Fault("code.shape")
    return _uscc_of(verbatim, value, overridden) if len(value) == 18 else _old_code(verbatim, value)


def _uscc_of(verbatim: str, value: str, overridden: frozenset[str]) -> HolderCode | Fault:
    if uscc_is_valid(value) or value in overridden:
        return HolderCode(verbatim, value, org_code_of(value))
    return Fault("code.check" if normalise_uscc(value) else "code.shape")


def _old_code(verbatim: str, value: str) -> HolderCode | Fault:
    if org_code := org_code_of(value):
        return HolderCode(verbatim, None, org_code)
    problems = check_org_code(value).problems
    return Fault("code.check" if any(p.code == "org_code.check" for p in problems) else "code.shape")


def read_approval(text: str) -> str | Fault:
    """A certification body's approval number in its usual form."""
    if not text.strip():
        return Fault("required")
    found = _APPROVAL.fullmatch(squeeze(text))
    return f"CNCA-{found[1]}-{found[2]}-{found[3]}" if found else Fault("body.shape")


def read_status(text: str) -> Status | Fault:
    """A status by its national code (01, also 1 as a spreadsheet shortens it) or by its word."""
    value = squeeze(text).removesuffix(".0")
    if not value:
        return Fault("required")
    return _CODES_OF_STATUS.get(value) or _STATUS_WORDS.get(value) or Fault("status.unknown")


def read_shape(text: str) -> int | Fault | None:
    value = squeeze(text).removesuffix(".0").lstrip("0")
    if not value:
        return None
    return int(value) if value in ("1", "2", "3", "4") else Fault("shape.unknown")


def read_division(text: str) -> str | Fault:
    value = squeeze(text).removesuffix(".0")
    if not value:
        return ""
    return value if len(value) == 6 and value.isascii() and value.isdigit() else Fault("division.shape")


def read_date(text: str) -> dt.date | Fault | None:
    """A day written as 2025-03-08, 2025/3/8, 2025.3.8, 20250308, 2025年3月8日 or as an Excel serial. Empty: None."""
    value = unicodedata.normalize("NFKC", text).strip()
    if not value:
        return None
    if value in SHEET_ERRORS:
        return Fault("sheet_error")
    found = _PARTS.fullmatch(value) or _COMPACT.fullmatch(value)
    if found:
        return _day(*map(int, found.groups()))
    if serial := _SERIAL.fullmatch(value):
        return _in_range(_EXCEL_DAY_ZERO + dt.timedelta(days=int(serial[1])))
    return Fault("date.shape")


def _day(year: int, month: int, day: int) -> dt.date | Fault:
    try:
        return _in_range(dt.date(year, month, day))
    except ValueError:
        return Fault("date.impossible")


def _in_range(day: dt.date) -> dt.date | Fault:
    return day if EARLIEST <= day <= LATEST else Fault("date.range")
