"""A newcomer's first hour without a mouse: sign in with a second factor, import the three real records, find the firm
by two characters, read its history, change the theme. Every step by Tab, Enter, arrows and letters."""

import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from apps.accounts.constants import Role
from apps.certifications.models import ImportBatch
from apps.certifications.services.imports import running
from tests import factories
from tests.accounts.conftest import confirmed
from tests.e2e.keys import tab_to

RECORDS = Path(settings.BASE_DIR) / "apps" / "certifications" / "data" / "cnca_records.json"
OUTLINED = """element => {
  const style = getComputedStyle(element);
  return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
}"""
FIRM = "山东泓达生物科技有限公司"


def press(target: Locator, key: str = "Enter") -> None:
    """Go there by Tab, see that the focus shows, and press."""
    tab_to(target, 120)
    assert target.evaluate(OUTLINED), f"the focus on {target} is not seen"
    target.page.keyboard.press(key)


def type_into(target: Locator, text: str) -> None:
    tab_to(target, 120)
    target.page.keyboard.type(text)


def sign_in(page: Page) -> None:
    clerk, secret = confirmed(factories.staff(Role.WINDOW_CLERK)), generate_totp_secret()
    TOTP.activate(clerk, secret)
    page.goto("/accounts/login/")
    type_into(page.locator("#id_login"), clerk.email)
    type_into(page.locator("#id_password"), factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/2fa/authenticate/*")
    type_into(page.locator("#id_code"), format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")


def work(page: Page) -> None:
    """The worker's part."""
    batch = ImportBatch.objects.get(pk=int(page.url.rstrip("/").rpartition("/")[2]))
    assert running.work(batch.pk, clock=timezone.now)


def bring_in(page: Page) -> None:
    menu = page.locator("header nav.main details").filter(has_text="登记册")
    press(menu.locator("summary"))
    press(menu.get_by_role("link", name="数据导入"))
    page.wait_for_url("**/registry/imports/")
    press(page.get_by_role("link", name="上传文件").first)
    page.wait_for_url("**/registry/imports/new/")
    page.once("filechooser", lambda chooser: chooser.set_files(RECORDS))
    press(page.locator("input[type=file]"))
    expect(page.locator("input[type=file]")).to_have_value(re.compile(RECORDS.name))
    press(page.get_by_role("button", name="上传并核对"))
    page.wait_for_url(re.compile(r"/registry/imports/\d+/$"))
    work(page)
    confirm = page.get_by_role("button", name="确认写入")
    expect(confirm).to_be_visible(timeout=10_000)
    expect(page.locator("main")).to_contain_text("将新增 3 张证书")
    press(confirm)
    expect(page.locator("#import-progress progress")).to_be_visible()
    work(page)
    expect(page.locator(".pagehead")).to_contain_text("已完成", timeout=10_000)


def find(page: Page) -> None:
    press(page.locator("header nav.main").get_by_role("link", name="查证书"))
    page.wait_for_url("**/lookup/")
    type_into(page.get_by_role("searchbox").first, "泓达")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    rows = page.locator("main table tbody tr")
    expect(rows).to_have_count(2)
    for n in range(2):
        expect(rows.nth(n)).to_contain_text(FIRM)
        expect(rows.nth(n)).to_contain_text("过期失效")
    press(rows.first.get_by_role("link").first)
    page.wait_for_url("**/c/*")
    expect(page.locator("main .verdict")).to_contain_text("过期失效")
    expect(page.locator("main .timeline li").first).to_contain_text("有效")
    press(page.locator("main").get_by_role("link", name=FIRM))
    page.wait_for_url("**/o/*")
    expect(page.locator("main table tbody tr")).to_have_count(2)


def darken(page: Page) -> None:
    menu = page.locator("header details.menu").filter(has_text="账号与安全")
    press(menu.locator("summary"))
    press(menu.get_by_role("link", name="显示设置"))
    page.wait_for_url(re.compile("/appearance/"))
    tab_to(page.get_by_label("跟随系统", exact=True))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("深色", exact=True)).to_be_checked()
    press(page.get_by_role("button", name="保存"))
    page.wait_for_url("**/o/*")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.timeout(180)
def test_a_newcomer_needs_no_mouse(page: Page, city: SimpleNamespace) -> None:
    sign_in(page)
    bring_in(page)
    find(page)
    darken(page)
