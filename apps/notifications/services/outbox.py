"""Putting a message into the outbox, and what a person may do with one that did not go through."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.notifications.channels import configured_among
from apps.notifications.constants import TEST, Channel, Decision, MessageState
from apps.notifications.models import Message, Preference
from apps.notifications.rules import message_key


def enqueue(
    *,
    topic: str,
    key: Iterable[object],
    params: Mapping[str, Any],
    now: dt.datetime,
    user_ids: Iterable[int] = (),
    addresses: Iterable[str] = (),
    channels: Iterable[str] = (Channel.EMAIL, Channel.IN_APP),
) -> int:
    """Promise a message about `topic`, in the caller's transaction. Returns how many rows are new.

    `key` names the occasion: the same occasion, recipient and channel gives one message however often it is enqueued.
    `params` fills the topic's template; `path` in it becomes the link. People who switched a channel off get none
    there, and nobody does where it is not configured; `addresses` are for people without an account, by e-mail only.
    """
    assert connection.in_atomic_block, "an act and the word of it are one transaction"
    occasion = tuple(key)
    base = {"topic": topic, "params": dict(params), "day": today(now), "next_at": now, "created_at": now}
    rows = [
        Message(key=message_key(topic, *occasion, pk, channel), recipient_id=pk, channel=channel, **base)
        for pk, channel in _reachable(set(user_ids), configured_among(channels))
    ]
    rows += [
        Message(key=message_key(topic, *occasion, to, Channel.EMAIL), address=to, channel=Channel.EMAIL, **base)
        for to in addresses
    ]
    for row in rows:
        if row.channel == Channel.IN_APP:  # it is delivered by being written
            row.state, row.sent_at = MessageState.SENT, now
    known = set(Message.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return len({row.key for row in rows} - known)


def send_test(*, actor: Actor, subject: str, body: str, now: dt.datetime) -> int:
    """Send the words of a template, filled with sample values, to the person who edits it. Changes nothing else."""
    require(actor, Permission.REMINDER_RULE_EDIT)
    assert actor.user_id is not None, "only a person can read a test message"
    with transaction.atomic():
        audit.record(
            actor=actor,
            now=now,
            action="notifications.template.test",
            subject_kind="message_template",
            subject_id=actor.user_id,
        )
        params = {"subject": subject, "body": body}
        return enqueue(
            topic=TEST, key=(actor.user_id, now.isoformat()), params=params, user_ids=[actor.user_id], now=now
        )


def retry(*, actor: Actor, message: Message, now: dt.datetime) -> Message:
    """Give a failed or dead message a fresh start. The key stays, so a keyed channel cannot double it."""
    with transaction.atomic():
        found = _locked(actor, message)
        if found.state not in (MessageState.DEAD, MessageState.FAILED):
            raise Refused("state", found.state)
        return _reopen(actor, found, now, "notifications.message.retry", "")


def decide(*, actor: Actor, message: Message, decision: str, reason: str, now: dt.datetime) -> Message:
    """A person says what became of a message whose outcome no machine can know."""
    with transaction.atomic():
        found = _locked(actor, message)
        if found.state != MessageState.UNKNOWN:
            raise Refused("state", found.state)
        action = "notifications.message.decide"
        if decision == Decision.SEND_AGAIN:
            return _reopen(actor, found, now, action, reason)
        arrived = decision == Decision.ARRIVED
        found.state = MessageState.SENT if arrived else MessageState.CLOSED
        found.sent_at = now if arrived else None
        found.save(update_fields=["state", "sent_at"])
        _record(actor, found, now, action, reason, {"state": MessageState.UNKNOWN})
        return found


def _reachable(user_ids: set[int], channels: list[str]) -> list[tuple[int, str]]:
    """The (person, channel) pairs that exist: an active account, an address, and the channel not switched off."""
    off = dict(Preference.objects.filter(user_id__in=user_ids).values_list("user_id", "channels_off"))
    people = get_user_model().objects.filter(pk__in=user_ids, is_active=True).order_by("pk")
    has = {Channel.EMAIL: "email", Channel.SMS: "phone"}
    return [
        (person.pk, channel)
        for person in people
        for channel in channels
        if channel == Channel.IN_APP
        or (getattr(person, has[Channel(channel)]) and channel not in off.get(person.pk, []))
    ]


def _locked(actor: Actor, message: Message) -> Message:
    found = Message.objects.select_for_update().get(pk=message.pk)
    require(actor, Permission.DELIVERY_RETRY)
    return found


def _reopen(actor: Actor, found: Message, now: dt.datetime, action: str, reason: str) -> Message:
    before = {"state": found.state, "attempts": found.attempts, "failure": found.failure}
    found.state, found.attempts, found.failure, found.next_at = MessageState.PLANNED, 0, "", now
    found.save(update_fields=["state", "attempts", "failure", "next_at"])
    _record(actor, found, now, action, reason, before)
    return found


def _record(
    actor: Actor, found: Message, now: dt.datetime, action: str, reason: str, before: dict[str, object]
) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=action,
        subject_kind="message",
        subject_id=found.pk,
        before=before,
        after={"state": found.state},
        reason=reason,
    )
