"""Entering a certificate by hand over HTTP: four shapes, known and new holders, every problem at its field."""

import json
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.audit.models import AuditEntry, PublicFact
from apps.certifications.constants import Shape
from apps.certifications.models import CatalogueProduct, CatalogueVersion, Certificate, IafSector
from apps.parties.models import Organisation
from apps.parties.rules.codes import make_uscc
from tests import factories

pytestmark = pytest.mark.django_db
PROJECTS = {Shape.MANAGEMENT: "A010101", Shape.CCC: "B0101", Shape.FOOD: "B0301", Shape.INDUSTRIAL: "B0401"}
GOOD = make_uscc("520602", "MA6DL000")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def reference() -> None:
    factories.source("manual")
    for shape, code in PROJECTS.items():
        factories.project(code, shape)
    IafSector.objects.create(code="03", name="食品", name_en="Food")
    edition = CatalogueVersion.objects.create(code="2024", effective_on="2024-12-31", categories=17, products=106)
    CatalogueProduct.objects.create(version=edition, serial=20, code="0702", name="电风扇", category="家用")


@pytest.fixture
def clerk() -> Client:
    return signed_in(factories.staff(Role.WINDOW_CLERK))


def address(shape: int = Shape.MANAGEMENT) -> str:
    return reverse("certifications:enter", args=[shape])


def body() -> Organisation:
    known = Organisation.objects.filter(approval_number="CNCA-R-2026-901").first()
    return known or factories.body("CNCA-R-2026-901")


def typed(shape: int = Shape.MANAGEMENT, **fields: Any) -> dict[str, Any]:
    defaults = {
        "project": PROJECTS[Shape(shape)],
        "body": fields.get("body") or body().pk,
        "number": "2026010702358369" if shape == Shape.CCC else "00126Q1R0S",
        "issued_on": "2026-03-18",
        "valid_from": "2026-03-18",
        "valid_to": "2029-03-17",
    }
    return {**defaults, **fields}


def errors(response: HttpResponse) -> dict[str, list[str]]:
    assert response.status_code == 422
    form = response.context["form"]
    for name, faults in form.errors.items():
        for fault in faults:
            assert fault in response.content.decode().replace("&#x27;", "'"), f"{name} shows no {fault}"
    return {name: list(faults) for name, faults in form.errors.items()}


def made(response: HttpResponse) -> Certificate:
    assert response.status_code == 302, response.context["form"].errors
    return Certificate.objects.get(pk=int(response.headers["Location"].rstrip("/").rsplit("/", 1)[-1]))


def test_the_first_page_leads_to_the_four_kinds(clerk: Client) -> None:
    page = clerk.get(reverse("certifications:enter_start")).content.decode()
    assert all(address(shape) in page for shape in Shape.values)
    assert clerk.get("/registry/staff/").content.decode().count(reverse("certifications:enter_start")) == 1
    assert clerk.get(reverse("certifications:enter", args=[9])).status_code == 404
    officer = signed_in(factories.staff(Role.OFFICER))
    assert officer.get(address()).status_code == 403
    assert reverse("certifications:enter_start") not in officer.get("/registry/staff/").content.decode()


def test_a_management_certificate_with_sites_and_codes(clerk: Client) -> None:
    holder = factories.organisation("示例·梵净茶业有限公司", uscc=GOOD, org_code=GOOD[8:17])
    sites = "示例路1号|总部|加工|\n示例路2号\t车间\n"
    extra = {"holder": GOOD, "scope": "绿茶", "scope_codes": "iaf:03", "sites": sites, "headcount": "35"}
    certificate = made(clerk.post(address(), typed(**extra)))
    assert (certificate.holder, certificate.scope_codes) == (holder, ["IAF:03"])
    assert certificate.management.headcount == 35
    assert list(certificate.sites.order_by("pk").values_list("address", "name", "activity")) == [
        ("示例路1号", "总部", "加工"),
        ("示例路2号", "车间", ""),
    ]
    assert AuditEntry.objects.get(action="certifications.certificate.record").actor_label
    assert json.loads(PublicFact.objects.get().payload)["pub"]["holder"] == GOOD
    assert Client().get(f"/c/{certificate.token}").status_code == 200


