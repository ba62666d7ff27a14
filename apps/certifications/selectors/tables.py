"""The reference tables as the public reads them: what the portal knows, from where, and how much of it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from apps.certifications.models import (
    CatalogueProduct,
    CatalogueVersion,
    IafSector,
    Industry,
    Project,
    Source,
    Standard,
)


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the CCC catalogue with all its codes."""

    serial: int
    category: str
    name: str
    codes: list[str]


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of the CCC catalogue. `version.products` is how many it has, `products` those that are known here."""

    version: CatalogueVersion
    products: list[Product]


def all_projects() -> QuerySet[Project]:
    return Project.objects.order_by("code")


def all_standards() -> QuerySet[Standard]:
    return Standard.objects.select_related("replaced_by").order_by("code")


def all_sectors() -> QuerySet[IafSector]:
    return IafSector.objects.order_by("code")


def all_industries() -> QuerySet[Industry]:
    return Industry.objects.order_by("code")


def all_sources() -> QuerySet[Source]:
    return Source.objects.order_by("authority", "code")


def editions() -> list[Edition]:
    """Every edition of the catalogue, the newest first, its products in the order of the announcement."""
    found: dict[str, dict[int, Product]] = {}
    for row in CatalogueProduct.objects.order_by("version", "serial", "code"):
        products = found.setdefault(row.version_id, {})
        products.setdefault(row.serial, Product(row.serial, row.category, row.name, [])).codes.append(row.code)
    return [
        Edition(version, list(found.get(version.pk, {}).values()))
        for version in CatalogueVersion.objects.order_by("-effective_on")
    ]
