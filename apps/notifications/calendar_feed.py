"""Due dates as a calendar (RFC 5545)."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from apps.core.calendar import today
from apps.notifications.rules import one_line
from apps.notifications.selectors import Obligation, due_dates_of, preference_of
from apps.notifications.services.composing import absolute
from apps.notifications.sources import Subject


def calendar_of(user: Any, *, now: dt.datetime) -> bytes:
    """What concerns a person as all-day events. An event keeps its uid when its date moves."""
    day = today(now)
    found = due_dates_of(user, day)
    with override(preference_of(user).language or user.language):
        calendar = Calendar()
        calendar.add("prodid", "-//certportal//due dates//ZH")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("认证到期事项"))
        calendar.add("x-published-ttl", "PT12H")
        for event in _events(found, now, staff=user.is_staff_member):
            calendar.add_component(event)
        content: bytes = calendar.to_ical()
        return content


def _events(found: list[Obligation], now: dt.datetime, *, staff: bool) -> list[Event]:
    subjects: dict[str, dict[int, Subject]] = {}
    for source in {obligation.source.event: obligation.source for obligation in found}.values():
        ids = [obligation.subject_id for obligation in found if obligation.source.event == source.event]
        subjects[source.event] = source.describe(ids)
    known = [(o, subjects[o.source.event].get(o.subject_id)) for o in found]
    return [_event(obligation, subject, now, staff=staff) for obligation, subject in known if subject is not None]


def _event(obligation: Obligation, subject: Subject, now: dt.datetime, *, staff: bool) -> Event:
    host = urlsplit(settings.PUBLIC_URL).hostname
    event = Event()
    event.add("uid", f"{obligation.source.event}-{obligation.subject_id}@{host}")
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", obligation.due_on)
    event.add("dtend", obligation.due_on + dt.timedelta(days=1))
    event.add("summary", one_line(f"{obligation.source.label} {subject.number}"))
    event.add("description", one_line(subject.holder))
    event.add("transp", "TRANSPARENT")
    if path := subject.path_for(staff=staff):
        event.add("url", absolute(path))
    return event
