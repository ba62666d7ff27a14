"""Endpoints: managers add, pause and end them, take a new secret, try them, and send a delivery again.

Lock order: the organisation, the endpoint, the delivery.
"""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.parties.services.holding import lock_managed
from apps.webhooks.constants import MOST_ENDPOINTS, PING, DeliveryState, EndpointState
from apps.webhooks.models import Delivery, Endpoint
from apps.webhooks.rules.addresses import url_problems
from apps.webhooks.services.emitting import nudge, promise
from apps.webhooks.topics import registered

NAME_LENGTH = 60
_MOVES = {
    EndpointState.PAUSED: (EndpointState.ACTIVE,),
    EndpointState.ACTIVE: (EndpointState.PAUSED,),
    EndpointState.ENDED: (EndpointState.ACTIVE, EndpointState.PAUSED),
}


def secret_of(endpoint: Endpoint) -> str:
    """The secret of an endpoint: derived from the installation's key, so that no table holds one."""
    value = f"{endpoint.uid.hex}.{endpoint.generation}"
    return "whsec_" + salted_hmac("apps.webhooks", value, algorithm="sha256").hexdigest()


def add_endpoint(
    *, actor: Actor, now: dt.datetime, organisation_id: int, name: str, url: str, topics: Collection[str]
) -> Endpoint:
    """A manager has events pushed to an address. `secret_of` the answer is shown once. Writes the trail."""
    with transaction.atomic():
        lock_managed(actor=actor, organisation_id=organisation_id, now=now)
        holding = Endpoint.objects.filter(organisation_id=organisation_id).exclude(state=EndpointState.ENDED)
        if problems := [*_name_problems(holding, name), *url_problems(url), *_topic_problems(topics)]:
            raise ProblemsFound(*problems)
        if holding.count() >= MOST_ENDPOINTS:
            raise Refused("webhook.many", _("本组织的接收地址已达上限，请先停用不再使用的地址。"))
        assert actor.user is not None, "a manager is a person"
        made = Endpoint.objects.create(
            organisation_id=organisation_id,
            name=name.strip(),
            url=url,
            topics=[topic.code for topic in registered() if topic.code in topics],
            made_by=actor.user,
            made_at=now,
        )
        _note(actor, now, "add", made)
    return made


def change_state(*, actor: Actor, now: dt.datetime, endpoint_id: int, version: int, to: str) -> Endpoint:
    """Pause, resume or end an endpoint. What waits for one that ended is not sent any more."""
    with transaction.atomic():
        endpoint = _locked(actor, now, endpoint_id)
        if endpoint.version != version:
            raise StaleVersion()
        if endpoint.state not in _MOVES.get(EndpointState(to), ()):
            raise Refused("webhook.state", _("现在不能这样做：%(state)s") % {"state": endpoint.get_state_display()})
        endpoint.state, endpoint.failing_since, endpoint.version = to, None, version + 1
        endpoint.save(update_fields=["state", "failing_since", "version"])
        if to == EndpointState.ENDED:
            waiting = endpoint.deliveries.filter(state__in=[DeliveryState.PLANNED, DeliveryState.FAILED])
            waiting.update(state=DeliveryState.DEAD, failure="endpoint ended")
        _note(actor, now, "state", endpoint)
    return endpoint


def new_secret(*, actor: Actor, now: dt.datetime, endpoint_id: int) -> Endpoint:
    """Replace the secret, at once: the next delivery is signed with the new one."""
    with transaction.atomic():
        endpoint = _locked(actor, now, endpoint_id)
        _refuse_ended(endpoint)
        endpoint.generation += 1
        endpoint.save(update_fields=["generation"])
        _note(actor, now, "new_secret", endpoint)
    return endpoint


def ping(*, actor: Actor, now: dt.datetime, endpoint_id: int) -> Delivery:
    """Send a delivery that tells nothing, to see whether it arrives. Also to one that is paused."""
    with transaction.atomic():
        endpoint = _locked(actor, now, endpoint_id)
        _refuse_ended(endpoint)
        made = promise(endpoint, PING, f"ping:{uuid.uuid4().hex}", {"message": "ping"}, now)
        made.save(force_insert=True)
        _note(actor, now, "ping", endpoint)
        transaction.on_commit(nudge)
    return made


def replay(*, actor: Actor, now: dt.datetime, delivery_id: int) -> Delivery:
    """Send a delivery again that arrived or did not: the same id and the same bytes, so that a receiver may know it."""
    with transaction.atomic():
        endpoint = _locked(actor, now, Delivery.objects.values_list("endpoint_id", flat=True).get(pk=delivery_id))
        _refuse_ended(endpoint)
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        if delivery.state not in (DeliveryState.SENT, DeliveryState.DEAD):
            raise Refused("webhook.waiting", _("该事件正在等待推送，无需重发。"))
        delivery.state, delivery.attempts, delivery.next_at = DeliveryState.PLANNED, 0, now
        delivery.save(update_fields=["state", "attempts", "next_at"])
        _note(actor, now, "replay", endpoint, delivery=str(delivery.uid))
        transaction.on_commit(nudge)
    return delivery


def _locked(actor: Actor, now: dt.datetime, endpoint_id: int) -> Endpoint:
    organisation_id = Endpoint.objects.values_list("organisation_id", flat=True).get(pk=endpoint_id)
    lock_managed(actor=actor, organisation_id=organisation_id, now=now)
    return Endpoint.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=endpoint_id)


def _refuse_ended(endpoint: Endpoint) -> None:
    if endpoint.state == EndpointState.ENDED:
        raise Refused("webhook.ended", _("该接收地址已停用。"))


def _name_problems(holding: Any, name: str) -> list[Problem]:
    given = name.strip()
    if not given or len(given) > NAME_LENGTH:
        rule = _("须填写，不超过%(n)d字") % {"n": NAME_LENGTH}
        return [Problem("webhook.name", "name", given[:20], rule, _("请写明哪个系统接收"))]
    if holding.filter(name=given).exists():
        return [Problem("webhook.name_taken", "name", given, _("已有同名的接收地址"), _("请换一个名称"))]
    return []


def _topic_problems(topics: Collection[str]) -> list[Problem]:
    offered = {topic.code for topic in registered()}
    if strange := sorted(set(topics) - offered):
        return [Problem("webhook.topic", "topics", strange[0][:40], _("没有这种事件"), _("请从列出的事件中选择"))]
    if not topics:
        return [Problem("webhook.topic", "topics", "", _("须至少选择一种事件"), _("请只选系统要处理的事件"))]
    return []


def _note(actor: Actor, now: dt.datetime, verb: str, endpoint: Endpoint, **more: str) -> None:
    facts = {
        "organisation": endpoint.organisation_id,
        "name": endpoint.name,
        "url": endpoint.url,
        "topics": endpoint.topics,
        "state": str(endpoint.state),
        "generation": endpoint.generation,
    }
    record(
        actor=actor,
        now=now,
        action=f"webhooks.endpoint.{verb}",
        subject_kind="webhook",
        subject_id=endpoint.pk,
        after={**facts, **more},
    )