def test_the_other_three_shapes(clerk: Client) -> None:
    holder = factories.organisation()
    works = factories.organisation("示例·另一家工厂")
    ccc = {"holder": f"#{holder.pk}", "product_code": "0702", "product_name": "电风扇", "factory": "另一家工厂"}
    certificate = made(clerk.post(address(Shape.CCC), typed(Shape.CCC, **ccc)))
    assert (certificate.ccc.product_code, certificate.ccc.factory) == ("0702", works)
    assert certificate.ccc.manufacturer == holder
    food = {"holder": holder.name, "lines": "绿茶|示例村|1,200.5|3.25|吨\n红茶", "number": "9901OP2600001"}
    certificate = made(clerk.post(address(Shape.FOOD), typed(Shape.FOOD, **food)))
    lines = certificate.product_lines.order_by("pk").values_list("product", "area_mu", "output", "output_unit")
    assert [tuple(map(str, line)) for line in lines] == [
        ("绿茶", "1200.50", "3.250", "吨"),
        ("红茶", "None", "None", ""),
    ]
    industrial = {"holder": holder.name, "product_name": "水泥", "mode": "型式试验", "number": "V-1"}
    certificate = made(clerk.post(address(Shape.INDUSTRIAL), typed(Shape.INDUSTRIAL, **industrial)))
    assert certificate.industrial.mode == "型式试验"


def test_a_county_finds_by_name_its_own_and_by_code_everybody() -> None:
    at = factories.unit("jiangkou", "520621")
    clerk = signed_in(factories.staff(Role.WINDOW_CLERK, at=at))
    here = factories.organisation("示例·江口梵净茶业", division_code="520621")
    there = factories.organisation("示例·松桃梵净茶业", division_code="520628", uscc=GOOD, org_code=GOOD[8:17])
    assert made(clerk.post(address(), typed(holder="梵净茶业"))).holder == here
    refused = clerk.post(address(), typed(holder="松桃梵净", number="B-2"))
    assert "辖区外的请填写代码" in errors(refused)["holder"][0]
    assert there.name not in refused.content.decode()
    assert made(clerk.post(address(), typed(holder=GOOD, number="B-3", division_code="520621"))).holder == there


def test_a_new_holder_is_recorded_with_it_or_not_at_all(clerk: Client) -> None:
    new = {"new_name": "示例·新办茶厂", "new_kind": "enterprise", "new_uscc": GOOD, "new_division_code": ""}
    wrong = errors(clerk.post(address(), typed(**new, valid_to="2026-01-01")))
    assert set(wrong) == {"valid_to"}
    assert not Organisation.objects.filter(name="示例·新办茶厂").exists()
    certificate = made(clerk.post(address(), typed(**new)))
    assert (certificate.holder.uscc, certificate.holder_name) == (GOOD, "示例·新办茶厂")
    assert AuditEntry.objects.filter(action="parties.organisation.record").exists()


def test_a_code_that_fails_its_check_needs_a_reason_and_the_permission(clerk: Client) -> None:
    bad = GOOD[:-1] + ("7" if GOOD[-1] != "7" else "8")
    new = {"new_name": "示例·校验不符茶厂", "new_kind": "enterprise", "new_uscc": bad}
    assert "new_uscc" in errors(clerk.post(address(), typed(**new)))
    reason = {"new_override_reason": "已核对执照原件"}
    supervisor = signed_in(factories.staff(Role.SUPERVISOR))
    assert "new_uscc" in errors(supervisor.post(address(), typed(**new, **reason)))
    certificate = made(clerk.post(address(), typed(**new, **reason)))
    assert certificate.holder.code_override_reason == "已核对执照原件"


def test_every_problem_stands_at_its_field_and_the_input_is_kept(clerk: Client) -> None:
    factories.certificate(number="00126Q1R0S", body=body())
    two = [factories.organisation(f"示例·同名茶业{n}号") for n in (1, 2)]
    faulty = {
        "holder": "同名茶业",
        "issued_on": "2999-01-01",
        "scope_codes": "IAF:99 XX",
        "sites": "|只有名称\n路1号|a|b|999999\n路2号|a|b||e",
        "headcount": "-1",
        "main": "NONE-1",
    }
    found = errors(clerk.post(address(), typed(**faulty)))
    assert set(found) == {"holder", "scope_codes", "sites", "headcount", "main"}
    assert all(row.name in found["holder"][0] for row in two)
    assert [fault[:5] for fault in found["sites"]] == ["第 1 行", "第 2 行", "第 3 行"]
    mended = {**faulty, "holder": two[0].name, "scope_codes": "", "sites": "", "headcount": "", "main": ""}
    response = clerk.post(address(), typed(**mended))
    assert set(errors(response)) == {"number", "issued_on"}  # what only the service knows
    page = response.content.decode()
    assert 'value="2999-01-01"' in page
    assert f'value="{two[0].name}"' in page
    assert not AuditEntry.objects.filter(action__startswith="certifications").exists()


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({}, {"holder"}),
        ({"holder": "查无此厂"}, {"holder"}),
        ({"holder": "#999999999"}, {"holder"}),
        ({"new_name": "示例·甲", "holder": "HOLDER"}, {"new_name"}),
        ({"holder": "HOLDER", "body": "0"}, {"body"}),
        ({"holder": "HOLDER", "project": "B0101"}, {"project"}),
        ({"holder": "HOLDER", "valid_to": ""}, {"valid_to"}),
        ({"holder": "HOLDER", "division_code": "52"}, {"division_code"}),
    ],
)
def test_faulty_input_is_refused_where_it_was_typed(clerk: Client, fields: dict[str, Any], at: set[str]) -> None:
    holder = factories.organisation()
    fields = {name: f"#{holder.pk}" if value == "HOLDER" else value for name, value in fields.items()}
    assert set(errors(clerk.post(address(), typed(**fields)))) == at
    assert not Certificate.objects.exists()


