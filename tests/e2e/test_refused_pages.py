"""What comes back when a form is sent faulty, and what English looks like to axe: one page of each kind. `make walk`
asks every form and every page."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from playwright.sync_api import Page

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.parties.constants import ClaimState
from apps.parties.models import Claim
from tests.e2e.conftest import Visitors
from tests.e2e.looking import axe, sideways
from tests.e2e.pages import ENTERPRISE, PUBLIC
from tests.e2e.reading import dead_anchors, double_ids, english_left, unlabelled
from tests.e2e.refusing import forms_of, refusal


def looks_right(page: Page) -> list[str]:
    return axe(page) + dead_anchors(page) + double_ids(page) + sideways(page, 320) + unlabelled(page)


@pytest.mark.parametrize(
    ("address", "role", "view", "how"),
    [
        ("/organisations/claims/new/", ENTERPRISE, "parties:claim_new", "empty"),
        ("/organisations/claims/{claim.pk}/", Role.WINDOW_CLERK, "parties:claim_refuse", "empty"),
        ("/registry/conflicts/", Role.WINDOW_CLERK, "certifications:conflicts", "nonsense"),
        ("/registry/staff/new/1/", Role.WINDOW_CLERK, "certifications:enter", "nonsense"),
        ("/c/{certificate.token}/report/", PUBLIC, "portal:certificate_report", "empty"),
    ],
)
def test_a_refused_form(
    visitors: Visitors, city: SimpleNamespace, address: str, role: str, view: str, how: str
) -> None:
    page, _trouble = visitors.visit(role)
    page.goto(address.format(**vars(city)))
    claims = Claim.objects.count()
    assert refusal(page, forms_of(page).index(view), how) == 422
    assert looks_right(page) + english_left(page) == []
    assert page.locator("[data-error-summary]").is_visible()
    assert Claim.objects.count() == claims


def test_what_a_form_does_is_taken_back(visitors: Visitors, city: SimpleNamespace) -> None:
    """Else `make walk` would change the city that it walks through: this clerk refuses a claim for a reason."""
    page, _trouble = visitors.visit(Role.WINDOW_CLERK)
    page.goto(f"/organisations/claims/{city.claim.pk}/")
    before = AuditEntry.objects.count()
    assert refusal(page, forms_of(page).index("parties:claim_refuse"), "nonsense") == 200
    assert page.get_by_text("已记录为未通过").is_visible()
    assert AuditEntry.objects.count() == before
    assert Claim.objects.get(pk=city.claim.pk).state == ClaimState.SUBMITTED


@pytest.mark.parametrize(
    ("address", "role"),
    [("/", PUBLIC), ("/c/{certificate.token}", PUBLIC), ("/my/", ENTERPRISE), ("/registry/staff/", Role.WINDOW_CLERK)],
)
def test_english_is_as_accessible(visitors: Visitors, city: SimpleNamespace, address: str, role: str) -> None:
    page, _trouble = visitors.visit(role)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": visitors.server}])
    page.goto(address.format(**vars(city)))
    assert page.locator("html").get_attribute("lang") == "en"
    assert looks_right(page) == []
