"""Two connections at one deadline, and one that counts while another changes the calendar."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from apps.clock import selectors
from apps.clock.constants import DeadlineState
from apps.clock.models import CalendarDay, Deadline
from apps.clock.services import Swept, edit_day, sweep
from apps.core.actors import Actor
from apps.core.problems import Refused
from tests.clock.conftest import CLERK, NOW, act, day, started

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loaded_calendar")]


def race(*acts: Callable[[], object]) -> list[object]:
    """Run the acts at once, each on its own connection and in its own transaction; their results or refusals."""
    gate = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(n: int) -> None:
        try:
            gate.wait(10)
            with transaction.atomic():
                results[n] = acts[n]()
        except Refused as refusal:
            results[n] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def kinds() -> list[str]:
    return [each.kind for each in Deadline.objects.get().events.order_by("n")]


def begin(on: str = "2026-11-24") -> None:
    with transaction.atomic():
        started(on)


def test_two_pauses_one_wins() -> None:
    begin()
    pause = lambda: act("pause", "2026-11-25", reason="等待补正").state  # noqa: E731
    assert sorted(map(str, race(pause, pause))) == ["clock.not_running", "paused"]
    assert kinds() == ["start", "pause"]


def test_two_resumptions_one_wins() -> None:
    begin()
    with transaction.atomic():
        act("pause", "2026-11-25", reason="等待补正")
    resume = lambda: act("resume", "2026-11-27").state  # noqa: E731
    assert sorted(map(str, race(resume, resume))) == ["clock.not_paused", "running"]
    assert kinds() == ["start", "pause", "resume"]


def test_pause_and_stop_never_both_win_on_a_running_clock() -> None:
    begin()
    results = race(lambda: act("pause", "2026-11-25", reason="x").state, lambda: act("stop", "2026-11-25").state)
    found = Deadline.objects.get()
    assert found.state == DeadlineState.MET
    assert kinds() in (["start", "pause", "met"], ["start", "met"])
    assert results[0] == ("paused" if "pause" in kinds() else "clock.none")


def test_two_starts_one_wins() -> None:
    begin_one = lambda: started("2026-11-24").pk  # noqa: E731
    results = race(begin_one, begin_one)
    assert results.count("clock.running") == 1
    assert Deadline.objects.count() == 1


def test_sweep_and_stop_the_lapse_is_written_once() -> None:
    begin("2026-11-16")
    stop = lambda: act("stop", "2026-12-01").state  # noqa: E731
    results = race(lambda: sweep(actor=Actor.system("test"), now=NOW), stop)
    assert results[1] == DeadlineState.LAPSED
    assert kinds() == ["start", "lapse", "met"]
    assert results[0] in (Swept(1, 0), Swept(0, 0))


def test_many_sweeps_lapse_each_once() -> None:
    with transaction.atomic():
        for n in range(6):
            started("2026-11-16", subject_id=n)
    results = race(*[lambda: sweep(actor=Actor.system("test"), now=NOW)] * 4)
    assert sum(result.lapsed for result in results) == 6
    assert all(found.events.filter(kind="lapse").count() == 1 for found in Deadline.objects.all())


def test_who_counts_is_waited_for_by_who_changes_the_calendar() -> None:
    """Without the lock the recount would not see the deadline that is being counted with the old calendar."""
    counted, edited = threading.Event(), threading.Event()

    def count() -> None:
        with transaction.atomic():
            started("2026-11-23")
            counted.set()
            assert not edited.wait(0.5), "the edit did not wait for the count"
        connections.close_all()

    def edit() -> None:
        assert counted.wait(10)
        edit_day(
            actor=CLERK,
            day=CalendarDay.objects.get(date="2026-11-25"),
            kind="holiday",
            name="示例节",
            notice="示例〔2026〕1号",
            version=1,
            reason="临时放假",
            now=NOW,
            allow=lambda actor: None,
        )
        edited.set()
        connections.close_all()

    threads = [threading.Thread(target=count), threading.Thread(target=edit)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert edited.is_set()
    assert Deadline.objects.get().due_on == day("2026-12-01")
    assert list(selectors.disagreeing()) == []


def test_a_count_waits_for_the_edit() -> None:
    held, done = threading.Event(), threading.Event()
    outcome: list[dt.date | None] = []

    def edit() -> None:
        with transaction.atomic():
            edit_day(
                actor=CLERK,
                day=CalendarDay.objects.get(date="2026-11-25"),
                kind="holiday",
                name="示例节",
                notice="示例〔2026〕1号",
                version=1,
                reason="临时放假",
                now=NOW,
                allow=lambda actor: None,
            )
            held.set()
            assert not done.wait(0.5), "the count did not wait for the edit"
        connections.close_all()

    def count() -> None:
        assert held.wait(10)
        with transaction.atomic():
            outcome.append(started("2026-11-23").due_on)
        done.set()
        connections.close_all()

    threads = [threading.Thread(target=edit), threading.Thread(target=count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcome == [day("2026-12-01")]
