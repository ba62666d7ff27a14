"""The certificate page: the verdict first, never more than is public, cheap to ask again."""

import datetime as dt
from types import SimpleNamespace

import pytest
import zxingcpp
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from redis.exceptions import ConnectionError as NoValkey

from apps.certifications.models import Certificate
from apps.core.calendar import today as date_of
from apps.portal import fragments
from tests import factories

pytestmark = pytest.mark.django_db


def show(client, certificate, **params):
    return client.get(reverse("portal:certificate", args=[certificate.token]), params)


def text(response):
    return response.content.decode()


@pytest.mark.parametrize(
    ("fields", "word", "tone"),
    [
        ({}, "有效", "ok"),
        ({"status": "suspended"}, "暂停", "warn"),
        ({"status": "revoked"}, "撤销", "bad"),
        ({"status": "cancelled"}, "注销", "gone"),
        ({"valid_to": dt.date(2020, 1, 1)}, "过期失效", "past"),
        ({"confirmed_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC)}, "状态待核对", "info"),
    ],
)
def test_the_verdict_comes_first(client, fields, word, tone):
    page = text(show(client, factories.certificate(**fields)))
    assert f'<div class="verdict {tone}" role="status">' in page
    assert f"<strong>{word}</strong>" in page
    assert page.index('class="verdict') < page.index('class="kv"')


def test_not_found_is_not_forged_and_names_the_sources(client):
    factories.source()
    response = client.get(reverse("portal:certificate", args=["7Q4KM2XD9A1B"]))
    assert response.status_code == 404
    assert "未查到不等于伪造" in text(response)
    assert "国家平台" in text(response)
    assert "7Q4K-M2XD-9A1B" in text(response)


def test_cannot_check_is_a_verdict_of_its_own(client, monkeypatch):
    def gone(token):
        raise OperationalError("could not connect")

    monkeypatch.setattr("apps.portal.views.certificate.standing", gone)
    response = client.get(reverse("portal:certificate", args=["7Q4KM2XD9A1B"]))
    assert response.status_code == 503
    assert response.headers["Cache-Control"] == "no-store"
    assert "暂时无法核验" in text(response)


def test_a_token_as_people_type_it_leads_to_the_permalink(client):
    certificate = factories.certificate(token="7Q4KM2XD9A1B")
    response = client.get("/c/7q4k-m2xd-9aib")
    assert response.status_code == 302
    assert response.url == reverse("portal:certificate", args=[certificate.token])


def test_body_and_number_lead_to_the_permalink(client):
    certificate = factories.certificate(number="00216Q10097R1S", body=factories.body("CNCA-R-2002-002"))
    address = reverse("portal:certificate_by_number")
    found = client.get(address, {"body": "cnca-r-2002-002", "number": "00216q10097 r1s"})
    assert found.url == reverse("portal:certificate", args=[certificate.token])
    assert client.get(address, {"body": "CNCA-R-2002-003", "number": "00216Q10097R1S"}).status_code == 404
    assert client.get(address, {"body": "\x00", "number": "x"}).status_code == 404
    assert client.get(address).status_code == 404


def test_history_sites_products_and_links_are_shown(client):
    holder = factories.organisation("示例·新名有限公司")
    holder.names.create(kind="former", name="示例·旧名食品厂", source="test")
    old = factories.certificate(holder, number="OLD-1")
    certificate = factories.certificate(holder, predecessor=old, scope="绿茶的种植", status="suspended")
    certificate.status_changes.create(
        n=2,
        from_status="valid",
        to_status="suspended",
        on=dt.date(2026, 9, 1),
        until=dt.date(2027, 2, 28),
        reason_class="surveillance_missed",
        legal_basis="第二十六条",
        source_code="national",
        recorded_by="示例经办人",
        recorded_at=timezone.now(),
    )
    certificate.sites.create(name="示例基地", address="江口县双江街道1号")
    certificate.product_lines.create(product="翠峰绿茶", place="江口县", output="42.600", output_unit="吨")
    certificate.surveillance.create(
        activity="监督审核",
        on=dt.date(2026, 8, 1),
        result="conforming",
        audit_team="王小明、李四",
        source_code="national",
    )
    page = text(show(client, certificate))
    for shown in (
        "示例·旧名食品厂",
        "OLD-1",
        "未按期接受监督",
        "第二十六条",
        "2027-02-28",
        "江口县双江街道1号",
        "翠峰绿茶",
        "42.600",
    ):
        assert shown in page
    assert "期满仍未接受监督审核的，发证机构必须撤销" in page
    assert "王*、李*" in page
    for hidden in ("王小明", "示例经办人"):
        assert hidden not in page
    assert f">{certificate.number}</a>" in text(show(client, old))


def test_the_three_parties_of_a_ccc_certificate(client):
    from apps.certifications.constants import Shape
    from apps.certifications.models import CccDetail

    certificate = factories.certificate(shape=Shape.CCC, project=factories.project("B0101", Shape.CCC))
    CccDetail.objects.create(
        certificate=certificate,
        applicant=factories.organisation("示例·申请有限公司"),
        manufacturer=factories.organisation("示例·制造有限公司"),
        factory=factories.organisation("示例·工厂有限公司"),
        product_code="0701",
        product_name="电熨斗",
        models_text="DY-1\nDY-2",
    )
    page = text(show(client, certificate))
    for shown in ("示例·申请有限公司", "示例·制造有限公司", "示例·工厂有限公司", "电熨斗", "DY-1<br>DY-2"):
        assert shown in page


def test_a_sole_trader_is_a_person(client):
    trader = factories.organisation("张三丰", kind="sole_trader", legal_representative="张三丰", address="东太大道12号")
    certificate = factories.certificate(trader)
    certificate.sites.create(address="碧江区灯塔街道东太大道12号")
    page = text(show(client, certificate))
    assert "张三丰" not in page
    assert "12号" not in page
    assert "张*" in page


def test_a_sole_traders_trade_name_stands_on_its_certificate_only(client):
    """ADR 0010: the paper in hand can be compared; a list that nobody asked for this one stays masked."""
    trader = factories.organisation("示例·碧江区某某茶行", kind="sole_trader")
    certificate = factories.certificate(trader, holder_name="示例·碧江区某某茶行", scope="绿茶的销售")
    assert "示例·碧江区某某茶行" in text(show(client, certificate))
    listed = text(client.get(reverse("portal:lookup"), {"q": "绿茶"}))
    assert certificate.number in listed
    assert "某某茶行" not in listed


def test_hostile_text_is_escaped(client):
    """Attempts 44, 45."""
    holder = factories.organisation('<img src=x onerror=alert(1)> hx-get="/x"')
    page = text(show(client, factories.certificate(holder, scope="<script>alert(1)</script>")))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_qr_code_carries_the_permalink_of_this_installation(client, settings, tmp_path):
    """Attempts 38, 39: whatever the Host header says, and nothing but the address."""
    settings.PUBLIC_URL = "https://register.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    certificate = factories.certificate(token="7Q4KM2XD9A1B")
    response = client.get(reverse("portal:certificate_qr", args=[certificate.token]), headers={"host": "evil.example"})
    assert response.headers["Content-Type"] == "image/svg+xml"
    import segno

    made = tmp_path / "qr.png"
    segno.make_qr("https://register.example.org/c/7Q4KM2XD9A1B", error="m").save(made, scale=4, border=4)
    assert zxingcpp.read_barcodes(Image.open(made))[0].text == "https://register.example.org/c/7Q4KM2XD9A1B"
    expected = segno.make_qr("https://register.example.org/c/7Q4KM2XD9A1B", error="m")
    namespace = ' xmlns="http://www.w3.org/2000/svg"'  # without it a browser shows no image
    assert namespace in response.content.decode()
    bare = expected.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True)
    assert response.content.decode().replace(namespace, "").strip() == bare


def test_a_change_shows_at_once_although_pieces_are_kept(client):
    """Attempt 38: a copied genuine code of a certificate that was revoked since."""
    certificate = factories.certificate()
    assert "<strong>有效</strong>" in text(show(client, certificate))
    Certificate.objects.filter(pk=certificate.pk).update(
        status="revoked", version=2, updated_at=timezone.now(), status_since=date_of(timezone.now())
    )
    page = text(show(client, certificate))
    assert "<strong>撤销</strong>" in page
    assert "一年内任何认证机构不得受理" in page


def test_asking_again_within_the_minute_costs_one_query_and_no_page(client, django_assert_num_queries, time_machine_at):
    certificate = factories.certificate()
    first = show(client, certificate)
    assert first.headers["Cache-Control"] == "public, no-cache"
    address = reverse("portal:certificate", args=[certificate.token])
    with django_assert_num_queries(1):
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    with django_assert_num_queries(1):
        assert client.get(address).status_code == 200
    Certificate.objects.filter(pk=certificate.pk).update(version=2)
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_kept_page_still_says_when_it_was_checked(client, time_machine_at):
    certificate = factories.certificate()
    assert "<time data-checked>2026-11-24 12:00</time>" in text(show(client, certificate))
    time_machine_at.shift(120)
    assert "<time data-checked>2026-11-24 12:02</time>" in text(show(client, certificate))


def test_a_kept_page_carries_nothing_of_one_visitor_to_another(client):
    """Attempt 57."""
    certificate = factories.certificate()
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in text(show(client, certificate))
    client.cookies["theme"] = ""
    assert 'data-theme="dark"' not in text(show(client, certificate))
    somebody = factories.person()
    client.force_login(somebody)
    assert somebody.display_name in text(show(client, certificate))
    client.logout()
    assert somebody.display_name not in text(show(client, certificate))


def test_a_kept_page_is_kept_apart_by_size_of_print_and_kind_of_installation(client, settings):
    certificate = factories.certificate()
    plain = text(show(client, certificate))
    assert 'data-size="large"' not in plain
    client.cookies["size"] = "large"
    assert 'data-size="large"' in text(show(client, certificate))
    client.cookies["size"] = ""
    assert 'data-size="large"' not in text(show(client, certificate))
    banner = 'class="demo"'
    assert (banner in plain) == settings.DEMO
    settings.DEMO = not settings.DEMO
    assert (banner in text(show(client, certificate))) == settings.DEMO
    settings.DEMO = not settings.DEMO
    assert (banner in text(show(client, certificate))) == settings.DEMO


@pytest.fixture
def time_machine_at():
    import time_machine

    with time_machine.travel(dt.datetime(2026, 11, 24, 4, 0, 10, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def test_a_signed_in_persons_page_is_stored_nowhere(client):
    """Attempt 57."""
    client.force_login(factories.person())
    response = show(client, factories.certificate())
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers


def test_english_on_the_same_address_with_its_own_tag(client):
    certificate = factories.certificate()
    chinese = show(client, certificate)
    english = client.get(reverse("portal:certificate", args=[certificate.token]), headers={"Accept-Language": "en"})
    assert chinese.headers["ETag"] != english.headers["ETag"]
    assert {"Cookie", "Accept-Language"} <= {part.strip() for part in english.headers["Vary"].split(",")}


def test_without_valkey_the_page_is_shown(client, monkeypatch):
    def gone(*args, **kwargs):
        raise NoValkey("connection refused")

    monkeypatch.setattr("apps.portal.fragments.cache", type("Gone", (), {"get": gone, "set": gone})())
    assert "<strong>有效</strong>" in text(show(client, factories.certificate()))


def test_a_deployment_draws_anew_what_names_its_files(monkeypatch):
    drawn = iter(["before", "after", "never"])
    shown = []
    for manifest in ("a1", "a1", "b2", "a1"):
        monkeypatch.setattr(fragments, "staticfiles_storage", SimpleNamespace(manifest_hash=manifest))
        shown.append(fragments.kept("page", lambda: next(drawn)))
    assert shown == ["before", "before", "after", "before"]


def test_coverage_is_answered_with_reasons(client):
    certificate = factories.certificate(scope="绿茶的种植与加工")
    page = text(show(client, certificate, product="绿茶", day="2026-03-01", site=""))
    assert "证书写明了这一产品" in page
    assert "这一天证书有效" in page
    assert "<b>包括</b>" in page
    assert "不能判断" in text(show(client, certificate, product="水泵", day=""))
    faulty = text(show(client, certificate, product="", day="2026-13-45"))
    assert "不是日历上的日期" in faulty
    assert show(client, certificate, product="x" * 9999).status_code == 200


@pytest.mark.parametrize("token", ["%00", "x" * 300, "..%2f..", "a b", "茶"])
def test_strange_tokens_are_absent(client, token):
    assert client.get(f"/c/{token}").status_code == 404
    assert client.get(f"/c/{token}/qr.svg").status_code in (200, 404)


def test_the_budget_of_pages(client, settings):
    settings.PUBLIC_BUDGETS = {"lookup": 0, "page": 2}
    certificate = factories.certificate()
    assert [show(client, certificate).status_code for _ in range(3)] == [200, 200, 429]
