"""Reference data: complete where it says so, honest where it is not, and safe to load again."""

import datetime as dt

import pytest

from apps.audit.models import AuditEntry
from apps.certifications.models import (
    CatalogueProduct,
    CatalogueVersion,
    IafSector,
    Industry,
    Project,
    Source,
    Standard,
)
from apps.certifications.services.reference import load_reference, read_rows
from apps.core.actors import Actor
from apps.parties.selectors.organisations import find_by_approval

NOW = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
SYSTEM = Actor.system("test")

pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing_but_the_trail() -> None:
    first = load_reference(actor=SYSTEM, now=NOW)
    Source.objects.filter(pk="national").update(last_received_at=NOW)
    assert load_reference(actor=SYSTEM, now=NOW) == first
    assert Project.objects.count() == first["projects"]
    assert Source.objects.get(pk="national").last_received_at == NOW
    assert AuditEntry.objects.filter(action="certifications.reference.load").count() == 2


def test_all_sectors_letters_and_divisions_are_there() -> None:
    load_reference(actor=SYSTEM, now=NOW)
    assert list(IafSector.objects.order_by("code").values_list("code", flat=True)) == [f"{n:02d}" for n in range(1, 40)]
    assert Industry.objects.filter(parent_code="").count() == 20
    divisions = Industry.objects.exclude(parent_code="").values_list("code", flat=True)
    assert sorted(int(code[1:]) for code in divisions) == list(range(1, 98))


def test_what_is_not_verified_says_so() -> None:
    load_reference(actor=SYSTEM, now=NOW)
    verified = {project.code for project in Project.objects.all() if "未核实" not in project.source_note}
    reported = {"A010103", "A010202", "A020102", "A030102", "A100101", "C0299"}
    assert verified == {"A010101", "A020101", "A0501"} | reported


def test_both_editions_of_the_catalogue_are_dated_and_their_products_have_four_digits() -> None:
    load_reference(actor=SYSTEM, now=NOW)
    editions = CatalogueVersion.objects.order_by("effective_on").values_list("code", "categories", "products")
    assert list(editions) == [("2023", 16, 96), ("2024", 17, 106)]
    codes = CatalogueProduct.objects.values_list("code", flat=True)
    assert all(len(code) == 4 and code.isdigit() for code in codes)


@pytest.mark.parametrize(("edition", "categories", "products"), [("2023", 16, 96), ("2024", 17, 106)])
def test_the_catalogue_is_whole_and_numbered_without_a_gap(edition: str, categories: int, products: int) -> None:
    load_reference(actor=SYSTEM, now=NOW)
    rows = CatalogueProduct.objects.filter(version=edition).order_by("serial", "code")
    assert {row.serial for row in rows} == set(range(1, products + 1))
    assert len({(row.serial, row.name, row.category) for row in rows}) == products
    assert len({row.category for row in rows}) == categories


def test_the_later_edition_only_added_products() -> None:
    load_reference(actor=SYSTEM, now=NOW)
    old, new = (
        set(CatalogueProduct.objects.filter(version=edition).values_list("code", flat=True))
        for edition in ("2023", "2024")
    )
    added = {"0720", "1121", "1122", "2104", "2318", "2404", "2405", "2406", "2501", "2502"}
    assert old < new
    assert new - old == added


def test_replaced_standards_lead_to_their_successors() -> None:
    load_reference(actor=SYSTEM, now=NOW)
    assert Standard.objects.get(pk="GB/T 28001-2011").replaced_by_id == "GB/T 45001-2020"
    assert Standard.objects.get(pk="GB/T 19001-2016").replaced_by is None


def test_the_real_bodies_are_organisations() -> None:
    load_reference(actor=SYSTEM, now=NOW)
    for row in read_rows("certification_bodies"):
        found = find_by_approval(row["approval"])
        assert found is not None
        assert found.name == row["name"]
