"""Reads of rules, templates, messages and due dates."""

import datetime as dt

from django.db.models import Q

from apps.notifications.models import ReminderRule, Watermark


def rules_in_force(day: dt.date) -> list[ReminderRule]:
    """The rules that hold on a day, in a fixed order."""
    running = ReminderRule.objects.filter(effective_from__lte=day)
    return list(running.filter(Q(effective_to=None) | Q(effective_to__gte=day)).order_by("event", "variant"))


def last_planned_day() -> dt.date | None:
    """The day up to which reminders were planned; None before the first sweep."""
    return Watermark.objects.filter(name="reminders").values_list("day", flat=True).first()
