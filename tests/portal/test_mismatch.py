"""Anybody may report a mismatch and gets a receipt."""

import pytest
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.certifications.models import MismatchReport
from tests import factories

pytestmark = pytest.mark.django_db


def address(certificate):
    return reverse("portal:certificate_report", args=[certificate.token])


def test_a_report_gets_a_receipt_and_a_trail_entry_without_the_contact(client):
    certificate = factories.certificate()
    assert client.get(address(certificate)).status_code == 200
    sent = {"description": "包装上的名称不一致", "contact": "13812341234", "place": "", "number_seen": ""}
    response = client.post(address(certificate), sent)
    report = MismatchReport.objects.get()
    assert response.url == reverse("portal:certificate_reported", args=[certificate.token, report.receipt])
    assert report.receipt in client.get(response.url).content.decode()
    assert report.certificate == certificate
    entry = AuditEntry.objects.get(action="certifications.mismatch.report")
    assert "13812341234" not in str(entry.after)


def test_an_empty_report_keeps_its_input_and_says_why(client):
    certificate = factories.certificate()
    response = client.post(address(certificate), {"description": " ", "place": "示例市场"})
    assert response.status_code == 422
    assert "示例市场" in response.content.decode()
    assert not MismatchReport.objects.exists()


def test_absent_certificates_take_no_reports(client):
    assert client.post("/c/7Q4KM2XD9A1B/report/", {"description": "x"}).status_code == 404
    assert client.get("/c/x/report/%00").status_code == 404


def test_a_forged_post_is_refused():
    """Attempt 55."""
    from django.test import Client

    certificate = factories.certificate()
    response = Client(enforce_csrf_checks=True).post(address(certificate), {"description": "x"})
    assert response.status_code == 403
    assert not MismatchReport.objects.exists()


def test_the_budget(client, settings):
    settings.PUBLIC_BUDGETS = {"lookup": 1, "page": 0}
    certificate = factories.certificate()
    assert [client.get(address(certificate)).status_code for _ in range(2)] == [200, 429]
