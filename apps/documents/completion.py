"""Who is told when a generated document is done: higher apps subscribe by template.

    documents.completion.subscribe("cma_certificate", mark_issued)

`handler(document, now)` runs in the transaction that marks the document done; one that raises undoes that, and the
document is tried again.
"""

import datetime as dt
from collections.abc import Callable

from apps.documents.models import GeneratedDocument

Handler = Callable[[GeneratedDocument, dt.datetime], None]
_handlers: dict[str, list[Handler]] = {}


def subscribe(template: str, handler: Handler) -> None:
    """Called by AppConfig.ready; the same handler twice counts once."""
    listening = _handlers.setdefault(template, [])
    if handler not in listening:
        listening.append(handler)


def unsubscribe(template: str, handler: Handler) -> None:
    """Take a handler out again (tests)."""
    _handlers[template].remove(handler)


def handlers_of(template: str) -> tuple[Handler, ...]:
    """The handlers of a template, in order of subscription."""
    return tuple(_handlers.get(template, ()))
