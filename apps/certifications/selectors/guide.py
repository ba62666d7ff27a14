"""What the guided choice asks of the registry: the catalogue on a day, and who is certified in a county."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from apps.certifications.constants import Status
from apps.certifications.models import CatalogueProduct, CatalogueVersion, Certificate
from apps.certifications.selectors.certificate_page import public_holder_name

MOST = 5_000  # certificates of one county that are looked at


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A product code of one edition."""

    code: str
    name: str
    version: str
    announcement: str


def edition_on(day: dt.date) -> CatalogueVersion | None:
    """The edition of the catalogue that holds on the day."""
    return CatalogueVersion.objects.filter(effective_on__lte=day).order_by("-effective_on").first()


def catalogue_entry(code: str, day: dt.date) -> CatalogueEntry | None:
    """The product of the edition of the day; None if it is not listed."""
    edition = edition_on(day)
    found = CatalogueProduct.objects.filter(version=edition, code=code).first() if edition else None
    if edition is None or found is None:
        return None
    return CatalogueEntry(found.code, found.name, edition.code, edition.announcement)


@dataclass(frozen=True, slots=True)
class CertifiedRow:
    """One valid certificate as the public sees it."""

    group: str
    holder_id: int
    public_name: str
    token: str
    scope_codes: list[str]
    product_code: str


def certified_in(divisions: Collection[str], day: dt.date) -> Iterator[CertifiedRow]:
    """The valid certificates of a county, newest first, names masked as in every public list."""
    rows = Certificate.objects.filter(division_code__in=divisions, status=Status.VALID, valid_to__gte=day)
    rows = rows.select_related("holder", "project", "ccc").defer("search", "search_text")
    for row in rows.order_by("-listed_on", "-pk")[:MOST]:
        ccc = getattr(row, "ccc", None)
        code = ccc.product_code if ccc is not None else ""
        yield CertifiedRow(
            row.project.group, row.holder_id, public_holder_name(row), row.token, list(row.scope_codes), code
        )


def latest_codes(holder_id: int) -> list[str]:
    """The scope codes of the holder's newest certificate that has any."""
    rows = Certificate.objects.filter(holder_id=holder_id).exclude(scope_codes=[]).order_by("-listed_on", "-pk")
    return list(rows.values_list("scope_codes", flat=True).first() or [])


def latest_product_code(holder_id: int) -> str:
    """The product code of the holder's newest CCC certificate."""
    rows = Certificate.objects.filter(holder_id=holder_id, ccc__isnull=False).order_by("-listed_on", "-pk")
    return rows.values_list("ccc__product_code", flat=True).first() or ""
