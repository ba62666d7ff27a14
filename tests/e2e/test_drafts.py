"""A long form keeps itself while somebody types; a second window is told; what is not kept is not lost unasked."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import factories

ADDRESS = "/organisations/claims/new/"
SAID = "[data-draft-said]"


@pytest.fixture
def form(signed_in: Callable[[Any], Page]) -> Page:
    page = signed_in(factories.person())
    page.goto(ADDRESS)
    return page


def test_it_saves_itself_and_resumes(form: Page, axe: Callable[[Page], None]) -> None:
    form.fill("#id_position", "厂长")
    expect(form.locator(SAID)).to_contain_text("保存", timeout=8000)
    form.goto(ADDRESS)
    expect(form.locator("#id_position")).to_have_value("厂长")
    expect(form.locator(".notice").first).to_contain_text("尚未提交的草稿")
    axe(form)


def test_the_second_window_is_told(form: Page) -> None:
    other = form.context.new_page()
    other.goto(ADDRESS)
    form.fill("#id_position", "厂长")
    expect(form.locator(SAID)).to_contain_text("保存", timeout=8000)
    other.fill("#id_position", "经理")
    expect(other.locator(SAID)).to_contain_text("另一个窗口", timeout=8000)
    other.get_by_role("button", name="以本页内容覆盖草稿").click()
    other.wait_for_load_state()
    expect(other.locator("#id_position")).to_have_value("经理")


def test_enter_in_a_field_sends_the_form_and_saves_no_draft(form: Page) -> None:
    form.fill("#id_position", "厂长")
    form.press("#id_position", "Enter")
    expect(form.locator("[data-error-summary]")).to_be_visible()
