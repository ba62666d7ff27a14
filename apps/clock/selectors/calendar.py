"""Reads of the calendar and the limits."""

import datetime as dt
from itertools import groupby
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.http import Http404

from apps.clock.constants import WORKING
from apps.clock.models import CalendarDay, StatutoryLimit
from apps.clock.rules import Calendar, Day, Rule

T = TypeVar("T")


def calendar_between(first: dt.date, last: dt.date) -> Calendar:
    """The days from `first` to `last`, for the counting rules. A date without a row is absent, and they refuse it."""
    rows = CalendarDay.objects.filter(date__range=(first, last)).values_list("date", "kind", "provisional")
    return {date: Day(kind in WORKING, provisional) for date, kind, provisional in rows}


def calendar_from(first: dt.date) -> Calendar:
    """Every day that the calendar holds from `first` on."""
    rows = CalendarDay.objects.filter(date__gte=first).values_list("date", "kind", "provisional")
    return {date: Day(kind in WORKING, provisional) for date, kind, provisional in rows}


def years() -> list[int]:
    """The years that the calendar holds."""
    return [day.year for day in CalendarDay.objects.dates("date", "year")]


def months_of(year: int) -> list[list[CalendarDay]]:
    """The days of a year, month by month."""
    days = CalendarDay.objects.filter(date__year=year).order_by("date")
    return [list(month) for _n, month in groupby(days, key=lambda day: day.date.month)]


def get_day(date: dt.date) -> CalendarDay:
    """A day of the calendar, or 404."""
    return _or_404(CalendarDay.objects.filter(pk=date).first())


def limits() -> QuerySet[StatutoryLimit]:
    """Every limit, past ones too."""
    return StatutoryLimit.objects.order_by("code", "-effective_from")


def limit_on(code: str, day: dt.date) -> StatutoryLimit | None:
    """The limit that held on a day."""
    running = StatutoryLimit.objects.filter(code=code, effective_from__lte=day)
    return running.filter(Q(effective_to=None) | Q(effective_to__gte=day)).first()


def rules_from(code: str, day: dt.date) -> list[Rule]:
    """The limit that held on a day and its successors, for the counting rules; empty if none held."""
    rows = StatutoryLimit.objects.filter(code=code).exclude(effective_to__lt=day).order_by("effective_from")
    found = [as_rule(row) for row in rows]
    return found if found and found[0].effective_from <= day else []


def as_rule(row: StatutoryLimit) -> Rule:
    """A row as the counting rules read it."""
    return Rule(row.value, row.unit, row.effective_from, row.rolls, row.applies_to_running, row.pk)


def get_limit(pk: int) -> StatutoryLimit:
    """A limit, or 404."""
    return _or_404(StatutoryLimit.objects.filter(pk=pk).first())


def _or_404(found: T | None) -> T:
    if found is None:
        raise Http404
    return found
