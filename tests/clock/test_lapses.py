"""The sweep: once, with its consequence, one by one, idempotent after a kill, and never by a clock that has jumped."""

import datetime as dt
from collections.abc import Iterator

import pytest

from apps.audit.models import AuditEntry
from apps.clock import lapses, tasks
from apps.clock.constants import DeadlineState
from apps.clock.models import Deadline, DeadlineEvent
from apps.clock.services import Swept, sweep
from apps.core.actors import Actor
from apps.core.models import JobRun
from apps.core.problems import Refused
from apps.notifications.models import ClockHeartbeat
from apps.notifications.services import beat
from tests.clock.conftest import act, day, started

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded_calendar")]
SYSTEM = Actor.system("test")
LAST = "2026-11-30"  # five working days after Monday, 23 November
BEFORE_MIDNIGHT = dt.datetime(2026, 11, 30, 15, 59, 59, tzinfo=dt.UTC)  # 23:59:59 in Shanghai
MIDNIGHT = BEFORE_MIDNIGHT + dt.timedelta(seconds=1)


@pytest.fixture
def granted() -> Iterator[list[int]]:
    """Subjects to which silence granted what they had asked for."""
    found: list[int] = []
    lapses.register("CMA.ACCEPT", lambda deadline, now: found.append(deadline.subject_id))
    yield found
    lapses.unregister("CMA.ACCEPT")


def test_silence_grants_when_the_last_day_has_ended_in_shanghai(granted: list[int]) -> None:
    assert started("2026-11-23").due_on == day(LAST)
    assert sweep(actor=SYSTEM, now=BEFORE_MIDNIGHT) == Swept(0, 0)
    assert granted == []
    assert sweep(actor=SYSTEM, now=MIDNIGHT) == Swept(1, 0)
    assert [sweep(actor=SYSTEM, now=MIDNIGHT) for _ in range(2)] == [Swept(), Swept()]
    assert granted == [7]
    found = Deadline.objects.get()
    assert (found.state, found.due_on, found.ended_on) == (DeadlineState.LAPSED, day(LAST), None)
    event = found.events.get(kind="lapse")
    assert (event.on, event.actor_label) == (day("2026-12-01"), "system:test")
    assert AuditEntry.objects.filter(action="clock.deadline.lapse", subject_id="7").count() == 1


def test_paused_and_ended_clocks_do_not_lapse(granted: list[int]) -> None:
    started("2026-11-16", subject_id=1)
    act("pause", "2026-11-17", subject_id=1, reason="等待补正")
    started("2026-11-16", subject_id=2)
    act("stop", "2026-11-17", subject_id=2)
    assert sweep(actor=SYSTEM, now=MIDNIGHT) == Swept()
    assert granted == []


def test_a_limit_without_consequence_lapses_and_stays_owed(granted: list[int]) -> None:
    started("2026-11-02", "CMA.DECIDE")
    assert sweep(actor=SYSTEM, now=MIDNIGHT) == Swept(1, 0)
    ended = act("stop", "2026-12-01", "CMA.DECIDE")
    assert (ended.state, ended.ended_on) == (DeadlineState.LAPSED, day("2026-12-01"))
    assert [each.kind for each in ended.events.order_by("n")] == ["start", "lapse", "met"]


def test_too_late_for_the_act_where_the_law_acted_itself(granted: list[int]) -> None:
    started("2026-11-23")
    with pytest.raises(Refused) as refused:
        act("stop", "2026-12-01")
    assert refused.value.code == "clock.lapsed"
    assert Deadline.objects.get().state == DeadlineState.RUNNING
    sweep(actor=SYSTEM, now=MIDNIGHT)
    assert act("stop", "2026-12-01").ended_on == day("2026-12-01")


def test_one_fault_keeps_nobody_else_waiting_and_is_tried_again() -> None:
    faulty = {1}

    def handler(deadline: Deadline, now: dt.datetime) -> None:
        Deadline.objects.filter(pk=deadline.pk).update(version=99)
        if deadline.subject_id in faulty:
            raise ValueError("示例故障")

    lapses.register("CMA.ACCEPT", handler)
    try:
        started("2026-11-16", subject_id=1)
        started("2026-11-17", subject_id=2)
        assert sweep(actor=SYSTEM, now=MIDNIGHT) == Swept(lapsed=1, failed=1)
        first = Deadline.objects.get(subject_id=1)
        assert (first.state, first.version) == (DeadlineState.RUNNING, 1)  # the whole transaction went back
        assert not DeadlineEvent.objects.filter(deadline=first, kind="lapse").exists()
        with pytest.raises(tasks.LapsesFailed):
            tasks.sweep_lapses()
        faulty.clear()
        assert sweep(actor=SYSTEM, now=MIDNIGHT) == Swept(lapsed=1, failed=0)
    finally:
        lapses.unregister("CMA.ACCEPT")


def test_the_subject_is_locked_before_its_deadline(granted: list[int]) -> None:
    order: list[str] = []
    lapses.register(
        "CMA.ACCEPT",
        lambda deadline, now: order.append("handled"),
        lock=lambda kind, pk: order.append(f"locked {kind}:{pk}"),
    )
    started("2026-11-23")
    sweep(actor=SYSTEM, now=MIDNIGHT)
    assert order == ["locked file:7", "handled"]


def test_nothing_lapses_by_a_clock_that_has_jumped(granted: list[int]) -> None:
    started("2026-11-23")
    beat()
    jumped = ClockHeartbeat.objects.get()
    ClockHeartbeat.objects.update(wall=jumped.wall - dt.timedelta(days=1))  # as if the clock were a day ahead since
    assert sweep(actor=SYSTEM, now=MIDNIGHT) == Swept()
    ClockHeartbeat.objects.update(wall=jumped.wall)
    assert sweep(actor=SYSTEM, now=MIDNIGHT) == Swept(1, 0)
    assert granted == [7]


def test_the_nightly_round_extends_the_calendar_and_alarms(settings) -> None:
    started("2026-11-23")
    tasks.reconcile()
    assert JobRun.objects.get(name="clock.reconcile").outcome["disagreeing"] == 0
    Deadline.objects.update(due_on="2027-01-01")
    with pytest.raises(tasks.Disagreement, match="1 deadlines"):
        tasks.reconcile()
    assert JobRun.objects.get(name="clock.reconcile").failure.startswith("Disagreement")
