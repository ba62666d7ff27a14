"""Deliveries over TLS to a receiver: signed, once per occasion, again after a failure, never inside."""

import datetime as dt
import json

import pytest
from django.db import transaction

from apps.clock.source import database_now
from apps.notifications.models import Message
from apps.webhooks import services
from apps.webhooks.constants import GIVE_UP, KEEP, MAX_ATTEMPTS, DeliveryState, EndpointState
from apps.webhooks.models import Delivery, Endpoint
from apps.webhooks.rules.signing import signature
from apps.webhooks.selectors import anything_due
from apps.webhooks.services.delivering import claim_one, handle
from apps.webhooks.services.endpoints import secret_of
from tests.webhooks.conftest import HOST, NOW

pytestmark = pytest.mark.django_db


def told(endpoint, key="file:1:2", **data):
    with transaction.atomic():
        return services.emit(
            topic="file.step", key=key, organisation_ids=[endpoint.organisation_id], data=data, now=database_now()
        )


def due_again(delivery):
    Delivery.objects.filter(pk=delivery.pk).update(next_at=database_now())


def test_an_event_arrives_signed_and_whole(endpoint, receiver):
    assert told(endpoint, file="TRZ-1", title="茶") == 1
    assert anything_due(database_now())
    assert services.deliver_due() == 1
    [(path, headers, body)] = receiver.seen
    delivery = Delivery.objects.get()
    assert path == "/in?x=1"
    assert headers["Host"] == f"{HOST}:{receiver.port}"
    stamp = int(headers["Webhook-Timestamp"])
    assert headers["Webhook-Signature"] == signature(secret_of(endpoint), stamp, body)
    assert abs(stamp - database_now().timestamp()) < 60
    said = json.loads(body)
    assert (said["id"], said["topic"]) == (headers["Webhook-Id"], "file.step")
    assert said["data"] == {"file": "TRZ-1", "title": "茶"}
    assert (delivery.state, delivery.status_code, delivery.answer) == (DeliveryState.SENT, 200, "ok")
    assert not anything_due(database_now())


def test_one_occasion_is_sent_once_however_often_it_is_told(endpoint, receiver):
    assert (told(endpoint), told(endpoint), told(endpoint, key="file:1:3")) == (1, 0, 1)
    services.deliver_due()
    assert len(receiver.seen) == 2


def test_only_who_wants_the_topic_and_is_active_gets_it(endpoint, receiver, owner):
    Endpoint.objects.update(topics=["certificate.status"])
    assert told(endpoint) == 0
    Endpoint.objects.update(topics=["file.step"])
    services.change_state(actor=owner, now=NOW, endpoint_id=endpoint.pk, version=1, to="paused")
    assert told(endpoint) == 0


def test_an_event_of_an_act_that_failed_does_not_exist(endpoint):
    with transaction.atomic():
        told(endpoint)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("status", [301, 302, 400, 404, 410, 500, 503])
def test_an_answer_that_is_not_two_hundred_is_tried_again_and_no_redirect_followed(endpoint, receiver, status):
    receiver.status, receiver.headers = status, {"Location": f"https://{HOST}:{receiver.port}/other"}
    told(endpoint)
    services.deliver_due()
    delivery = Delivery.objects.get()
    assert [path for path, _headers, _body in receiver.seen] == ["/in?x=1"]
    assert (delivery.state, delivery.status_code) == (DeliveryState.FAILED, status)
    assert delivery.next_at > database_now()
    receiver.status = 204
    due_again(delivery)
    services.deliver_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, 2)
    assert receiver.seen[0][2] == receiver.seen[1][2]


@pytest.mark.parametrize("address", ["10.0.0.8", "169.254.169.254", "::1", "fe80::1%eth0"])
def test_a_name_that_leads_inside_is_not_called(endpoint, receiver, address):
    receiver.addresses = ["127.0.0.1", address]  # one of two is enough
    told(endpoint)
    services.deliver_due()
    delivery = Delivery.objects.get()
    assert receiver.seen == []
    assert delivery.failure.startswith("private address")


