"""Several workers and pacemakers at once, each on its own connection; and a server whose clock runs a day ahead."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from apps.notifications import pacemaker
from apps.notifications.models import Message, Reminder
from apps.notifications.services import deliver, enqueue, fence, plan_reminders
from tests import factories as make
from tests.notifications.conftest import DAY, Sink

WORKERS = 8


def at_once(act: Callable[[], object]) -> list[object]:
    """What `act` answered each of the WORKERS that called it in the same moment."""
    start, answers = threading.Barrier(WORKERS), []

    def run() -> None:
        start.wait(20)
        try:
            answers.append(act())
        except Exception as fault:
            answers.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.django_db(transaction=True)
def test_each_message_is_claimed_and_sent_once_and_each_day_planned_once(
    rules: None, stand_on: Callable[[dt.date], dt.datetime], sink: Sink
) -> None:
    """Planned by eight, then delivered by eight: the rows and letters of one."""
    now = stand_on(DAY)
    people = [make.person() for _n in range(40)]
    holder, body = make.organisation(), make.body()
    for person in people:
        make.member(person, holder)
    make.certificate(holder, body=body, valid_to=DAY + dt.timedelta(days=40))
    with transaction.atomic():
        enqueue(topic="t", key=("race",), params={}, user_ids=[p.pk for p in people], channels=["email"], now=now)

    planned = at_once(plan_reminders)
    assert [each for each in planned if isinstance(each, Exception)] == []
    assert Reminder.objects.count() == 2 * len(people), "e-mail and in-app"
    assert sorted(each.reminders for each in planned) == [0] * (WORKERS - 1) + [2 * len(people)]

    handled = at_once(lambda: deliver(seconds=20))
    assert [each for each in handled if isinstance(each, Exception)] == []
    sent = Counter(letter.key for letter in sink.letters)
    assert len(sent) == sum(handled) == 2 * len(people), "a digest and a message for each"
    assert set(sent.values()) == {1}
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert set(Message.objects.filter(channel="email").values_list("claim", "attempts")) == {(1, 1)}


@pytest.mark.django_db
def test_a_clock_a_day_ahead_sends_nothing_early(
    rules: None, stand_on: Callable[..., dt.datetime], sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attempt 34: the pacemaker looks, as it does all day, while the server's clock jumps forth and back."""
    person, holder = make.person(), make.organisation()
    make.member(person, holder)
    make.certificate(holder, valid_to=DAY + dt.timedelta(days=31))  # its thirtieth day is tomorrow
    heart = pacemaker.Pacemaker()
    monkeypatch.setattr(pacemaker, "_nudge", lambda: False)

    def look(day: dt.date, steady: float | None = None, hour: int = 9) -> None:
        now = stand_on(day, hour)
        monkeypatch.setattr(pacemaker, "database_now", lambda: now)
        if steady is not None:
            monkeypatch.setattr(fence, "steady_seconds", lambda: steady)
        heart.look()

    now = stand_on(DAY)
    look(DAY)
    early = {**Counter(Reminder.objects.values_list("threshold", flat=True))}
    letters = len(sink.letters)
    assert 30 not in early
    look(DAY + dt.timedelta(days=1), steady=now.timestamp() + 60)  # a minute passed, the wall says a day
    assert {**Counter(Reminder.objects.values_list("threshold", flat=True))} == early
    assert len(sink.letters) == letters, "nothing went out early"
    assert fence.beat().fenced_since is not None
    look(DAY, hour=10)
    assert fence.beat().fenced_since is None
    look(DAY + dt.timedelta(days=1))
    look(DAY + dt.timedelta(days=1), hour=10)
    told = Reminder.objects.filter(threshold=30)
    assert sorted(told.values_list("channel", flat=True)) == ["email", "in_app"], "on its day, once"
    assert len(sink.letters) == letters + 1
