"""In-app messages as the notification centre shows them: in the page's language, with what is settled marked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import override

from apps.notifications.constants import DIGEST
from apps.notifications.models import Message
from apps.notifications.rules import fill, one_line
from apps.notifications.services.composing import Item, compose, digest_items, direct_values, template_of, to_staff


@dataclass(frozen=True, slots=True)
class Entry:
    """A message in the centre."""

    message: Message
    subject: str
    text: str
    link: str
    items: tuple[Item, ...] = ()


def entries(messages: Iterable[Message], *, today: dt.date, language: str) -> list[Entry]:
    """The messages of one page."""
    found = list(messages)
    prefetch_related_objects(found, "reminders")
    return [_entry(message, today, language) for message in found]


def _entry(message: Message, today: dt.date, language: str) -> Entry:
    if message.topic == DIGEST:
        items = digest_items(list(message.reminders.all()), today=today, language=language, staff=to_staff(message))
        subject = one_line(fill(template_of(DIGEST, language).subject, {"count": len(items)}))
        return Entry(message, subject, "", "", tuple(items))
    composed = compose(message, today=today, language=language)
    assert composed is not None, "a direct message always has words"
    with override(language):
        return Entry(message, composed.subject, composed.text, str(direct_values(message)["link"]))
