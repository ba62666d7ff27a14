"""Events on their way out: rows in the transaction of what happened, so that neither exists without the other."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError as BrokerError

from apps.webhooks.constants import EndpointState
from apps.webhooks.models import Delivery, Endpoint

log = structlog.get_logger(__name__)


def emit(*, topic: str, key: str, organisation_ids: Iterable[int], data: Mapping[str, Any], now: dt.datetime) -> int:
    """Promise the event to every active endpoint of the organisations that wants it. Returns how many are new.

    `key` names the occasion: told twice, it is sent once. `data` must be what the organisation may read anyway.
    """
    assert connection.in_atomic_block, "an event and the word of it are one transaction"
    wanted = Endpoint.objects.filter(organisation_id__in=set(organisation_ids), state=EndpointState.ACTIVE)
    rows = [promise(each, topic, key, data, now) for each in wanted.order_by("pk") if topic in each.topics]
    if not rows:
        return 0
    known = Delivery.objects.filter(endpoint__in=[row.endpoint_id for row in rows], key=key).count()
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(nudge)
    return len(rows) - known


def promise(endpoint: Endpoint, topic: str, key: str, data: Mapping[str, Any], now: dt.datetime) -> Delivery:
    """The row of one delivery, not yet written. Its body is fixed now: a repetition is the same bytes."""
    uid = uuid.uuid4()
    told = {"id": str(uid), "topic": topic, "at": now.isoformat(), "organisation": endpoint.organisation.uscc or None}
    body = json.dumps({**told, "data": dict(data)}, ensure_ascii=False, separators=(",", ":"))
    return Delivery(uid=uid, endpoint=endpoint, topic=topic, key=key[:120], body=body, next_at=now, created_at=now)


def nudge() -> None:
    """Wake a worker. If the broker is away, the pacemaker finds the row."""
    try:
        current_app.send_task("webhooks.deliver", retry=False, expires=60)
    except (BrokerError, OSError) as error:
        log.warning("wake_up_lost", task="webhooks.deliver", error=str(error))
