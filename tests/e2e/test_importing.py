"""A file on its way in, in the browser: by keyboard alone from the upload to the result, and how far an upload is."""

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.constants import Role
from apps.certifications.models import Certificate, ImportBatch
from apps.certifications.services.imports import running
from tests.certifications import importing
from tests.e2e.conftest import Visitors
from tests.e2e.keys import tab_to

BATCH = re.compile(r"/registry/imports/\d+/$")
UPLOAD = "/registry/imports/new/"


@pytest.fixture
def clerk(visitors: Visitors) -> Page:
    page, _trouble = visitors.visit(Role.WINDOW_CLERK)
    return page


def work(page: Page) -> ImportBatch:
    """The worker's part of the batch that the page shows."""
    batch = ImportBatch.objects.get(pk=int(page.url.rstrip("/").rpartition("/")[2]))
    assert running.work(batch.pk, clock=timezone.now)
    return batch


def test_an_import_needs_no_mouse(clerk: Page, tmp_path: Path) -> None:
    """Upload, preview, confirm, result; the page follows the worker by itself."""
    file = tmp_path / "键盘.csv"
    bad = importing.row(certNumber="00126Q60002R0S", certiEDate="2029.13.45")
    file.write_bytes(importing.csv_bytes([importing.row(certNumber="00126Q60001R0S"), bad]))

    clerk.once("filechooser", lambda chooser: chooser.set_files(file))
    clerk.goto("/registry/imports/")
    tab_to(clerk.get_by_role("link", name="上传文件"), 40)
    clerk.keyboard.press("Enter")
    clerk.wait_for_url(f"**{UPLOAD}")
    tab_to(clerk.locator("input[type=file]"), 40)
    clerk.keyboard.press("Enter")
    expect(clerk.locator("input[type=file]")).to_have_value(re.compile("键盘.csv"))
    tab_to(clerk.get_by_label("数据来源"), 5)
    clerk.keyboard.press("Home")
    tab_to(clerk.get_by_role("button", name="上传并核对"), 5)
    clerk.keyboard.press("Enter")

    clerk.wait_for_url(BATCH)
    expect(clerk.locator("#import-progress progress")).to_be_visible()
    work(clerk)
    confirm = clerk.get_by_role("button", name="确认写入")
    expect(confirm).to_be_visible(timeout=10_000)
    expect(clerk.get_by_role("row").filter(has_text="2029.13.45")).to_have_count(1)
    tab_to(confirm, 40)
    clerk.keyboard.press("Enter")

    expect(clerk.locator("#import-progress progress")).to_be_visible()
    batch = work(clerk)
    expect(clerk.locator(".pagehead")).to_contain_text("已完成", timeout=10_000)
    tab_to(clerk.get_by_role("link", name="下载标注文件"), 40)
    assert Certificate.objects.filter(number="00126Q60001R0S").exists()
    batch.refresh_from_db()
    assert importing.nonzero(batch) == {"new": 1, "bad": 1}


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that takes about two seconds at the speed of `slow`."""
    file = tmp_path / "大文件.csv"
    file.write_bytes(importing.csv_bytes(importing.row(certNumber=f"00126Q7{n:04d}R0S") for n in range(9_000)))
    return file


def slow(page: Page) -> None:
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 600_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", speed)


def test_an_upload_shows_how_far_it_is(clerk: Page, large: Path) -> None:
    clerk.goto(UPLOAD)
    slow(clerk)
    clerk.set_input_files("input[type=file]", large)
    box = clerk.locator("[data-upload-progress]")
    expect(box).to_be_hidden()
    clerk.evaluate(
        """() => {
          window.name = '';
          new MutationObserver(() => {
            window.name += document.querySelector('[data-upload-text]').textContent + ' ';
          }).observe(document.querySelector('[data-upload-text]'), { childList: true });
        }"""
    )
    clerk.get_by_role("button", name="上传并核对").click()
    expect(box).to_be_visible()
    clerk.wait_for_url(BATCH, timeout=20_000)
    shown = [int(text.rstrip("%")) for text in clerk.evaluate("window.name").split()]
    assert shown == sorted(shown)
    assert any(0 < percent < 100 for percent in shown), shown
    assert shown[-1] == 100


def test_a_refused_upload_says_why_and_can_be_tried_again(clerk: Page, tmp_path: Path) -> None:
    wrong = tmp_path / "照片.csv"
    wrong.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    clerk.goto(UPLOAD)
    clerk.set_input_files("input[type=file]", wrong)
    clerk.get_by_role("button", name="上传并核对").click()
    expect(clerk.locator("[data-error-summary]")).to_be_focused()
    good = tmp_path / "再来.csv"
    good.write_bytes(importing.csv_bytes([importing.row(certNumber="00126Q60003R0S")]))
    clerk.set_input_files("input[type=file]", good)
    clerk.get_by_role("button", name="上传并核对").click()
    clerk.wait_for_url(BATCH)
