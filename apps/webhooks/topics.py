"""What an organisation may have pushed to its system. Higher apps register their topics at AppConfig.ready."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Topic:
    """`code`: what stands in the delivery; `description`: when it is sent and what it tells."""

    code: str
    label: str | Promise
    description: str | Promise


_known: dict[str, Topic] = {}


def register(topic: Topic) -> None:
    """Offer it. The same code again replaces it."""
    _known[topic.code] = topic


def registered() -> list[Topic]:
    return [_known[code] for code in sorted(_known)]


def topic_label(code: str) -> str | Promise:
    """A topic in words; the code of one that no longer exists."""
    return _known[code].label if code in _known else code
