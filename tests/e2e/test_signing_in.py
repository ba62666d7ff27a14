"""Signing in as people do: with a second factor."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from playwright.sync_api import Page, expect

from tests import factories
from tests.accounts.conftest import confirmed
from tests.e2e.looking import in_both_themes, sideways, unseen_focus

LOGIN = "/accounts/login/"


def looks_right(page: Page) -> None:
    assert in_both_themes(page) + unseen_focus(page) + sideways(page, 720, 320) == []
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_second_factor_by_keyboard(page: Page) -> None:
    person, secret = confirmed(factories.person()), generate_totp_secret()
    TOTP.activate(person, secret)
    page.goto(LOGIN)
    page.locator("#id_login").focus()
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/2fa/authenticate/*")
    looks_right(page)
    page.locator("#id_code").focus()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("#id_code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/")


def test_a_wrong_password_is_said_and_the_name_kept(page: Page) -> None:
    page.goto(LOGIN)
    page.locator("#id_login").fill("nobody@example.org")
    page.locator("#id_password").fill("wrong horse")
    page.keyboard.press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("#id_login")).to_have_value("nobody@example.org")


@pytest.mark.parametrize("address", ["/registry/staff/", "/my/"])
def test_whoever_comes_without_a_session_signs_in_and_goes_on(page: Page, address: str) -> None:
    page.goto(address)
    expect(page).to_have_url(re.compile(rf"/accounts/login/\?next={address}$"))
