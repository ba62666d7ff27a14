"""A real browser against a live server. One Chromium, one server and one seeded city per worker; one signed-in browser
context per role, kept for the whole walk. All tests of this folder see the same rows: one that writes brings its own.
"""

import os
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser import find
from tests.e2e.looking import axe as axe_violations
from tests.e2e.pages import build, person_of
from tests.emptying import empty_database

# Playwright keeps an event loop in this thread, and Django then refuses database calls although nothing is async here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FRESH = time.time() + 3600  # the walk lasts longer than a re-authentication
DESKTOP = {"width": 1440, "height": 900}
EMPTIES_THE_CITY = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e/" not in str(item.path):
            continue
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.xdist_group("browser"))  # one worker, one city, one Chromium
        wrong = EMPTIES_THE_CITY & set(getattr(item, "fixturenames", ()))
        if wrong or item.get_closest_marker("django_db"):
            raise pytest.UsageError(
                f"{item.nodeid}: {wrong or 'django_db'} would empty the city of tests/e2e; use `city`"
            )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def city(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[SimpleNamespace]:
    """What the pages show (tests/e2e/pages). Committed, so that the server's threads see it; emptied at the end."""
    folder = tmp_path_factory.mktemp("city")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media", MAILBOX_DIR=folder / "mail"):
        yield build()
        empty_database()


@pytest.fixture(scope="package")
def server(city: SimpleNamespace) -> Iterator[str]:
    """The address of a live server, which takes back what a page asked it to (tests/e2e/refusing.py)."""
    with override_settings(MIDDLEWARE=["tests.e2e.refusing.RolledBack", *settings.MIDDLEWARE]):
        running = LiveServer("localhost")
        yield running.url
        running.stop()


class Trouble(list[str]):
    """What the browser complained about: console errors, refused content, failed requests, script errors."""

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: self.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("requestfailed", lambda request: self.append(f"{request.url}: {request.failure}"))


class Visitors:
    """A browser context per role, opened when first asked for."""

    def __init__(self, browser: Browser, server: str, city: SimpleNamespace) -> None:
        self.browser, self.server, self.city = browser, server, city
        self.pages: dict[str, tuple[Page, Trouble]] = {}

    def visit(self, role: str) -> tuple[Page, Trouble]:
        """The role's page as if it were new: wide, on screen, in Chinese; with what it complains about from now on."""
        if role not in self.pages:
            page = self.context(person_of(role, self.city)).new_page()
            self.pages[role] = page, Trouble()
            self.pages[role][1].watch(page)
        page, trouble = self.pages[role]
        page.context.clear_cookies(name=settings.LANGUAGE_COOKIE_NAME)
        page.emulate_media(media="screen")
        page.set_viewport_size(DESKTOP)
        trouble.clear()
        return page, trouble

    def context(self, user: Any, **options: Any) -> BrowserContext:
        """A Chinese desktop browser, signed in by cookie (the sign-in pages have tests of their own)."""
        common = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "reduced_motion": "reduce", "viewport": DESKTOP}
        context = self.browser.new_context(base_url=self.server, **{**common, **options})
        if user is not None:
            context.add_cookies([self.cookie(user)])
        return context

    def cookie(self, user: Any) -> Any:
        client = Client()
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": FRESH, "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        name = settings.SESSION_COOKIE_NAME
        return {"name": name, "value": client.cookies[name].value, "url": self.server}

    def close(self) -> None:
        for page, _trouble in self.pages.values():
            page.context.close()


@pytest.fixture(scope="package")
def visitors(browser: Browser, server: str, city: SimpleNamespace) -> Iterator[Visitors]:
    made = Visitors(browser, server, city)
    yield made
    made.close()


@pytest.fixture
def opened(visitors: Visitors) -> Iterator[Callable[..., Page]]:
    """`opened(user, java_script_enabled=False)`: a page of a browser of its own, signed in as the user, if any."""
    contexts: list[BrowserContext] = []

    def open_for(user: Any = None, **options: Any) -> Page:
        contexts.append(visitors.context(user, **options))
        return contexts[-1].new_page()

    yield open_for
    for context in contexts:
        context.close()


@pytest.fixture
def trouble() -> Trouble:
    return Trouble()


@pytest.fixture
def page(opened: Callable[..., Page], trouble: Trouble) -> Page:
    """An anonymous visitor with a browser of their own. `page.goto("/path/")` goes to the live server."""
    page = opened()
    trouble.watch(page)
    return page


@pytest.fixture
def signed_in(page: Page, visitors: Visitors) -> Callable[[Any], Page]:
    """`signed_in(user)` is `page`, with the user signed in."""

    def sign_in(user: Any) -> Page:
        page.context.add_cookies([visitors.cookie(user)])
        return page

    return sign_in


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails unless the page has zero violations of WCAG 2.2 AA, as it is now."""

    def check(page: Page) -> None:
        violations = axe_violations(page)
        assert not violations, "\n".join(violations)

    return check
