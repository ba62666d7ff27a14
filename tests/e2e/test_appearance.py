"""Theme, large print and language: they show at once, stay from page to page, and need no JavaScript."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looking import sideways
from tests.e2e.pages import ENTERPRISE

DARK = "rgb(15, 21, 28)"
LIGHT = "rgb(244, 246, 248)"


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def font_size(page: Page) -> float:
    return float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"))


def choose(page: Page, *labels: str, then: str = "/lookup/") -> None:
    page.goto(f"/appearance/?next={then}")
    for label in labels:
        page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(f"**{then}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_system_decides_until_the_person_does(opened: Callable[..., Page], scheme: str) -> None:
    page = opened(color_scheme=scheme)
    page.goto("/")
    assert background(page) == (DARK if scheme == "dark" else LIGHT)
    choose(page, "浅色" if scheme == "dark" else "深色")
    for address in ("/lookup/", "/", "/accounts/login/", "/no-such-page/"):
        page.goto(address)
        assert background(page) == (LIGHT if scheme == "dark" else DARK), address
    choose(page, "跟随系统")
    assert background(page) == (DARK if scheme == "dark" else LIGHT)


def test_a_theme_shows_before_it_is_saved(page: Page) -> None:
    page.goto("/appearance/")
    page.get_by_label("深色", exact=True).check()
    assert background(page) == DARK
    page.goto("/")
    assert background(page) == LIGHT


@pytest.mark.parametrize("javascript", [True, False])
def test_choices_stay_with_and_without_javascript(opened: Callable[..., Page], javascript: bool) -> None:
    page = opened(java_script_enabled=javascript)
    choose(page, "深色", "大字号（长辈版）")
    for address in ("/", "/lookup/?q=翠峰", "/accessibility/"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.locator("html")).to_have_attribute("data-size", "large")


def test_large_print_is_one_press_away_larger_and_reflows(page: Page, city: SimpleNamespace) -> None:
    page.goto("/accessibility/")
    usual = font_size(page)
    page.get_by_role("link", name="长辈版").click()
    assert font_size(page) == usual * 1.25 == 20
    for address in ("/", "/lookup/?q=翠峰", f"/c/{city.certificate.token}", "/accounts/login/"):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("data-size", "large")
        assert sideways(page, 720, 320) == [], address
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="长辈版").click()
    page.goto("/accessibility/")
    assert font_size(page) == usual


def test_the_language_keeps_the_page_and_stays(opened: Callable[..., Page], city: SimpleNamespace) -> None:
    page = opened(city.people[ENTERPRISE])
    page.goto("/lookup/?q=翠峰&status=valid")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("location.search") == "?q=%E7%BF%A0%E5%B3%B0&status=valid"
    for address in ("/my/", "/people/me/", "/messages/", f"/c/{city.certificate.token}", "/no-such-page/"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert page.evaluate("location.pathname") == "/no-such-page/"


def test_the_language_of_the_browser_is_where_it_begins(opened: Callable[..., Page]) -> None:
    for locale, language in [("en-GB", "en"), ("zh-CN", "zh-Hans"), ("fr-FR", "zh-Hans")]:
        page = opened(locale=locale)
        page.goto("/")
        expect(page.locator("html")).to_have_attribute("lang", language)
