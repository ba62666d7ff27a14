"""What a holder may ask about: its own certificates, what stands on one, and the catalogue of a day."""

import datetime as dt

from django.db.models import QuerySet

from apps.certifications.models import CatalogueProduct, CatalogueVersion, Certificate


def certificates_held(organisation_id: int) -> QuerySet[Certificate]:
    """Every certificate of an organisation, newest first, with its body."""
    held = Certificate.objects.filter(holder_id=organisation_id).select_related("body", "project")
    return held.order_by("-listed_on", "-pk")


def certificate_held(organisation_id: int, certificate_id: int) -> Certificate | None:
    """One certificate, if the organisation holds it."""
    return certificates_held(organisation_id).filter(pk=certificate_id).first()


def written_at(certificate: Certificate, place: str) -> str:
    """What stands at a place of the certificate, as text; a date as 2026-01-31."""
    value = getattr(certificate, place)
    return "" if value is None else value.isoformat() if isinstance(value, dt.date) else str(value)


def catalogue_on(day: dt.date) -> list[tuple[str, str]]:
    """(code, name) of every product in the edition of the CCC catalogue that holds on a day; none before the first."""
    version = CatalogueVersion.objects.filter(effective_on__lte=day).order_by("-effective_on").first()
    if version is None:
        return []
    return list(CatalogueProduct.objects.filter(version=version).order_by("code").values_list("code", "name"))
