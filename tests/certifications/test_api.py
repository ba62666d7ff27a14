"""The public API: published fields only, cacheable, faults as problem details, and never a 500."""

import datetime as dt
import json

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.patience import SearchTooSlow
from tests import factories

pytestmark = pytest.mark.django_db
USCC = "91371323760038087M"


@pytest.fixture
def tea():
    holder = factories.organisation("示例·泓达生物科技有限公司", uscc=USCC, org_code="760038087")
    body = factories.body("CNCA-R-2002-002")
    return factories.certificate(holder, body=body, number="00216Q10097R1S", scope="绿茶的种植与加工")


def get(client, name, *args, headers=None, **params):
    return client.get(reverse(f"api:{name}", args=args), params, headers=headers or {})


def test_a_list_has_the_published_fields_and_no_other(client, tea):
    answer = get(client, "certificates", q="泓达").json()
    assert answer["meaning"] == "words"
    assert answer["total"] == 1
    assert answer["next"] is answer["previous"] is None
    row = answer["results"][0]
    assert set(row) == {
        *("token", "url", "number", "status", "verdict", "holder", "body", "project", "scope", "products"),
        *("division_code", "issued_on", "valid_to", "source", "confirmed_at"),
    }
    assert row["holder"] == {"name": "示例·泓达生物科技有限公司", "uscc": USCC}
    assert (row["status"], row["verdict"]) == ("valid", "valid")


def test_the_same_selectors_as_the_page(client, tea):
    assert get(client, "certificates", q="00216q10097r1s").json()["meaning"] == "number"
    assert get(client, "certificates", q="760038087").json()["meaning"] == "organisation"
    assert get(client, "certificates", q="11010519491231002X").json() == {
        "meaning": "nothing",
        "results": [],
        "next": None,
        "previous": None,
        "total": 0,
    }