def test_the_number_of_a_compulsory_certificate_is_checked(clerk: Client) -> None:
    fields = {"holder": factories.organisation().name, "product_name": "电风扇", "number": "123"}
    assert set(errors(clerk.post(address(Shape.CCC), typed(Shape.CCC, **fields)))) == {"number"}


def test_a_branch_enters_for_its_county_only() -> None:
    branch = signed_in(factories.staff(Role.WINDOW_CLERK, at=factories.unit("520621", "520621")))
    elsewhere = factories.organisation(division_code="520602")
    assert set(errors(branch.post(address(), typed(holder=f"#{elsewhere.pk}")))) == {"division_code"}
    assert not Certificate.objects.exists()
    here = factories.organisation(division_code="520621")
    assert made(branch.post(address(), typed(holder=f"#{here.pk}"))).division_code == "520621"


def test_sub_certificates_and_successors_are_linked(clerk: Client) -> None:
    main = factories.certificate(number="M-1", body=body())
    fields = {"holder": f"#{main.holder_id}", "main": "ｍ-1", "predecessor": "M-1"}
    certificate = made(clerk.post(address(), typed(**fields)))
    assert certificate.main == certificate.predecessor == main


def test_sites_are_replaced_with_a_reason(clerk: Client) -> None:
    certificate = factories.certificate()
    certificate.sites.create(address="旧路1号", name="旧址")
    url = reverse("certifications:sites", args=[certificate.pk])
    assert "旧路1号|旧址" in clerk.get(url).content.decode()
    assert clerk.post(url, {"sites": "新路2号", "version": 1, "reason": ""}).status_code == 422
    assert clerk.post(url, {"sites": "|无地址", "version": 1, "reason": "证书附件"}).status_code == 422
    assert clerk.post(url, {"sites": "新路2号", "version": 1, "reason": "证书附件"}).status_code == 302
    assert certificate.sites.get().address == "新路2号"
    entry = AuditEntry.objects.get(subject_kind="certificate")
    assert (entry.action, entry.reason) == ("certifications.certificate.set_sites", "证书附件")
    assert json.loads(PublicFact.objects.get().payload)["pub"]["corrected"] == ["sites"]
    stale = clerk.post(url, {"sites": "路3号", "version": 1, "reason": "再改"})
    assert stale.status_code == 409
    assert "路3号" in stale.content.decode()


def test_details_are_mended_and_nothing_changed_is_said(clerk: Client) -> None:
    certificate = factories.certificate(project=factories.project("B0101", Shape.CCC), shape=Shape.CCC)
    url = reverse("certifications:detail", args=[certificate.pk])
    fields = {"product_code": "0702", "product_name": "电风扇", "models_text": "FS40", "reason": "补录"}
    assert clerk.post(url, {**fields, "version": 1}).status_code == 302
    certificate.refresh_from_db()
    assert (certificate.ccc.product_code, certificate.ccc.applicant) == ("0702", certificate.holder)
    again = clerk.post(url, {**fields, "version": certificate.version})
    assert again.status_code == 422
    assert "没有改动" in again.content.decode()
    entry = AuditEntry.objects.get(action="certifications.certificate.set_detail")
    assert entry.after["product_code"] == "0702"
    page = clerk.get(url).content.decode()
    assert re.search(r'<option value="0702"[^>]* selected>', page)
    assert page.count('<option value="0702"') == 1
    certificate.ccc.product_code = "0001"  # a code that the catalogue of now does not have
    certificate.ccc.save()
    assert re.search(r'<option value="0001"[^>]* selected>0001<', clerk.get(url).content.decode())


@pytest.mark.parametrize("name", ["sites", "detail"])
def test_mending_is_for_those_who_record_and_in_scope(clerk: Client, name: str) -> None:
    there = factories.certificate(factories.organisation(division_code="520602"))
    url = reverse(f"certifications:{name}", args=[there.pk])
    assert clerk.get(url).status_code == 200
    assert signed_in(factories.staff(Role.OFFICER)).get(url).status_code == 403
    branch = signed_in(factories.staff(Role.WINDOW_CLERK, at=factories.unit("520621", "520621")))
    assert branch.get(url).status_code == branch.post(url, {}).status_code == 404
