"""Reads of endpoints and of their log."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from apps.webhooks.constants import DeliveryState, EndpointState
from apps.webhooks.models import Delivery, Endpoint
from apps.webhooks.topics import topic_label

WAITING = (DeliveryState.PLANNED, DeliveryState.FAILED)


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint as its list shows it."""

    endpoint: Endpoint
    topics: list[str | Promise]


def endpoints_of(organisation_ids: Collection[int]) -> list[EndpointRow]:
    """The endpoints of these organisations that are not ended, by name."""
    rows = Endpoint.objects.filter(organisation_id__in=organisation_ids).exclude(state=EndpointState.ENDED)
    return [EndpointRow(row, [topic_label(code) for code in row.topics]) for row in rows.order_by("name", "pk")]


def log_of(endpoint: Endpoint) -> QuerySet[Delivery]:
    """The deliveries of an endpoint, the newest first."""
    return endpoint.deliveries.order_by("-pk")


def listening(topic: str) -> set[int]:
    """The organisations that have such events pushed to them: few of many, so that mass changes ask this first."""
    rows = Endpoint.objects.filter(state=EndpointState.ACTIVE, topics__contains=[topic])
    return set(rows.values_list("organisation_id", flat=True))


def anything_due(now: dt.datetime) -> bool:
    """Whether a worker has something to take."""
    waiting = Q(state__in=WAITING, next_at__lte=now) | Q(state=DeliveryState.SENDING, lease_until__lte=now)
    return Delivery.objects.filter(waiting).exists()