def test_cursor_paging_reaches_every_row_once(client):
    holder = factories.organisation("示例·很多证书有限公司")
    for n in range(7):
        factories.certificate(holder, number=f"MANY{n}", issued_on=dt.date(2026, 1, 1 + n // 3))
    seen, address, back = [], f"{reverse('api:certificates')}?q=很多证书&page_size=3", None
    while address:
        answer = client.get(address.replace("http://127.0.0.1:8000", "")).json()
        seen.append([row["number"] for row in answer["results"]])
        address, back = answer["next"], answer["previous"]
    assert [len(page) for page in seen] == [3, 3, 1]
    assert len({number for page in seen for number in page}) == 7
    earlier = client.get(back.replace("http://127.0.0.1:8000", "")).json()
    assert [row["number"] for row in earlier["results"]] == seen[1]


def test_the_record_of_one_certificate(client, tea):
    tea.sites.create(name="示例基地", address="江口县双江街道1号")
    tea.surveillance.create(
        activity="监督审核", on=dt.date(2026, 8, 1), result="conforming", audit_team="王小明", source_code="x"
    )
    answer = get(client, "certificate", tea.token)
    body = answer.json()
    assert body["sites"] == [{"name": "示例基地", "address": "江口县双江街道1号", "activity": ""}]
    assert body["status_changes"][0]["to_status"] == "valid"
    assert body["periods"][0]["valid_to"] == tea.valid_to.isoformat()
    for hidden in ("王小明", "recorded_by", "audit_team", "legal_representative", '"id"'):
        assert hidden not in answer.content.decode()
    absent = get(client, "certificate", "7Q4KM2XD9A1B")
    assert absent.status_code == 404
    assert absent.headers["Content-Type"] == "application/problem+json"
    assert "未查到不等于伪造" in absent.json()["detail"]


def test_not_modified_costs_no_body(client, tea):
    first = get(client, "certificate", tea.token)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = get(client, "certificate", tea.token, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    tea.status = "revoked"
    tea.save()
    changed = get(client, "certificate", tea.token, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.json()["verdict"] == "revoked"


def test_verification_answers_verdict_and_coverage(client, tea):
    answer = get(
        client, "verify", number="00216q10097r1s", body="CNCA-R-2002-002", product="绿茶", day="2026-03-01"
    ).json()
    assert (answer["verdict"], answer["word"], answer["covers"]) == ("valid", "有效", "yes")
    assert [f["criterion"] for f in answer["findings"]] == ["product", "day"]
    assert get(client, "verify", token=tea.token).json()["covers"] is None
    unknown = get(client, "verify", token="7Q4KM2XD9A1B")
    assert (unknown.status_code, unknown.json()["verdict"]) == (200, "not_found")
    assert unknown.headers["Cache-Control"] == "no-store"
    tea.confirmed_at = timezone.now() - dt.timedelta(days=31)
    tea.save()
    assert get(client, "verify", token=tea.token).json()["verdict"] == "stale"


def test_a_verification_that_names_nothing_says_what_to_give(client):
    answer = get(client, "verify", number="X1", day="2026-02-30", product="x" * 101)
    assert answer.status_code == 400
    assert {p["place"] for p in answer.json()["problems"]} == {"day", "product"}
    assert get(client, "verify", number="X1").json()["problems"][0]["place"] == "token"


def test_organisations_bodies_projects(client, tea):
    firm = get(client, "organisation", "760038087").json()
    assert (firm["uscc"], firm["name"]) == (USCC, "示例·泓达生物科技有限公司")
    assert get(client, "organisation", "000000000").status_code == 404
    assert get(client, "bodies").json() == [{"approval_number": "CNCA-R-2002-002", "name": "示例认证002有限公司"}]
    assert get(client, "bodies", after="CNCA-R-2002-002").json() == []
    assert get(client, "projects").json()[0]["code"] == "A010101"


def test_a_sole_trader_is_masked(client):
    factories.certificate(factories.organisation("张三丰", kind="sole_trader"), number="SOLE1")
    answer = get(client, "certificates", q="SOLE1")
    assert answer.json()["results"][0]["holder"]["name"] == "张*"
    assert "张三丰" not in answer.content.decode()


def test_every_fault_has_place_value_rule_remedy(client):
    answer = get(client, "certificates", page="1000000000", page_size="1000000", sort="id;--", county="%")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    problems = answer.json()["problems"]
    assert {p["place"] for p in problems} == {"page", "page_size", "sort", "county"}
    assert all(p["value"] and p["rule"] and p["remedy"] for p in problems)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_only_reading(client, method, tea):
    """Attempts 8, 9, 12."""
    for address in (reverse("api:certificates"), reverse("api:certificate", args=[tea.token])):
        assert getattr(client, method)(address).status_code == 405
    assert client.head(reverse("api:certificates")).status_code == 200
    assert client.post(reverse("api:certificates"), headers={"X-HTTP-Method-Override": "GET"}).status_code == 405


def test_budget_and_retry_after(client, settings):
    settings.PUBLIC_BUDGETS = {"lookup": 2, "page": 0}
    assert [get(client, "projects").status_code for _ in range(3)] == [200, 200, 429]
    refused = get(client, "projects")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["status"] == 429


def test_too_slow_is_503(client, monkeypatch):
    def slow(*args, **kwargs):
        raise SearchTooSlow

    monkeypatch.setattr("apps.certifications.api.views.search", slow)
    assert get(client, "certificates", q="泓达").status_code == 503


def test_links_name_this_installation_and_not_the_host_header(client, tea, settings):
    """Attempts 39, 56."""
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://register.example.org", ["*"]
    answer = get(client, "certificates", q="泓达", headers={"host": "evil.example"})
    assert answer.json()["results"][0]["url"] == f"https://register.example.org/c/{tea.token}"
    assert b"evil" not in answer.content


def test_who_asks_makes_no_difference(client, tea):
    """Attempt 57: nothing of a session enters an answer that a shared cache may keep."""
    anonymous = get(client, "certificates", q="泓达")
    client.force_login(factories.person())
    assert get(client, "certificates", q="泓达").content == anonymous.content
    assert not anonymous.cookies


def test_the_schema_is_openapi_3_1_and_describes_every_endpoint(client):
    schema = json.loads(client.get(reverse("api:schema"), {"format": "json"}).content)
    assert schema["openapi"].startswith("3.1")
    ours = {path for path, methods in schema["paths"].items() if "/own/" not in path}
    assert ours == {
        "/api/v1/certificates/",
        "/api/v1/certificates/{token}/",
        "/api/v1/verify/",
        "/api/v1/organisations/{code}/",
        "/api/v1/bodies/",
        "/api/v1/projects/",
        "/api/v1/institutions/",
        "/api/v1/institutions/{token}/",
        "/api/v1/institutions/{token}/scope/",
        "/api/v1/capabilities/",
        "/api/v1/licences/{token}/",
    }
    for methods in (schema["paths"][path] for path in ours):
        assert set(methods) == {"get"}
        assert {"200", "400", "404", "429", "503"} <= set(methods["get"]["responses"])


def test_the_page_for_people_obeys_the_content_security_policy(client):
    page = client.get(reverse("api:reference")).content.decode()
    assert "/api/v1/certificates/{token}/" in page
    assert "page_size" in page
    assert "PATCH /api/v1/own/applications/{number}/" in page
    assert "applications:write" in page
    for inline in (" style=", " onclick=", "<style", "<script>"):
        assert inline not in page


NAMES = ["q", "as", "scheme", "body", "county", "status", "since", "until", "product", "sort", "after", "before"]
NAMES += ["page", "page_size", "token", "number", "site", "day", "x"]
SEEDS = [
    "泓达",
    "00216Q",
    USCC,
    "CNCA-R-2002-002",
    "5206",
    "valid",
    "2026-01-01",
    "20260101-5",
    "newest",
    "A010101",
    "qms",
]
VALUES = st.one_of(st.sampled_from(SEEDS), st.text(max_size=30), st.text("%_'\"\\;()-\x00\n\r٣²Ⅷ０９", max_size=12))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    params=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5),
    path=st.sampled_from(["certificates", "verify", "bodies", "lookup"]),
)
def test_no_parameter_breaks_anything(client, tea, params, path):
    """Attempts 40 to 43: whatever comes, an answer or a reason."""
    address = reverse("portal:lookup") if path == "lookup" else reverse(f"api:{path}")
    assert client.get(address, params).status_code in (200, 302, 400)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(piece=st.text(min_size=1, max_size=40).filter(lambda s: "/" not in s and s not in (".", "..")))
def test_no_path_breaks_anything(client, tea, piece):
    for name in (
        "api:certificate",
        "api:organisation",
        "portal:certificate",
        "portal:organisation",
        "portal:certificate_qr",
    ):
        try:
            address = reverse(name, args=[piece])
        except NoReverseMatch:
            continue
        assert client.get(address).status_code in (200, 302, 400, 404)
