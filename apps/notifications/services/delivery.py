"""Claim, send, confirm (core.claiming). Each step commits; nothing is sent inside a transaction."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from apps.clock.source import database_now
from apps.core.calendar import today as shanghai_day
from apps.core.claiming import take_one
from apps.core.rules import backoff
from apps.notifications.channels import Adapter, Letter, NotConfigured, NotSent, adapter_for
from apps.notifications.constants import FIRST_BACKOFF, MAX_ATTEMPTS, MAX_BACKOFF, WAITING, MessageState
from apps.notifications.models import Message
from apps.notifications.services import composing

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in this worker's hands until `good_until` on the steady clock. `abandoned`: another had it before."""

    message_id: int
    claim: int
    attempts: int
    abandoned: bool
    good_until: float


def deliver(*, limit: int = 500, seconds: float = 30) -> int:
    """Deliver due messages until none is left, or the limit or the time is reached. Returns how many were handled."""
    end = time.monotonic() + seconds
    handled = 0
    while handled < limit and time.monotonic() < end:
        taken = _patiently(claim_one, end)
        if taken is None:
            break
        _patiently(partial(handle, taken), end)
        handled += 1
    return handled


def claim_one() -> Claimed | None:
    """Take the message that has waited longest, or one whose worker's lease ran out."""
    lease, started = dt.timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS), time.monotonic()
    found = take_one(
        Message._meta.db_table,
        waiting=WAITING,
        busy=MessageState.SENDING,
        now=database_now(),
        lease=lease,
        longest_wait=MAX_BACKOFF,
    )
    if found is None:
        return None
    return Claimed(found.id, found.claim, found.attempts, found.abandoned, started + lease.total_seconds())


def handle(taken: Claimed) -> str:
    """Send one claimed message and write down what became of it. Returns its new state."""
    message = Message.objects.select_related("recipient").get(pk=taken.message_id)
    try:
        adapter = adapter_for(message.channel)
    except NotConfigured as fault:  # planned while there was one; a person sends it again once there is one
        return _finish(taken, MessageState.DEAD, failure=_said(fault))
    if taken.abandoned and not (adapter.keyed or adapter.askable):
        return _finish(taken, MessageState.UNKNOWN, failure="lease ran out while sending")
    if taken.attempts > MAX_ATTEMPTS:
        return _finish(taken, MessageState.DEAD, failure=message.failure or "workers died while sending")
    arrived = _asked(adapter, message, taken)
    if arrived:
        return _finish(taken, MessageState.SENT, ref=arrived)
    try:
        composed = composing.compose(message, today=shanghai_day(database_now()))
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:  # one message that cannot be written must not stop those behind it
        return _failed(taken, fault)
    if composed is None:
        return _finish(taken, MessageState.CLOSED)
    return _send(adapter, taken, composing.letter(message, composed))


def _send(adapter: Adapter, taken: Claimed, letter: Letter) -> str:
    if not letter.to:
        return _finish(taken, MessageState.DEAD, failure="no address")
    if time.monotonic() > taken.good_until:
        return MessageState.SENDING  # frozen meanwhile: another worker has it, or will
    try:
        ref = adapter.send(letter)
    except NotSent as fault:
        return _failed(taken, fault)
    except Exception as fault:
        if adapter.keyed or adapter.askable:
            return _failed(taken, fault)
        return _finish(taken, MessageState.UNKNOWN, failure=_said(fault), subject=letter.subject)
    return _finish(taken, MessageState.SENT, ref=ref, subject=letter.subject)


def _asked(adapter: Adapter, message: Message, taken: Claimed) -> str | None:
    """Before a second sending: did the first arrive after all?"""
    if taken.attempts == 1 or not adapter.askable:
        return None
    return adapter.find(message.key)


def _failed(taken: Claimed, fault: Exception) -> str:
    dead = taken.attempts >= MAX_ATTEMPTS
    log.warning("message_failed", message=taken.message_id, attempts=taken.attempts, dead=dead, fault=_said(fault))
    wait = backoff(taken.attempts, first=FIRST_BACKOFF, most=MAX_BACKOFF) * settings.NOTIFICATION_BACKOFF_SCALE
    next_at = database_now() + wait
    return _finish(taken, MessageState.DEAD if dead else MessageState.FAILED, failure=_said(fault), next_at=next_at)


def _finish(
    taken: Claimed,
    state: MessageState,
    *,
    ref: str = "",
    failure: str = "",
    subject: str = "",
    next_at: dt.datetime | None = None,
) -> str:
    """Write the outcome, if the claim is still this worker's: a thawed zombie's word no longer counts."""
    changes: dict[str, object] = {"state": state, "lease_until": None, "failure": failure}
    if state == MessageState.SENT:
        # A link that works once must not lie about in the outbox after it went out.
        changes |= {"sent_at": database_now(), "provider_ref": ref[:100], "params": {}}
    if subject:
        changes["subject"] = subject[:200]
    if next_at is not None:
        changes["next_at"] = next_at
    mine = Message.objects.filter(pk=taken.message_id, claim=taken.claim, state=MessageState.SENDING)
    if not mine.update(**changes):
        log.warning("claim_lost", message=taken.message_id, claim=taken.claim)
    return state


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:500]


def _patiently(step: Callable[[], T], end: float) -> T:
    """Run a step again while the database restarts. Every step may be repeated: a claim or a key guards it."""
    while True:
        try:
            return step()
        except (OperationalError, InterfaceError):
            if time.monotonic() > end:
                raise
            connection.close()
            time.sleep(0.3)


def waiting_count() -> int:
    """Messages that a worker could take now; at most 1,000 are counted."""
    now = database_now()
    waiting = Message.objects.filter(state__in=WAITING, next_at__lte=now)
    stuck = Message.objects.filter(state=MessageState.SENDING, lease_until__lte=now)
    return waiting[:1000].count() + stuck[:1000].count()
