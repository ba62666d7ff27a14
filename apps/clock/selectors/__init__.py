"""Reads of the calendar, the limits and the deadlines."""

from apps.clock.selectors.calendar import (
    as_rule,
    calendar_between,
    calendar_from,
    get_day,
    get_limit,
    limit_on,
    limits,
    months_of,
    rules_from,
    years,
)
from apps.clock.selectors.deadlines import (
    DeadlineView,
    EventView,
    deadlines_of,
    earliest_due,
    earliest_due_of,
    going_since,
    lapsing,
    running,
)
from apps.clock.selectors.history import History, disagreeing, governed, histories

__all__ = [
    "DeadlineView",
    "EventView",
    "History",
    "as_rule",
    "calendar_between",
    "calendar_from",
    "deadlines_of",
    "disagreeing",
    "earliest_due",
    "earliest_due_of",
    "get_day",
    "get_limit",
    "going_since",
    "governed",
    "histories",
    "lapsing",
    "limit_on",
    "limits",
    "months_of",
    "rules_from",
    "running",
    "years",
]
