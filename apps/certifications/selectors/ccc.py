"""The register of compulsory certification: certificates with their four parties, and two editions of the catalogue."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from apps.certifications.constants import Shape, Status
from apps.certifications.models import CatalogueProduct, CatalogueVersion, Certificate
from apps.certifications.rules import RUNNING

ROLES = ("applicant", "manufacturer", "factory")


def _somebody_in(prefix: str) -> Q:
    """Holder, applicant, manufacturer or factory lies in the area; the certificate itself may be of elsewhere."""
    found = Q(division_code__startswith=prefix) | Q(holder__division_code__startswith=prefix)
    for role in ROLES:
        found |= Q(**{f"ccc__{role}__division_code__startswith": prefix})
    return found


def ccc_register(prefix: str, *, state: str = "", code: str = "", on: dt.date) -> QuerySet[Certificate]:
    """CCC certificates that concern somebody in the area, those that end soonest first. `state`: a status as it stands
    today, swept or not."""
    rows = Certificate.objects.filter(_somebody_in(prefix), shape=Shape.CCC)
    if code:
        rows = rows.filter(ccc__product_code=code)
    if state == Status.EXPIRED:
        rows = rows.filter(Q(status=state) | Q(status__in=RUNNING, valid_to__lt=on))
    elif state:
        rows = rows.filter(status=state)
        rows = rows.exclude(valid_to__lt=on) if state in RUNNING else rows
    related = ("holder", "body", "project", "ccc__applicant", "ccc__manufacturer", "ccc__factory")
    return rows.select_related(*related).defer("search", "search_text").order_by("valid_to", "pk")


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the catalogue; `names` by product code."""

    code: str
    effective_on: dt.date
    announcement: str
    names: dict[str, str]


def editions() -> list[Edition]:
    """Every edition, the newest first."""
    names: dict[str, dict[str, str]] = {}
    for version, code, name in CatalogueProduct.objects.order_by("code").values_list("version_id", "code", "name"):
        names.setdefault(version, {})[code] = name
    rows = CatalogueVersion.objects.order_by("-effective_on")
    return [Edition(row.code, row.effective_on, row.announcement, names.get(row.code, {})) for row in rows]


def parties_with_code(code: str, prefix: str = "") -> set[int]:
    """Who is named on a running CCC certificate for the product code: holders and the three parties."""
    rows = Certificate.objects.filter(status__in=RUNNING, ccc__product_code=code)
    rows = rows.filter(_somebody_in(prefix)) if prefix else rows
    ids = rows.values_list("holder_id", *(f"ccc__{role}_id" for role in ROLES))
    return {pk for row in ids for pk in row if pk is not None}


def holders_with_industry(industries: Collection[str]) -> QuerySet[Certificate]:
    """Running certificates whose scope names one of the industries, or a class within it (GB:C3831 is of C38)."""
    wanted = Q(pk__in=[])
    for industry in industries:
        wanted |= Q(codes_text__contains=f'"GB:{industry}')
    rows = Certificate.objects.annotate(codes_text=Cast("scope_codes", TextField()))
    return rows.filter(wanted, status__in=RUNNING)
