"""What the header offers: grouped entries, no link that ends at a refusal, and for whom one acts."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.accounts.constants import Role
from tests import factories
from tests.e2e.conftest import Visitors

STAFF = [Role.WINDOW_CLERK, Role.SUPERVISOR, Role.LEADER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]
NAVIGATION = "header nav.main"


@pytest.mark.parametrize("role", STAFF)
def test_the_navigation_keeps_to_one_row_and_every_entry_opens(visitors: Visitors, role: str) -> None:
    page, trouble = visitors.visit(role)
    page.goto("/desk/")
    for width in (1440, 1100):
        page.set_viewport_size({"width": width, "height": 900})
        tops = page.locator(f"{NAVIGATION} > ul > li").evaluate_all("each => each.map(e => e.offsetTop)")
        assert len(set(tops)) == 1, f"at {width} px"
    entries = page.locator(f"{NAVIGATION} a").evaluate_all("each => each.map(e => e.getAttribute('href'))")
    assert len(entries) == len(set(entries)) > 1
    for address in entries:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.locator(f"{NAVIGATION} a[aria-current=page]").evaluate_all(
            "each => each.map(e => e.getAttribute('href'))"
        ) == [address]
    assert trouble == []


def test_a_group_opens_one_at_a_time_and_marks_where_one_is(visitors: Visitors) -> None:
    page, _trouble = visitors.visit(Role.WINDOW_CLERK)
    page.goto("/registry/imports/")
    groups = page.locator(f"{NAVIGATION} details")
    registry, organisations = groups.filter(has_text="登记册"), groups.filter(has_text="组织列表")
    expect(registry.locator("summary")).to_have_attribute("aria-current", "true")
    expect(organisations.locator("summary")).not_to_have_attribute("aria-current", "true")
    registry.locator("summary").click()
    expect(registry.get_by_role("link", name="数据导入")).to_be_visible()
    organisations.locator("summary").click()
    expect(registry).not_to_have_attribute("open", "")
    page.locator("main").click(position={"x": 5, "y": 300})
    expect(organisations).not_to_have_attribute("open", "")


def test_the_narrow_menu_offers_the_same(visitors: Visitors) -> None:
    page, _trouble = visitors.visit(Role.WINDOW_CLERK)
    page.goto("/desk/")
    wide = page.locator(f"{NAVIGATION} a").evaluate_all("each => each.map(e => e.getAttribute('href'))")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(NAVIGATION)).to_be_hidden()
    page.locator("header .burger summary").click()
    narrow = page.locator("header .burger a:visible").evaluate_all("each => each.map(e => e.getAttribute('href'))")
    assert narrow == wide


def test_a_person_of_two_organisations_says_for_which_one_acts(opened: Callable[..., Page]) -> None:
    person = factories.person()
    first, second = (factories.organisation(f"示例·{name}茶厂") for name in ("东山", "西山"))
    for organisation in (first, second):
        factories.member(person, organisation)
    page = opened(person)
    page.goto("/my/")
    menu = page.locator("header details.menu").filter(has_text="账号与安全")
    expect(menu.locator("summary")).not_to_contain_text("茶厂")
    for chosen in (second, first):
        menu.locator("summary").click()
        menu.get_by_role("button", name=chosen.name).click()
        page.wait_for_url("**/my/")
        expect(menu.locator("summary")).to_contain_text(chosen.name)
        expect(page.get_by_role("status")).to_contain_text(chosen.name)
    page.goto("/people/me/")
    expect(menu.locator("summary")).to_contain_text(first.name)


def test_nobody_is_offered_what_is_for_others(page: Page, visitors: Visitors) -> None:
    page.goto("/")
    offered = page.locator(f"{NAVIGATION} a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    assert offered == [reverse("portal:lookup"), reverse("portal:guide"), reverse("portal:testing")]
    enterprise, _trouble = visitors.visit("enterprise")
    enterprise.goto("/my/")
    assert "/registry" not in str(enterprise.locator(NAVIGATION).inner_html())
