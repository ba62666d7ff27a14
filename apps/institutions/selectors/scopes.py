"""Scopes as pages show them: rows with the state of their standards, versions, and what changed between two."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from apps.core.grams import fold
from apps.institutions.constants import ScopeState, StandardStatus
from apps.institutions.models import Institution, ScopeRow, ScopeVersion, Standard
from apps.institutions.rules.scope import Difference, Line, difference

OUTDATED = (StandardStatus.REPLACED, StandardStatus.WITHDRAWN)
_CHAIN = 6  # a standard replaced more often than this between two scopes is shown as dropped and added


@dataclass(frozen=True, slots=True)
class Warned:
    """A row, and the library's standard if it is no longer current."""

    row: ScopeRow
    standard: Standard | None


def scope_in_force(institution_id: int) -> ScopeVersion | None:
    return ScopeVersion.objects.filter(institution_id=institution_id, state=ScopeState.APPROVED).first()


def scope_shown(institution: Institution, n: int | None) -> ScopeVersion | None:
    """A version by its number; without one that in force, else the draft."""
    scopes = institution.scopes.exclude(state=ScopeState.DISCARDED).select_related("approved_by", "made_by")
    if n is not None:
        return scopes.filter(n=n).first()
    return scopes.filter(state=ScopeState.APPROVED).first() or scopes.filter(state=ScopeState.DRAFT).first()


def rows_of(scope: ScopeVersion, *, query: str = "", outdated: bool = False) -> QuerySet[ScopeRow]:
    """The rows in their order; `query` finds words in object, parameter or standard; `outdated` those to be renewed."""
    rows = ScopeRow.objects.filter(scope=scope).select_related("capability").order_by("n")
    for word in query.split()[:6]:
        text = fold(word)
        rows = rows.filter(
            Q(capability__object_text__contains=text)
            | Q(capability__parameter_text__contains=text)
            | Q(capability__standard_text__contains=text)
        )
    if outdated:
        rows = rows.filter(capability__standard__in=Standard.objects.filter(status__in=OUTDATED).values("code"))
    return rows


def outdated_count(scope: ScopeVersion) -> int:
    return rows_of(scope, outdated=True).count()


def warned(rows: Iterable[ScopeRow]) -> list[Warned]:
    """The rows of a page, each with its standard where the library knows that it is out of date."""
    listed = list(rows)
    codes = {row.capability.standard for row in listed}
    old = Standard.objects.filter(code__in=codes, status__in=OUTDATED).prefetch_related("replaced_by")
    known = {standard.code: standard for standard in old}
    return [Warned(row, known.get(row.capability.standard)) for row in listed]


def lines_of(scope: ScopeVersion) -> list[Line]:
    """A version as plain lines."""
    rows = (
        ScopeRow.objects.filter(scope=scope)
        .order_by("n")
        .values_list(
            *(f"capability__{name}" for name in ("field", "object", "parameter", "standard")),
            "clause",
            "capability__title",
            "restriction",
            "site",
        )
    )
    return [Line(*row) for row in rows]


def replacements(codes: Iterable[str]) -> dict[str, set[str]]:
    """Each code with all that came to replace it, over several generations."""
    found: dict[str, set[str]] = {code: set() for code in codes}
    frontier = {code: {code} for code in found}
    for _generation in range(_CHAIN):
        asked = {code for codes in frontier.values() for code in codes}
        pairs = Standard.objects.filter(code__in=asked, replaced_by__isnull=False).values_list(
            "code", "replaced_by__code"
        )
        following: dict[str, set[str]] = {}
        for old, new in pairs:
            following.setdefault(old, set()).add(new)
        if not following:
            break
        for code, current in frontier.items():
            frontier[code] = {new for old in current for new in following.get(old, ())} - found[code]
            found[code] |= frontier[code]
    return found


def compare(old: ScopeVersion | None, new: ScopeVersion) -> Difference:
    """What `new` adds, drops and changes; everything is added where there was nothing."""
    before = lines_of(old) if old else []
    return difference(before, lines_of(new), replacements({line.standard for line in before}))


def version_before(scope: ScopeVersion) -> ScopeVersion | None:
    """The version that was in force before this one, or that a draft would replace."""
    states = (ScopeState.APPROVED, ScopeState.SUPERSEDED)
    earlier = ScopeVersion.objects.filter(institution_id=scope.institution_id, state__in=states, n__lt=scope.n)
    return earlier.order_by("-n").first()
