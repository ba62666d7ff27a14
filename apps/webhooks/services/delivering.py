"""Claim, send, confirm (core.claiming). Nothing is sent inside a transaction.

A receiver may see a delivery twice, when a worker died after sending: the same id and bytes, so that it can tell.
"""

import datetime as dt
import time

import structlog
from django.db import transaction
from django.urls import reverse

from apps.clock.source import database_now
from apps.core.calendar import today
from apps.core.claiming import Taken, take_one
from apps.core.rules import backoff
from apps.notifications.services import enqueue
from apps.parties.selectors.memberships import manager_ids_of
from apps.webhooks.constants import (
    FIRST_BACKOFF,
    GIVE_UP,
    KEEP,
    LEASE,
    MAX_ATTEMPTS,
    MAX_BACKOFF,
    PING,
    DeliveryState,
    EndpointState,
)
from apps.webhooks.models import Delivery, Endpoint
from apps.webhooks.rules.signing import signature
from apps.webhooks.selectors import WAITING
from apps.webhooks.sending import Answer, NotDelivered, post
from apps.webhooks.services.endpoints import secret_of

log = structlog.get_logger(__name__)
PAUSED_TOPIC = "webhooks.paused"


def deliver_due(*, limit: int = 200, seconds: float = 50) -> int:
    """Deliver what is due until nothing is left, or the limit or the time is reached. Returns how many were tried."""
    end, handled = time.monotonic() + seconds, 0
    while handled < limit and time.monotonic() < end:
        taken = claim_one()
        if taken is None:
            break
        handle(taken)
        handled += 1
    return handled


def claim_one() -> Taken | None:
    """Take the delivery that has waited longest, or one whose worker's lease ran out."""
    return take_one(
        Delivery._meta.db_table,
        waiting=WAITING,
        busy=DeliveryState.SENDING,
        now=database_now(),
        lease=LEASE,
        longest_wait=MAX_BACKOFF,
    )


def handle(taken: Taken) -> str:
    """Send one claimed delivery and write down what became of it. Returns its new state."""
    delivery = Delivery.objects.select_related("endpoint").get(pk=taken.id)
    endpoint = delivery.endpoint
    if endpoint.state == EndpointState.ENDED:
        return _finish(taken, DeliveryState.DEAD, failure="endpoint ended")
    if endpoint.state == EndpointState.PAUSED and delivery.topic != PING:
        return _finish(taken, DeliveryState.DEAD, failure="endpoint paused")
    if taken.attempts > MAX_ATTEMPTS:
        return _finish(taken, DeliveryState.DEAD, failure=delivery.failure or "workers died while sending")
    body = delivery.body.encode()
    try:
        answer = post(endpoint.url, body, _headers(delivery, endpoint, body))
    except NotDelivered as fault:
        return _failed(taken, endpoint, str(fault), None)
    except Exception as fault:  # one that cannot be sent must not stop those behind it
        log.exception("webhook_failed", delivery=taken.id)
        return _failed(taken, endpoint, type(fault).__name__, None)
    if not answer.good:
        return _failed(taken, endpoint, f"HTTP {answer.status}", answer)
    Endpoint.objects.filter(pk=endpoint.pk).exclude(failing_since=None).update(failing_since=None)
    return _finish(taken, DeliveryState.SENT, answer=answer)


def drop_old(*, now: dt.datetime) -> int:
    """Forget deliveries that ended long ago. The trail of what they told of stays."""
    ended = Delivery.objects.filter(state__in=[DeliveryState.SENT, DeliveryState.DEAD], created_at__lt=now - KEEP)
    return ended.delete()[0]


def _headers(delivery: Delivery, endpoint: Endpoint, body: bytes) -> dict[str, str]:
    stamp = int(database_now().timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "certportal-webhook/1",
        "Webhook-Id": str(delivery.uid),
        "Webhook-Topic": delivery.topic,
        "Webhook-Timestamp": str(stamp),
        "Webhook-Signature": signature(secret_of(endpoint), stamp, body),
    }


def _failed(taken: Taken, endpoint: Endpoint, why: str, answer: Answer | None) -> str:
    """Wait longer each time. An endpoint that took nothing for days is paused, and its managers are told."""
    now = database_now()
    Endpoint.objects.filter(pk=endpoint.pk, failing_since=None).update(failing_since=now)
    final = taken.attempts >= MAX_ATTEMPTS
    next_at = None if final else now + backoff(taken.attempts, first=FIRST_BACKOFF, most=MAX_BACKOFF)
    state = _finish(
        taken, DeliveryState.DEAD if final else DeliveryState.FAILED, failure=why, answer=answer, next_at=next_at
    )
    with transaction.atomic():
        _give_up(endpoint.pk, now)
    return state


def _give_up(endpoint_id: int, now: dt.datetime) -> None:
    endpoint = Endpoint.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=endpoint_id)
    since = endpoint.failing_since
    if endpoint.state != EndpointState.ACTIVE or since is None or now - since < GIVE_UP:
        return
    endpoint.state, endpoint.version = EndpointState.PAUSED, endpoint.version + 1
    endpoint.save(update_fields=["state", "version"])
    managers = manager_ids_of([endpoint.organisation_id], today(now)).get(endpoint.organisation_id, [])
    params = {"title": endpoint.name, "organisation": endpoint.organisation.name, "until": today(since).isoformat()}
    params |= {"path": reverse("webhooks:detail", args=[endpoint.pk])}
    enqueue(topic=PAUSED_TOPIC, key=(endpoint.pk, endpoint.version), params=params, user_ids=managers, now=now)


def _finish(
    taken: Taken,
    state: DeliveryState,
    *,
    failure: str = "",
    answer: Answer | None = None,
    next_at: dt.datetime | None = None,
) -> str:
    """Write the outcome, if the claim is still this worker's."""
    changes: dict[str, object] = {"state": state, "lease_until": None, "failure": failure[:500]}
    changes |= {"status_code": answer.status if answer else None, "answer": answer.text if answer else ""}
    if state == DeliveryState.SENT:
        changes["sent_at"] = database_now()
    if next_at is not None:
        changes["next_at"] = next_at
    mine = Delivery.objects.filter(pk=taken.id, claim=taken.claim, state=DeliveryState.SENDING)
    if not mine.update(**changes):
        log.warning("claim_lost", delivery=taken.id, claim=taken.claim)
    return state
