"""Reference data: from apps/certifications/data/*.csv (see SOURCES.md there) into tables. Running it again is safe."""

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import models, transaction

from apps.audit.services import record
from apps.certifications.constants import UNVERIFIED
from apps.certifications.models import (
    CatalogueProduct,
    CatalogueVersion,
    IafSector,
    Industry,
    Project,
    Source,
    Standard,
)
from apps.certifications.services.schemes import load_scheme_rules
from apps.core.actors import Actor
from apps.parties.constants import OrganisationKind
from apps.parties.selectors.organisations import find_by_approval
from apps.parties.services.organisations import OrganisationFacts, record_organisation

DATA = Path(__file__).resolve().parents[1] / "data"
Row = dict[str, str]


def load_reference(*, actor: Actor, now: dt.datetime) -> dict[str, int]:
    """Insert what is new and update what changed; nothing is deleted, because certificates point at it.

    Returns rows per file. Called by `manage.py load_reference` and by the tests. One trail entry when run.
    """
    with transaction.atomic():
        counts = {name: _load(name, model, build) for name, model, build in _FILES}
        _link_standards()
        counts["catalogue_products"] = _load_products()
        counts["scheme_rules"] = load_scheme_rules()
        counts["certification_bodies"] = _load_bodies(actor, now)
        record(
            actor=actor,
            now=now,
            action="certifications.reference.load",
            subject_kind="reference",
            subject_id="all",
            after=dict(counts),
        )
    return counts


def read_rows(name: str) -> list[Row]:
    """The rows of one data file."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _load(name: str, model: type[models.Model], build: Callable[[Row], dict[str, Any]]) -> int:
    rows = [model(**build(row)) for row in read_rows(name)]
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    keep = [field for field in fields if field not in ("last_received_at", "replaced_by")]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=keep)
    return len(rows)


def _project(row: Row) -> dict[str, Any]:
    note = row["source_note"] if row["verified"] == "1" else UNVERIFIED + row["source_note"]
    return {
        "code": row["code"],
        "name": row["name"],
        "name_en": row["name_en"],
        "group": row["group"],
        "shape": int(row["shape"]),
        "compulsory": row["compulsory"] == "1",
        "source_note": note,
    }


def _standard(row: Row) -> dict[str, Any]:
    return {
        "code": row["code"],
        "title": row["title"],
        "title_en": row["title_en"],
        "effective_on": row["effective_on"] or None,
        "source_note": row["source_note"] or "一般知识",
    }


def _source(row: Row) -> dict[str, Any]:
    return {**row, "cadence_days": int(row["cadence_days"]), "authority": int(row["authority"])}


def _version(row: Row) -> dict[str, Any]:
    return {**row, "categories": int(row["categories"]), "products": int(row["products"])}


def _as_it_is(row: Row) -> dict[str, Any]:
    return dict(row)


_FILES: tuple[tuple[str, type[models.Model], Callable[[Row], dict[str, Any]]], ...] = (
    ("sources", Source, _source),
    ("projects", Project, _project),
    ("standards", Standard, _standard),
    ("iaf_sectors", IafSector, _as_it_is),
    ("industries", Industry, _as_it_is),
    ("catalogue_versions", CatalogueVersion, _version),
)


def _link_standards() -> None:
    """Second pass: a standard may be replaced by one that stands further down in the file."""
    for row in read_rows("standards"):
        if row["replaced_by"]:
            Standard.objects.filter(pk=row["code"]).update(replaced_by=row["replaced_by"])


def _load_products() -> int:
    rows = [
        CatalogueProduct(
            version_id=row["version"],
            serial=int(row["serial"]),
            code=row["code"],
            name=row["name"],
            category=row["category"],
        )
        for row in read_rows("catalogue_products")
    ]
    CatalogueProduct.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["version", "code"], update_fields=["serial", "name", "category"]
    )
    return len(rows)


def _load_bodies(actor: Actor, now: dt.datetime) -> int:
    """The real bodies, each once. One that is known under its approval number already is left as it is."""
    rows = read_rows("certification_bodies")
    for row in rows:
        if find_by_approval(row["approval"]) is None:
            facts = OrganisationFacts(kind=OrganisationKind.BODY, approval_number=row["approval"])
            record_organisation(actor=actor, now=now, name=row["name"], source="national", facts=facts)
    return len(rows)
