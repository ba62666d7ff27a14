"""Claim, send, confirm: what happens to a message when something goes wrong at each step."""

import datetime as dt
import time

import pytest
from django.db import transaction

from apps.notifications.channels import NotSent
from apps.notifications.constants import MAX_ATTEMPTS, MessageState
from apps.notifications.models import Message, ReminderRule
from apps.notifications.services import delivery, enqueue, plan_reminders, reconcile
from tests import factories as make
from tests.notifications.conftest import DAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def message(rules, stand_on) -> Message:
    now = stand_on(DAY)
    with transaction.atomic():
        enqueue(
            topic="parties.membership.ended",
            key=("m", 1),
            params={"organisation": "示例·甲"},
            user_ids=[make.person().pk],
            channels=["email"],
            now=now,
        )
    return Message.objects.get()


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_sent_once(message, sink) -> None:
    assert delivery.deliver() == 1
    assert delivery.deliver() == 0
    assert state(message) == MessageState.SENT
    assert message.provider_ref.startswith("ref-")
    assert [letter.key for letter in sink.letters] == [message.key]
    assert "示例·甲" in sink.letters[0].subject


def test_a_refusal_waits_and_tries_again(message, sink, monkeypatch, stand_on) -> None:
    sink.faults = [NotSent("503")]
    delivery.deliver()
    assert state(message) == MessageState.FAILED
    assert message.failure == "NotSent: 503"
    assert message.next_at > stand_on(DAY)
    assert delivery.deliver() == 0
    monkeypatch.setattr(delivery, "database_now", lambda: message.next_at)
    assert delivery.deliver() == 1
    assert state(message) == MessageState.SENT


def test_a_lost_answer_is_asked_for_before_a_second_sending(message, sink, monkeypatch) -> None:
    sink.askable, sink.faults, sink.arrives_anyway = True, [TimeoutError("lost")], True
    delivery.deliver()
    assert state(message) == MessageState.FAILED
    monkeypatch.setattr(delivery, "database_now", lambda: message.next_at)
    delivery.deliver()
    assert state(message) == MessageState.SENT
    assert len(sink.letters) == 1


def test_a_channel_with_neither_key_nor_query_leaves_doubt_to_a_person(message, sink, monkeypatch) -> None:
    sink.keyed, sink.faults = False, [TimeoutError("lost")]
    delivery.deliver()
    assert state(message) == MessageState.UNKNOWN
    monkeypatch.setattr(delivery, "database_now", lambda: message.next_at + dt.timedelta(days=2))
    assert delivery.deliver() == 0


def test_an_abandoned_sending_on_such_a_channel_is_unknown_too(message, sink, monkeypatch) -> None:
    sink.keyed = False
    taken = delivery.claim_one()
    monkeypatch.setattr(delivery, "database_now", lambda: message.next_at + dt.timedelta(minutes=1))
    again = delivery.claim_one()
    assert again.abandoned
    assert delivery.handle(again) == MessageState.UNKNOWN
    assert sink.letters == []
    assert taken.claim == 1


def test_a_frozen_worker_that_thaws_changes_nothing(message, sink, monkeypatch) -> None:
    frozen = delivery.claim_one()
    monkeypatch.setattr(delivery, "database_now", lambda: message.next_at + dt.timedelta(minutes=1))
    second = delivery.claim_one()
    assert (frozen.claim, second.claim) == (1, 2)
    delivery._finish(frozen, MessageState.DEAD, failure="zombie")
    assert state(message) == MessageState.SENDING
    delivery.handle(second)
    assert state(message) == MessageState.SENT


def test_a_worker_past_its_lease_does_not_send(message, sink, monkeypatch) -> None:
    taken = delivery.claim_one()
    late = time.monotonic() + 3600
    monkeypatch.setattr(time, "monotonic", lambda: late)
    assert delivery.handle(taken) == MessageState.SENDING
    assert sink.letters == []


def test_nobody_takes_what_another_holds(message) -> None:
    assert delivery.claim_one() is not None
    assert delivery.claim_one() is None


def test_twenty_attempts_then_dead_then_a_person_retries(message, sink) -> None:
    sink.faults = [NotSent("550 no such user")] * MAX_ATTEMPTS
    for _ in range(MAX_ATTEMPTS + 3):
        Message.objects.update(next_at=delivery.database_now())
        delivery.deliver()
    assert state(message) == MessageState.DEAD
    assert message.attempts == MAX_ATTEMPTS


@pytest.mark.parametrize("field", ["next_at", "lease_until"])
def test_times_further_ahead_than_legal_count_as_past(message, sink, field) -> None:
    """A clock that stood a day ahead wrote them; without this clamp the row would be stuck for that day."""
    far = delivery.database_now() + dt.timedelta(days=1)
    Message.objects.update(**{field: far}, state=MessageState.SENDING if field == "lease_until" else "failed")
    assert delivery.deliver() == 1
    assert state(message) == MessageState.SENT


def test_the_outbox_forgets_a_link_that_works_once(message, sink) -> None:
    Message.objects.update(topic="parties.invitation.sent", params={"path": "/join/secret", "organisation": "甲"})
    delivery.deliver()
    message.refresh_from_db()
    assert message.params == {}
    assert "/join/secret" in sink.letters[0].text


def test_a_digest_whose_matters_are_settled_is_closed_unsent(rules, stand_on, sink) -> None:
    from apps.notifications.services import plan_reminders

    user, holder = make.person(), make.organisation()
    make.member(user, holder)
    certificate = make.certificate(holder, valid_to=DAY + dt.timedelta(days=40))
    stand_on(DAY)
    plan_reminders()
    certificate.status = "cancelled"
    certificate.save()
    assert delivery.deliver() == 1
    assert Message.objects.get(channel="email").state == MessageState.CLOSED
    assert sink.letters == []


def test_the_same_occasion_is_one_message(message, now) -> None:
    from django.db import transaction

    with transaction.atomic():
        again = enqueue(
            topic="parties.membership.ended",
            key=("m", 1),
            params={},
            user_ids=[message.recipient_id],
            channels=["email", "in_app"],
            now=now,
        )
    assert again == 1  # only the in-app one is new
    assert Message.objects.count() == 2


@pytest.fixture
def without_sms(settings) -> None:
    settings.NOTIFICATION_CHANNELS = {**settings.NOTIFICATION_CHANNELS, "sms": ""}


def test_no_sms_is_promised_where_none_can_be_sent(rules, stand_on, without_sms) -> None:
    user, holder = make.person(phone="13800001234"), make.organisation()
    make.member(user, holder)
    make.certificate(holder, valid_to=DAY + dt.timedelta(days=40))
    ReminderRule.objects.filter(event="certificate.expiry").update(channels=["sms", "in_app"])
    now = stand_on(DAY)
    plan_reminders()
    with transaction.atomic():
        enqueue(topic="t", key=(1,), params={}, user_ids=[user.pk], channels=["sms"], now=now)
    assert set(Message.objects.values_list("channel", flat=True)) == {"in_app"}
    assert reconcile(day=DAY).nothing


def test_an_sms_from_before_is_not_counted_as_sent(message, without_sms) -> None:
    Message.objects.update(channel="sms")
    assert delivery.deliver() == 1
    assert (state(message), message.sent_at) == (MessageState.DEAD, None)
    assert "no adapter is configured" in message.failure
