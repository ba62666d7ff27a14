"""What changed in the CCC catalogue, whom it affects, and the editions side by side."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.certifications.models import Certificate
from apps.certifications.selectors.ccc import Edition, editions, holders_with_industry, parties_with_code
from apps.parties.models import Organisation
from apps.parties.selectors.organisations import organisations_in
from apps.schemes.constants import ChangeKind
from apps.schemes.models import CatalogueChange

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Compared:
    """Two editions: what the newer has besides, what it has no more; (code, name)."""

    newer: Edition
    older: Edition
    added: list[tuple[str, str]]
    removed: list[tuple[str, str]]

    @property
    def unchanged(self) -> int:
        return len(self.newer.names.keys() & self.older.names.keys())


def compared(newer: str = "", older: str = "") -> Compared | None:
    """The newest edition beside the one before it, or the two that are named. None if there are no two."""
    found = editions()
    by_code = {edition.code: edition for edition in found}
    if newer or older:
        if newer not in by_code or older not in by_code:
            raise Http404
        first, second = by_code[newer], by_code[older]
    elif len(found) > 1:
        first, second = found[0], found[1]
    else:
        return None
    added = [(code, name) for code, name in first.names.items() if code not in second.names]
    removed = [(code, name) for code, name in second.names.items() if code not in first.names]
    return Compared(first, second, added, removed)


def parties_of(certificate: Certificate) -> list[tuple[list[Words], str]]:
    """The roles of each organisation on a CCC certificate: mostly one has them all, and is named once."""
    ccc = getattr(certificate, "ccc", None)
    named: list[tuple[Words, Organisation | None]] = [(_("持证人"), certificate.holder)]
    if ccc is not None:
        named += [(_("认证委托人"), ccc.applicant), (_("生产者"), ccc.manufacturer), (_("生产企业"), ccc.factory)]
    found: dict[int, tuple[list[Words], str]] = {}
    for role, organisation in named:
        if organisation is not None:
            found.setdefault(organisation.pk, ([], organisation.name))[0].append(role)
    return list(found.values())


def changes() -> QuerySet[CatalogueChange]:
    """Every change, the latest day first; those without a verified day last."""
    return CatalogueChange.objects.order_by(F("compulsory_from").desc(nulls_last=True), "code", "pk")


def get_change(pk: int) -> CatalogueChange:
    """A change, or 404."""
    found = CatalogueChange.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def change_note(change: CatalogueChange) -> str:
    return change.note_en if (get_language() or "").startswith("en") and change.note_en else change.note


@dataclass(frozen=True, slots=True)
class Affected:
    """An organisation that a change reaches. `sure`: it is named on a CCC certificate for the code; else its industry
    makes it possible."""

    organisation: Organisation
    sure: bool


def affected_ids(change: CatalogueChange) -> dict[int, bool]:
    """Whom a change reaches, and whether surely. By codes alone: the product code, or the industry of a certificate."""
    found = dict.fromkeys(parties_with_code(change.code), True)
    if change.kind == ChangeKind.REMOVED:
        return found
    for pk in holders_with_industry(change.industries.split()).values_list("holder_id", flat=True).distinct():
        found.setdefault(pk, False)
    return found


def affected_by(change: CatalogueChange, prefix: str) -> list[Affected]:
    """Those of the area, the sure ones first."""
    ids = affected_ids(change)
    rows = organisations_in(ids, prefix)
    return sorted((Affected(row, ids[row.pk]) for row in rows), key=lambda one: (not one.sure, one.organisation.name))


def changes_by_id(ids: Iterable[int]) -> dict[int, CatalogueChange]:
    return CatalogueChange.objects.in_bulk(list(ids))


def names_of(ids: Collection[int]) -> dict[int, str]:
    """The names of organisations, for messages to themselves."""
    return {row.pk: row.name for row in organisations_in(ids, "")}
