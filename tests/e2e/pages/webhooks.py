"""Addresses for events, and their log."""

from types import SimpleNamespace

from django.utils import timezone

from apps.core.actors import Actor
from apps.webhooks import services
from apps.webhooks.models import Delivery
from tests import factories
from tests.accounts.conftest import confirmed
from tests.e2e.pages import row

RECEIVER = "webhook_manager"

ROWS = [
    row("/webhooks/", RECEIVER),
    row("/webhooks/guide/", RECEIVER),
    row("/webhooks/of/{receiver.pk}/new/", RECEIVER),
    row("/webhooks/{endpoint.pk}/", RECEIVER),
    row("/webhooks/{endpoint.pk}/secret/", RECEIVER),
    row("/webhooks/deliveries/{delivery.pk}/", RECEIVER),
]

NOT_PAGES: dict[str, str] = {}


def seed(city: SimpleNamespace) -> None:
    city.receiver = factories.organisation("示例·江口事件茶业有限公司")
    city.people[RECEIVER] = confirmed(factories.person())
    factories.member(city.people[RECEIVER], city.receiver)
    actor, now = Actor("x", user=city.people[RECEIVER]), timezone.now()
    wanted = {"name": "质量管理系统", "url": "https://hooks.example.org/portal", "topics": ["file.step"]}
    city.endpoint = services.add_endpoint(actor=actor, now=now, organisation_id=city.receiver.pk, **wanted)
    city.delivery = services.ping(actor=actor, now=now, endpoint_id=city.endpoint.pk)
    Delivery.objects.filter(pk=city.delivery.pk).update(state="dead", attempts=12, failure="HTTP 500", status_code=500)
    city.delivery.refresh_from_db()
