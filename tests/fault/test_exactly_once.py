"""Exactly once per key, whatever dies (ADR 0004; docs/security-attempts.md, 34).

Real: the two workers, the pacemaker, PostgreSQL, Valkey, SIGKILL, SIGSTOP, the lost answers. Simulated: the clock. The
database's own clock cannot be moved without a library that the machine may not have, so every process adds the seconds
of a file to it (apps.clock.source.shift); the machine's steady clock goes on as it would under a real step.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import template
from tests.fault.house import House
from tests.fault.sink import Sink

pytestmark = [pytest.mark.fault, pytest.mark.timeout(360)]

DUE, TOMORROW, TEXTS = 1200, 40, 200
DAY = 86_400
OPEN = "SELECT count(*) FROM notifications_message WHERE state IN ('planned', 'failed', 'sending')"


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="certportal-fault-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def sink(folder: Path) -> Iterator[Sink]:
    made = Sink(folder / "sink.log")
    yield made
    made.close()


@pytest.fixture
def house(folder: Path, sink: Sink, django_db_setup: None) -> Iterator[House]:
    made = House(folder, sink.port)
    try:
        template.copy_to(made.database_url)
        made.run("-m", "tests.fault.seed", str(DUE), str(TOMORROW), str(TEXTS))
        yield made
    finally:
        made.stop()


def test_nothing_is_lost_and_nothing_doubled(house: House, sink: Sink, capsys) -> None:
    house.start()
    try:
        _wait(lambda: len(sink.accepted["keyed"]) > 30, "the workers did not begin", 120)
        remaining = [_faults_of_processes(house, sink), _faults_of_the_clock(house, sink)]
        _wait(lambda: house.ask(OPEN) == [(0,)], "messages stay unfinished", 90)
    except BaseException:
        print(house.logs())
        raise

    states = dict(house.ask("SELECT channel || ' ' || state, count(*) FROM notifications_message GROUP BY 1"))
    keyed, blind = sink.accepted["keyed"], sink.accepted["blind"]
    with capsys.disabled():
        print(
            f"\n[fault] keyed {len(keyed)}/{DUE}, most per key {max(keyed.values())}, absorbed {sink.absorbed}; "
            f"blind {len(blind)}/{TEXTS}, most per key {max(blind.values())}; 503 {sink.refused}, "
            f"lost answers {sink.lost_answers}; left when each group of faults began {remaining}; {states}"
        )
    # Every fault must have met workers with something still to do, or the test would prove nothing.
    assert min(remaining) > 0
    assert len(keyed) == DUE
    assert max(keyed.values()) == 1
    assert states["email sent"] == DUE
    assert states["in_app sent"] == DUE
    assert max(blind.values()) == 1
    assert states["sms sent"] + states.get("sms unknown", 0) == TEXTS
    assert TEXTS - len(blind) <= states.get("sms unknown", 0)
    assert set(states) <= {"email sent", "in_app sent", "sms sent", "sms unknown"}


def _faults_of_processes(house: House, sink: Sink) -> int:
    left = house.ask(OPEN)[0][0]
    house.kill("worker1")
    time.sleep(1)
    house.kill("worker2")
    house.flush_valkey()
    time.sleep(1)
    house.kill_valkey()
    time.sleep(2)
    house.restart_valkey()
    house.restart_postgres_immediately()
    house.kill("pacemaker")
    _wait(_progress(sink), "nothing moves after the restarts", 30)
    return int(left)


def _faults_of_the_clock(house: House, sink: Sink) -> int:
    left = house.ask(OPEN)[0][0]
    with house.frozen("worker1", 4.5):  # longer than its lease: the other takes its message
        pass
    house.set_clock(DAY)
    time.sleep(3)
    early = house.ask("SELECT count(*) FROM notifications_reminder WHERE planned_on > current_date")
    fenced = house.ask("SELECT fenced_since IS NOT NULL FROM notifications_clockheartbeat")
    assert early == [(0,)], "a reminder was planned a day early"
    assert fenced == [(True,)], "the fence did not notice the step"
    house.set_clock(0)
    time.sleep(2)
    house.set_clock(-DAY)
    time.sleep(2)
    house.set_clock(0)
    _wait(
        lambda: house.ask("SELECT fenced_since IS NULL FROM notifications_clockheartbeat") == [(True,)],
        "the fence did not lift when the clock returned",
        20,
    )
    return int(left)


def _progress(sink: Sink):
    before = sum(sink.accepted["keyed"].values())
    return lambda: sum(sink.accepted["keyed"].values()) > before


def _wait(condition, complaint: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.25)
    pytest.fail(complaint)
