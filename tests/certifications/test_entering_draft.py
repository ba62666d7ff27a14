"""The draft of a certificate that is entered by hand: saved, resumed, overtaken, given up, gone once it is sent."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from apps.audit.models import AuditEntry
from apps.certifications.constants import Shape
from apps.certifications.models import Certificate
from apps.core.models import Draft
from tests import factories
from tests.certifications.test_entering import address, clerk, reference, typed  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db


def saved(client: Client, shape: int = Shape.MANAGEMENT, **fields: Any) -> HttpResponse:
    return client.post(address(shape), {**fields, "_draft": "save"})


def test_a_half_filled_form_is_kept_and_resumed_without_a_complaint(clerk: Client) -> None:  # noqa: F811
    assert saved(clerk, number="00126Q1R0S", scope="绿茶").status_code == 302
    response = clerk.get(address())
    page = response.content.decode()
    assert 'value="00126Q1R0S"' in page
    assert "绿茶" in page
    assert "尚未提交的草稿" in page
    assert "aria-invalid" not in page
    assert not Certificate.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="certifications").exists()


def test_each_shape_has_its_own(clerk: Client) -> None:  # noqa: F811
    saved(clerk, number="A1")
    assert "尚未提交的草稿" not in clerk.get(address(Shape.FOOD)).content.decode()


def test_nobody_else_sees_it(clerk: Client) -> None:  # noqa: F811
    saved(clerk, number="A1")
    other = Client()
    other.force_login(factories.staff(*[grant.role for grant in clerk_of(clerk).role_grants.all()]))
    assert "A1" not in other.get(address()).content.decode()


def clerk_of(client: Client) -> Any:
    return client.get(address()).wsgi_request.user


def test_sending_ends_it(clerk: Client) -> None:  # noqa: F811
    holder = factories.organisation()
    saved(clerk, number="A1")
    assert clerk.post(address(), typed(holder=f"#{holder.pk}", _draft_version="1")).status_code == 302
    assert Certificate.objects.count() == 1
    assert not Draft.objects.exists()
    late = clerk.post(
        address(), {"number": "A1", "_draft": "save", "_draft_version": "1"}, headers={"Accept": "application/json"}
    )
    assert late.status_code == 409
    assert not Draft.objects.exists()


def test_a_faulty_form_keeps_its_draft(clerk: Client) -> None:  # noqa: F811
    saved(clerk, number="A1")
    assert clerk.post(address(), {"number": "A2", "_draft_version": "1"}).status_code == 422
    assert Draft.objects.get().data["number"] == ["A1"]


def test_two_windows(clerk: Client) -> None:  # noqa: F811
    saved(clerk, number="A1", _draft_page="first")
    response = saved(clerk, number="A2", _draft_page="second")
    page = response.content.decode()
    assert response.status_code == 409
    assert 'value="A2"' in page
    assert "另一个窗口" in page
    assert "以本页内容覆盖草稿" in page
    done = clerk.post(address(), {"number": "A2", "_draft_page": "second", "_draft": "overwrite"})
    assert done.status_code == 302
    assert Draft.objects.get().data["number"] == ["A2"]


def test_giving_up(clerk: Client) -> None:  # noqa: F811
    saved(clerk, number="A1")
    assert clerk.post(address(), {"_draft": "discard"}).status_code == 302
    assert 'value="A1"' not in clerk.get(address()).content.decode()