def test_a_receiver_that_cannot_prove_its_name_gets_nothing(endpoint, receiver, settings):
    settings.WEBHOOK_CA = ""  # the system's authorities do not know it
    told(endpoint)
    services.deliver_due()
    assert receiver.seen == []
    assert "CERTIFICATE_VERIFY_FAILED" in Delivery.objects.get().failure


def test_an_answer_is_kept_short_and_without_control_characters(endpoint, receiver):
    receiver.text = "好\x1b[2J" + "x" * 5000
    told(endpoint)
    services.deliver_due()
    answer = Delivery.objects.get().answer
    assert answer.startswith("好[2Jxxx")
    assert len(answer) == 300


def test_after_the_last_attempt_it_is_given_up_and_may_be_sent_again(endpoint, receiver, owner):
    receiver.status = 500
    told(endpoint)
    Delivery.objects.update(attempts=MAX_ATTEMPTS - 1)
    services.deliver_due()
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.DEAD
    receiver.status = 200
    services.replay(actor=owner, now=database_now(), delivery_id=delivery.pk)
    services.deliver_due()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SENT
    assert receiver.seen[0][2] == receiver.seen[1][2]


def test_an_endpoint_that_takes_nothing_for_days_is_paused_and_its_managers_are_told(endpoint, receiver):
    receiver.status = 500
    told(endpoint)
    services.deliver_due()
    assert Endpoint.objects.get().state == EndpointState.ACTIVE
    Endpoint.objects.update(failing_since=database_now() - GIVE_UP)
    due_again(Delivery.objects.get())
    services.deliver_due()
    assert Endpoint.objects.get().state == EndpointState.PAUSED
    assert set(Message.objects.values_list("topic", flat=True)) == {"webhooks.paused"}


def test_one_success_ends_the_count_of_failures(endpoint, receiver):
    Endpoint.objects.update(failing_since=database_now() - GIVE_UP)
    told(endpoint)
    services.deliver_due()
    assert Endpoint.objects.get().failing_since is None


def test_a_worker_that_lost_its_claim_changes_nothing(endpoint, receiver):
    told(endpoint)
    frozen = claim_one()
    Delivery.objects.update(lease_until=database_now() - dt.timedelta(seconds=1))
    second = claim_one()
    assert second.abandoned
    handle(second)
    receiver.status = 500
    handle(frozen)
    assert Delivery.objects.get().state == DeliveryState.SENT


def test_a_delivery_at_which_workers_die_is_given_up(endpoint, receiver):
    told(endpoint)
    Delivery.objects.update(attempts=MAX_ATTEMPTS, state=DeliveryState.SENDING, lease_until=NOW)
    services.deliver_due()
    assert receiver.seen == []
    assert Delivery.objects.get().state == DeliveryState.DEAD


def test_one_that_cannot_be_sent_does_not_stop_those_behind_it(endpoint, receiver):
    told(endpoint)
    told(endpoint, key="file:1:3")
    Delivery.objects.filter(key="file:1:2").update(topic="a\nb")  # no header
    services.deliver_due()
    assert len(receiver.seen) == 1
    assert Delivery.objects.get(key="file:1:2").failure == "ValueError"


def test_what_waits_for_a_paused_or_ended_endpoint_is_not_sent(endpoint, receiver, owner):
    told(endpoint)
    services.change_state(actor=owner, now=NOW, endpoint_id=endpoint.pk, version=1, to="paused")
    services.deliver_due()
    services.change_state(actor=owner, now=NOW, endpoint_id=endpoint.pk, version=2, to="active")
    told(endpoint, key="file:1:3")
    services.change_state(actor=owner, now=NOW, endpoint_id=endpoint.pk, version=3, to="ended")
    services.deliver_due()
    assert receiver.seen == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DEAD}


def test_old_deliveries_are_forgotten_waiting_ones_are_not(endpoint, receiver):
    told(endpoint)
    told(endpoint, key="file:1:3")
    services.deliver_due(limit=1)
    assert services.drop_old(now=database_now() + KEEP + dt.timedelta(days=1)) == 1
    assert Delivery.objects.get().state == DeliveryState.PLANNED
