"""A real browser against a live server: one Chromium per worker, a fresh context per test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import find

# Playwright keeps an event loop in this thread, and Django then refuses database calls although nothing is async here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

AXE = Path(__file__).parent.parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        yield browser
        browser.close()


class Trouble(list[str]):
    """What the browser complained about: console errors, refused content, failed requests, script errors."""

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: self.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("requestfailed", lambda request: self.append(f"{request.url}: {request.failure}"))


@pytest.fixture
def trouble() -> Trouble:
    return Trouble()


@pytest.fixture
def page(browser: Browser, live_server: Any, trouble: Trouble) -> Iterator[Page]:
    """An anonymous visitor with a Chinese desktop browser. `page.goto("/path/")` goes to the live server."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        viewport={"width": 1440, "height": 900},
    )
    page = context.new_page()
    trouble.watch(page)
    yield page
    context.close()


@pytest.fixture
def signed_in(page: Page, live_server: Any) -> Callable[[Any], Page]:
    """Sign `user` in by session cookie, without the sign-in pages (they have tests of their own)."""

    def sign_in(user: Any) -> Page:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        return page

    return sign_in


def axe_violations(page: Page) -> list[str]:
    """Run axe on the page as it is now. page.evaluate works under the content security policy."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", AXE_TAGS)
    return [
        f"{violation['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:300]})"
        for violation in found["violations"]
        for node in violation["nodes"][:5]
    ]


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails unless the page has zero violations of WCAG 2.2 AA."""

    def check(page: Page) -> None:
        violations = axe_violations(page)
        assert not violations, "\n".join(violations)

    return check
