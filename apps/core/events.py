"""Lower apps tell, higher apps listen, so that imports still go one way.

An app declares its topics at start-up; a higher app subscribes a handler to one. `publish_event` runs the handlers at
once, inside the publisher's transaction, so that what they write (an outbox row) commits or vanishes with the act. A
handler that raises therefore fails the act. Nothing here leaves the process.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import connection

Handler = Callable[[Mapping[str, Any]], None]
_handlers: dict[str, list[Handler]] = {}


class UnknownTopic(LookupError):
    """A topic that no app declared: a spelling mistake, found at start-up or by the first test."""


def declare_topics(topics: Iterable[str]) -> None:
    """Make topics known. Called by the publishing app's AppConfig.ready; twice does no harm."""
    for topic in topics:
        _handlers.setdefault(topic, [])


def subscribe(topic: str, handler: Handler) -> None:
    """Call `handler(payload)` on every event of the topic. Called by a higher app's AppConfig.ready."""
    listening = _listeners(topic)
    if handler not in listening:
        listening.append(handler)


def unsubscribe(topic: str, handler: Handler) -> None:
    """Take the handler out again (tests)."""
    _listeners(topic).remove(handler)


def topics() -> frozenset[str]:
    """Every declared topic."""
    return frozenset(_handlers)


def publish_event(topic: str, payload: Mapping[str, Any]) -> None:
    """Hand the payload to every handler of the topic, in order of subscription, in the caller's transaction."""
    assert connection.in_atomic_block, "an act and what it tells are one transaction"
    for handler in list(_listeners(topic)):
        handler(payload)


def _listeners(topic: str) -> list[Handler]:
    try:
        return _handlers[topic]
    except KeyError:
        raise UnknownTopic(topic) from None
