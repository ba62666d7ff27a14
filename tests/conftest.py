"""What the whole suite shares."""

import gc
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver
from django.utils import timezone, translation

from apps.core import keeping
from tests import template
from tests.emptying import empty_database

LONG = ("tests/fault/", "tests/journeys/", "tests/hostile/", "tests/core/test_embedded.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: one that begins last lets the other workers wait. (xdist begins with the largest group.)"""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector of garbage need not look at it for the rest of the run."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than processors: a worker often waits, for PostgreSQL, for the browser, for a process that it killed."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None) -> None:
    """The worker's test database, also for the browser tests, which do without pytest-django's own fixtures.

    Nobody drops it: the whole server is thrown away.
    """
    TransactionTestCase._fixture_teardown = lambda self: empty_database()  # type: ignore[method-assign]
    with django_db_blocker.unblock():
        template.copy_for_this_worker()


@pytest.fixture(scope="session", autouse=True)
def nothing_kept_grows_old() -> None:
    """A process asks again for what it kept too long: with a moving clock a slow machine would ask more often."""
    keeping.clock = lambda: 0.0


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    """What a process remembers between requests, and a test must not: rows are taken back, their copies are not."""
    ContentType.objects.clear_cache()
    keeping.forget_all()
    cache.clear()
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def bare_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """403 and 404 without their page: most URLs refuse most visitors, and that page is the same each time."""
    monkeypatch.setattr(
        URLResolver, "resolve_error_handler", lambda self, status: lambda request, **kwargs: HttpResponse(status=status)
    )


@pytest.fixture
def standing_clock() -> Iterator[None]:
    """A session is touched each minute, a page made anew each minute: neither may fall into a count of queries."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def counted(standing_clock: None) -> Callable[[], CaptureQueriesContext]:
    """`with counted() as queries:` is how every test looks at queries, but for the two below."""
    return lambda: CaptureQueriesContext(connection)


@pytest.fixture
def django_assert_num_queries(django_assert_num_queries: Any, standing_clock: None) -> Any:
    return django_assert_num_queries


@pytest.fixture
def django_assert_max_num_queries(django_assert_max_num_queries: Any, standing_clock: None) -> Any:
    return django_assert_max_num_queries
