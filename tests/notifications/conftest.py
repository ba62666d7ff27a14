"""A loaded rule book, a clock that stands on a day, and a certificate with somebody to remind."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.calendar import SHANGHAI
from apps.notifications import channels
from apps.notifications.services import fence, planning
from tests.reference import load_rules

SYSTEM = Actor.system("test")
DAY = dt.date(2026, 6, 1)


@pytest.fixture
def rules(db):
    load_rules()


@pytest.fixture
def stand_on(monkeypatch) -> Callable[[dt.date], dt.datetime]:
    """Let the database's clock stand at nine o'clock, Shanghai, on a day; the steady clock follows."""
    from apps.notifications.services import delivery

    def stand(day: dt.date, hour: int = 9) -> dt.datetime:
        now = dt.datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
        for module in (planning, fence, delivery):
            monkeypatch.setattr(module, "database_now", lambda: now)
        monkeypatch.setattr(fence, "steady_seconds", lambda: now.timestamp())
        return now

    return stand


@dataclass
class Sink:
    """An adapter that writes down what it is given and may be told to fail."""

    keyed: bool = True
    askable: bool = False
    letters: list[channels.Letter] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    arrives_anyway: bool = False

    def send(self, letter: channels.Letter) -> str:
        fault = self.faults.pop(0) if self.faults else None
        if fault is None or self.arrives_anyway:
            self.letters.append(letter)
        if fault:
            raise fault
        return f"ref-{letter.key[:6]}"

    def find(self, key: str) -> str | None:
        return next((f"ref-{key[:6]}" for letter in self.letters if letter.key == key), None)


@pytest.fixture
def sink(monkeypatch) -> Sink:
    from apps.notifications.services import delivery

    found = Sink()
    monkeypatch.setattr(delivery, "adapter_for", lambda channel: found)
    return found


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()
