"""The keyboard alone: shortcuts of lists, the skip link, faults of a form, menus."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.constants import Role
from tests.e2e.conftest import Visitors
from tests.e2e.keys import focused, tab_to

LIST = "/registry/staff/"
CONFLICTS = "/registry/conflicts/"
AT = "main table.grid tr.at"


@pytest.fixture
def clerk(visitors: Visitors) -> Page:
    """The window clerk's page, with the keyboard as it is for a newcomer."""
    page, _trouble = visitors.visit(Role.WINDOW_CLERK)
    page.context.clear_cookies(name="keys")
    return page


def rows(page: Page) -> int:
    return page.locator("main table.grid tbody tr").count()


def test_slash_goes_to_the_search_and_is_a_letter_inside_it(clerk: Page) -> None:
    clerk.goto(LIST)
    clerk.keyboard.press("/")
    search = clerk.locator("input[type=search]").first
    expect(search).to_be_focused()
    expect(search).to_have_value("")
    clerk.keyboard.type("a/jkx?")
    expect(search).to_have_value("a/jkx?")
    expect(clerk.locator(AT)).to_have_count(0)
    expect(clerk.locator("[data-keys-help]")).to_be_hidden()


def test_j_and_k_move_from_row_to_row_and_stop_at_the_ends(clerk: Page) -> None:
    clerk.goto(LIST)
    first, last = 0, rows(clerk) - 1
    assert last > 2
    for key, row in [("j", 0), ("J", 1), ("k", 0), ("k", first), *[("j", n) for n in range(1, last + 1)], ("j", last)]:
        clerk.keyboard.press(key)
        expect(clerk.locator("main table.grid tbody tr").nth(row)).to_have_class("at")
        expect(clerk.locator(AT)).to_have_count(1)
        expect(clerk.locator(f"{AT} :focus")).to_have_count(1)


def test_enter_opens_the_row(clerk: Page, city: SimpleNamespace) -> None:
    clerk.goto(f"{LIST}?q={city.ccc.number}")
    clerk.keyboard.press("j")
    clerk.keyboard.press("Enter")
    clerk.wait_for_url(f"**{LIST}{city.ccc.pk}/")


def test_x_selects_and_enter_opens_a_row_that_begins_with_its_box(clerk: Page, city: SimpleNamespace) -> None:
    """Enter in a box would send the form around it, whose first button takes every chosen conflict over."""
    clerk.goto(f"{CONFLICTS}?state=open")
    clerk.keyboard.press("j")
    box = clerk.locator(f"{AT} input[type=checkbox]")
    clerk.keyboard.press("x")
    expect(box).to_be_checked()
    clerk.keyboard.press("X")
    expect(box).not_to_be_checked()
    clerk.keyboard.press("Enter")
    clerk.wait_for_url(f"**{CONFLICTS}*/")


def test_the_help_opens_closes_and_leads_to_the_setting(clerk: Page) -> None:
    clerk.goto(LIST)
    help_ = clerk.locator("[data-keys-help]")
    clerk.keyboard.press("?")
    expect(help_).to_be_visible()
    expect(help_).to_be_focused()
    clerk.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    clerk.keyboard.press("?")
    tab_to(help_.get_by_role("button"), 3)
    clerk.keyboard.press("Enter")
    expect(help_).to_be_hidden()


def test_switched_off_they_do_nothing(clerk: Page) -> None:
    clerk.goto(f"/appearance/?next={LIST}")
    clerk.get_by_label("不使用快捷键").check()
    clerk.get_by_role("button", name="保存").click()
    clerk.wait_for_url(f"**{LIST}")
    for key in ("j", "?", "/"):
        clerk.keyboard.press(key)
    expect(clerk.locator(AT)).to_have_count(0)
    expect(clerk.locator("[data-keys-help]")).to_be_hidden()
    expect(clerk.locator("input[type=search]").first).not_to_be_focused()
    clerk.context.clear_cookies(name="keys")


@pytest.mark.parametrize("address", ["/", LIST])
def test_the_skip_link_is_first_and_leads_past_the_navigation(clerk: Page, address: str) -> None:
    clerk.goto(address)
    clerk.keyboard.press("Tab")
    skip = clerk.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    clerk.keyboard.press("Enter")
    expect(clerk.locator("main")).to_be_focused()
    clerk.keyboard.press("Tab")
    assert clerk.evaluate("document.querySelector('main').contains(document.activeElement)"), focused(clerk)


def test_a_menu_opens_by_enter_and_gives_the_focus_back_at_escape(clerk: Page) -> None:
    clerk.goto(LIST)
    menu = clerk.locator("header details.menu").filter(has_text="账号与安全")
    tab_to(menu.locator("summary"), 20)
    clerk.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    clerk.keyboard.press("Tab")
    expect(menu.locator(":focus")).to_have_count(1)
    clerk.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    clerk.keyboard.press("Enter")
    clerk.keyboard.press("Shift+Tab")
    expect(menu).not_to_have_attribute("open", "")


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/registry/staff/new/1/", "证书编号"),
        ("/registry/staff/{certificate.pk}/status/", "原因类别"),
        ("/registry/staff/{certificate.pk}/correct/", "更正理由"),
        ("/organisations/new/", "名称"),
    ],
)
def test_the_faults_of_a_form_take_the_focus_and_lead_to_the_fields(
    clerk: Page, city: SimpleNamespace, address: str, field: str
) -> None:
    clerk.goto(address.format(**vars(city)))
    clerk.evaluate("document.querySelector('main form[method=post]').noValidate = true")
    clerk.locator("main form[method=post] button.primary").last.click()
    summary = clerk.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    tab_to(summary.get_by_role("link", name=field).first, 20)
    clerk.keyboard.press("Enter")
    faulty = clerk.locator("[aria-invalid=true]:focus, fieldset.bad :focus, .field.bad :focus")
    expect(faulty).to_have_count(1)
