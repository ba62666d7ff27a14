"""Divisions by code. The table changes once a year, so each process reads it once."""

from django.conf import settings
from django.utils.translation import get_language
from pypinyin import lazy_pinyin

from apps.accounts.rules import scope_prefix
from apps.core.keeping import FOR_GOOD, Kept, forgotten_with_all
from apps.parties.constants import DivisionLevel
from apps.parties.models import Division, Jurisdiction
from apps.parties.rules.divisions import ENGLISH, follow

Table = tuple[dict[str, str], dict[str, list[list[object]]]]
_ASK_AGAIN = 5.0  # seconds after which an empty table is read again: load_divisions may run in another process
_kept_counties: dict[str, list[str]] = {}


def _read() -> Table:
    """(names by code, successors of repealed codes)."""
    names, repealed = {}, {}
    for code, name, until, successors in Division.objects.values_list("code", "name", "until", "successors"):
        names[code] = name
        if until is not None:
            repealed[code] = successors
    names.update(Jurisdiction.objects.values_list("code", "name"))
    return names, repealed


_names = Kept(_read, lambda table: FOR_GOOD if table[0] else _ASK_AGAIN)


@forgotten_with_all
def forget() -> None:
    """Drop what the process remembers (after load_divisions)."""
    _names.forget()
    _kept_counties.clear()


def division_name(code: str, language: str | None = None) -> str:
    """The name of a division or jurisdiction, current or repealed; the code itself if unknown, "" for ""."""
    name = _names()[0].get(code)
    if name is None:
        return code
    if (language or get_language() or "").startswith("en"):
        return ENGLISH.get(code) or " ".join(lazy_pinyin(name)).title()
    return name


def place_name(division_code: str, jurisdiction_code: str = "", language: str | None = None) -> str:
    """The area that supervises: the development zone if there is one, else the division."""
    return division_name(jurisdiction_code or division_code, language)


def current_codes(code: str) -> tuple[str, ...]:
    """The codes in use that cover the area of `code` today: 522201 -> (520602, 520603), 520621 -> (520621,)."""
    return follow(code, _names()[1])


def known_division_codes() -> frozenset[str]:
    """Every six-digit code, current and repealed (for resident identity numbers)."""
    return frozenset(code for code in _names()[0] if len(code) == 6 and code.isdigit())


def county_choices(language: str | None = None) -> list[tuple[str, str]]:
    """(code, name) of the counties of the jurisdiction that this installation serves, in code order."""
    return [(code, division_name(code, language)) for code in _counties(scope_prefix(settings.HOME_DIVISION))]


def _counties(prefix: str) -> list[str]:
    found = _kept_counties.get(prefix)
    if not found:
        rows = Division.objects.filter(code__startswith=prefix, level=DivisionLevel.COUNTY, until=None)
        found = _kept_counties[prefix] = list(rows.order_by("code").values_list("code", flat=True))
    return found


def jurisdiction_choices(language: str | None = None) -> list[tuple[str, str]]:
    """(code, name) of the development zones."""
    codes = Jurisdiction.objects.order_by("code").values_list("code", flat=True)
    return [(code, division_name(code, language)) for code in codes]
