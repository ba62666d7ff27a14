"""A file on its way in, in the browser: how far an upload is, and what a refused one says. (The whole way by keyboard:
test_keyboard_journey.py.)"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.constants import Role
from tests.certifications import importing
from tests.e2e.conftest import Visitors
from tests.e2e.pages.certifications import line

BATCH = re.compile(r"/registry/imports/\d+/$")
UPLOAD = "/registry/imports/new/"


@pytest.fixture
def clerk(visitors: Visitors) -> Page:
    page, _trouble = visitors.visit(Role.WINDOW_CLERK)
    return page


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that takes about two seconds at the speed of `slow`."""
    file = tmp_path / "大文件.csv"
    file.write_bytes(importing.csv_bytes(line(certNumber=f"00126Q7{n:04d}R0S") for n in range(9_000)))
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
    good.write_bytes(importing.csv_bytes([line(certNumber="00126Q60003R0S")]))
    clerk.set_input_files("input[type=file]", good)
    clerk.get_by_role("button", name="上传并核对").click()
    clerk.wait_for_url(BATCH)
