"""The sample process, known while these tests run; a calendar and limits to count by."""

import datetime as dt
from collections.abc import Iterator

import pytest

from apps.clock.services import load_calendar
from apps.core.actors import Actor
from apps.workflow import bindings
from tests.workflow import casework
from tests.workflow.table import SAMPLE


@pytest.fixture(autouse=True)
def sample() -> Iterator[None]:
    bindings.register(SAMPLE, casework.BINDING)
    casework.reset()
    yield
    bindings.unregister(SAMPLE.code)  # the lapse of its limit stays registered: other processes may share it


@pytest.fixture
def calendar(db: None) -> None:
    load_calendar(actor=Actor.system("test"), years=(2026, 2027), now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
