"""Days that the calendar lacks. A limit that needs one cannot be counted (rules.CalendarMissing), so a gap alarms
before anybody runs into it, and one that somebody did run into alarms however far away it lies."""

import datetime as dt
from collections.abc import Iterator

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from apps.clock.models import CalendarDay
from apps.core.alarms import Alarm
from apps.core.calendar import today

BEHIND, AHEAD = dt.timedelta(days=400), dt.timedelta(days=180)  # what limits that run today may reach
ASKED = "clock:asked_for"  # the furthest day that a count needed in vain; the transaction that needed it is gone
REMEMBERED = 90 * 24 * 3600
DAY = dt.timedelta(days=1)
Gap = tuple[dt.date, dt.date]


def note_missing(day: dt.date) -> None:
    """A count ran into a day that is not there. Without Valkey the next count says so again."""
    try:
        if day > (cache.get(ASKED) or dt.date.min):
            cache.set(ASKED, day, REMEMBERED)
    except RedisError:
        return


def gaps(now: dt.datetime) -> list[Gap]:
    """The missing stretches, first and last day of each."""
    first, last = today(now) - BEHIND, max(today(now) + AHEAD, cache.get(ASKED) or dt.date.min)
    known = set(CalendarDay.objects.filter(date__range=(first, last)).values_list("date", flat=True))
    earliest = CalendarDay.objects.order_by("date").values_list("date", flat=True).first()
    return list(_stretches(max(first, earliest or first), last, known))


def _stretches(first: dt.date, last: dt.date, known: set[dt.date]) -> Iterator[Gap]:
    began = None
    for n in range((last - first).days + 2):
        day = first + DAY * n
        missing = day <= last and day not in known
        if missing and began is None:
            began = day
        if not missing and began is not None:
            yield began, day - DAY
            began = None


def calendar_alarms(now: dt.datetime) -> Iterator[Alarm]:
    """One alarm for each gap. Its occasion is its first day: a gap that only grows at its end is told once."""
    for first, last in gaps(now):
        span = {"first": first.isoformat(), "last": last.isoformat()}
        yield Alarm(
            code="clock.calendar_missing",
            title=_("工作日历缺少日期"),
            text=_("工作日历缺少 %(first)s 至 %(last)s，涉及这些日期的期限无法计算。请载入或补录。") % span,
            figures=span,
            path=reverse("clock:days"),
            permission="clock.calendar.edit",
            occasion=span["first"],
        )
