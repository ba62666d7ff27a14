"""One firm, all its certificates, under every code and name it had."""

import pytest
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db
USCC = "91371323760038087M"


def show(client, reference):
    return client.get(reverse("portal:organisation", args=[reference]))


@pytest.fixture
def firm():
    holder = factories.organisation("示例·泓达生物科技有限公司", uscc=USCC, org_code="760038087")
    holder.names.create(kind="former", name="示例·泓达酒精厂", source="test")
    factories.certificate(holder, number="00216Q10097R1S")
    factories.certificate(holder, number="10416Q20770R1S", status="revoked")
    return holder


@pytest.mark.parametrize("reference", [USCC, "760038087", "76003808-7"])
def test_every_code_shows_one_firm_with_two_certificates(client, firm, reference):
    page = show(client, reference).content.decode()
    for shown in ("00216Q10097R1S", "10416Q20770R1S", "示例·泓达酒精厂", "共 2 张"):
        assert shown in page


def test_the_id_works_too_and_a_merged_record_leads_to_the_survivor(client, firm):
    assert show(client, str(firm.pk)).status_code == 200
    merged = factories.organisation("示例·泓达", merged_into=firm)
    assert show(client, str(merged.pk)).url == reverse("portal:organisation", args=[USCC])


def test_a_body_shows_what_it_issued(client):
    body = factories.body("CNCA-R-2002-002")
    factories.certificate(body=body, number="00216Q10097R1S")
    assert "00216Q10097R1S" in show(client, str(body.pk)).content.decode()


@pytest.mark.parametrize("reference", ["0", "999999999999", "x", "%00", "9" * 17, "9" * 400])
def test_absent_ones_are_404(client, reference):
    assert client.get(f"/o/{reference}").status_code == 404


def test_a_page_number_is_refused(client, firm):
    assert client.get(reverse("portal:organisation", args=[USCC]), {"page": "7"}).status_code == 400


def test_a_sole_trader_is_masked(client):
    trader = factories.organisation("张三丰", kind="sole_trader")
    page = show(client, str(trader.pk)).content.decode()
    assert "张*" in page
    assert "张三丰" not in page
