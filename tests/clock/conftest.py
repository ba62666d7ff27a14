"""Deadlines for the tests of this folder."""

import datetime as dt
from typing import Any

import pytest

from apps.clock import lapses
from apps.clock.models import Deadline
from apps.clock.services import deadlines
from apps.core.actors import Actor
from tests.reference import load_calendar

NOW = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
CLERK = Actor(label="示例受理人员")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def started(on: str, code: str = "CMA.ACCEPT", subject_id: int = 7) -> Deadline:
    return deadlines.start(actor=CLERK, now=NOW, on=day(on), subject_kind="file", subject_id=subject_id, code=code)


def act(what: str, on: str, code: str = "CMA.ACCEPT", subject_id: int = 7, **more: Any) -> Deadline:
    subject = {"subject_kind": "file", "subject_id": subject_id}
    found: Deadline = getattr(deadlines, what)(actor=CLERK, now=NOW, on=day(on), code=code, **subject, **more)
    return found


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock without the apps above it: here nothing follows from a limit unless a test says so."""
    monkeypatch.setattr(lapses, "_consequences", {})


@pytest.fixture
def loaded_calendar() -> None:
    load_calendar(2025, 2026, 2027)
