import pytest
from django.db import transaction

from apps.core import events


@pytest.fixture
def topic():
    events.declare_topics(["test.topic"])
    yield "test.topic"
    events._handlers.pop("test.topic")


def test_an_unknown_topic_is_an_error_at_once() -> None:
    with pytest.raises(events.UnknownTopic):
        events.subscribe("test.spelled_wrong", print)


@pytest.mark.django_db
def test_handlers_run_in_the_publishers_transaction_in_order(topic) -> None:
    heard: list[tuple[str, object]] = []
    events.subscribe(topic, lambda payload: heard.append(("first", payload["id"])))
    events.subscribe(topic, lambda payload: heard.append(("second", payload["id"])))
    with transaction.atomic():
        events.publish_event(topic, {"id": 7})
    assert heard == [("first", 7), ("second", 7)]


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nothing_is_told(topic) -> None:
    with pytest.raises(AssertionError):
        events.publish_event(topic, {})


def test_subscribing_twice_hears_once_and_declaring_twice_keeps_handlers(topic) -> None:
    def handler(payload) -> None:
        raise AssertionError

    events.subscribe(topic, handler)
    events.subscribe(topic, handler)
    events.declare_topics([topic])
    assert events._handlers[topic] == [handler]
    events.unsubscribe(topic, handler)
    assert events._handlers[topic] == []
