"""The sample process, known while these tests run; a calendar and limits to count by."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from apps.parties.constants import DivisionLevel
from apps.parties.models import Division
from apps.workflow import bindings
from tests.reference import load_calendar
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
    load_calendar(2026, 2027)


@pytest.fixture
def now(db: None) -> dt.datetime:
    """The present, with two counties and a calendar around it."""
    moment = timezone.now()
    for code, name in (("520602", "碧江区"), ("520621", "江口县")):
        Division.objects.create(code=code, name=name, level=DivisionLevel.COUNTY, parent_code="520600")
    load_calendar(moment.year - 1, moment.year, moment.year + 1)
    return moment
