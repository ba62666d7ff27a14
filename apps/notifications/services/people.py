"""What a person does with messages: read them, choose language and channels, subscribe to a calendar."""

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.db import transaction

from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.problems import Refused, StaleVersion
from apps.notifications.constants import Channel
from apps.notifications.models import CalendarFeed, Message, Preference

Facts = dict[str, Any]


def mark_read(*, actor: Actor, now: dt.datetime, message: Message | None = None) -> int:
    """Mark one in-app message, or all of the actor's, as read. No trail entry: reading one's own mail is no act."""
    mine = Message.objects.filter(recipient_id=_person(actor), channel=Channel.IN_APP, read_at=None)
    if message is not None:
        mine = mine.filter(pk=message.pk)
    return mine.update(read_at=now)


def save_preferences(
    *, actor: Actor, language: str, channels_off: list[str], version: int, now: dt.datetime
) -> Preference:
    """Choose the language of messages and the channels to switch off. In-app messages cannot be switched off."""
    if Channel.IN_APP in channels_off:
        raise Refused("in_app_stays")
    with transaction.atomic():
        Preference.objects.get_or_create(user_id=_person(actor))
        found = Preference.objects.select_for_update().get(user_id=_person(actor))
        if found.version != version:
            raise StaleVersion
        before = {"language": found.language, "channels_off": found.channels_off}
        found.language, found.channels_off = language, sorted(channels_off)
        found.version += 1
        found.save()
        after = {"language": language, "channels_off": found.channels_off}
        _record(actor, now, "notifications.preference.save", "preference", actor.user_id, before, after)
    return found


def renew_feed(*, actor: Actor, now: dt.datetime) -> str:
    """Make a new secret calendar address; an earlier one stops working. The secret is shown once, stored hashed."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        _revoke(actor, now)
        feed = CalendarFeed.objects.create(user_id=_person(actor), secret_hash=hash_of(secret), created_at=now)
        _record(actor, now, "notifications.calendar.renew", "calendar_feed", feed.pk, None, {})
    return secret


def revoke_feed(*, actor: Actor, now: dt.datetime) -> None:
    """Stop the calendar address."""
    with transaction.atomic():
        if _revoke(actor, now):
            _record(actor, now, "notifications.calendar.revoke", "calendar_feed", actor.user_id, None, {})


def note_feed_read(*, feed: CalendarFeed, now: dt.datetime) -> None:
    """Remember when a calendar program last came, so that a person sees whether the address is in use."""
    CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=now)


def hash_of(secret: str) -> str:
    """What is stored of a secret: it has 256 random bits, so a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _person(actor: Actor) -> int:
    assert actor.user_id is not None, "only a person has messages"
    return actor.user_id


def _revoke(actor: Actor, now: dt.datetime) -> int:
    running = CalendarFeed.objects.select_for_update().filter(user_id=_person(actor), revoked_at=None)
    return CalendarFeed.objects.filter(pk__in=[feed.pk for feed in running]).update(revoked_at=now)


def _record(
    actor: Actor,
    now: dt.datetime,
    action: str,
    kind: str,
    pk: Any,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    audit.record(actor=actor, now=now, action=action, subject_kind=kind, subject_id=pk, before=before, after=after)
