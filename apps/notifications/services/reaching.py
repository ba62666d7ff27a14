"""Which threshold each due date has reached on a day: worked out by the pure rule, joined by the server.

There are few due dates and few limits however many matters there are, so the table is small and a sweep stays one
statement for all of them.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from apps.clock.constants import LimitUnit
from apps.clock.rules import Calendar
from apps.clock.selectors import calendar_between
from apps.notifications.channels import configured_among
from apps.notifications.constants import DEFAULT_VARIANT
from apps.notifications.models import ReminderRule
from apps.notifications.rules import Pace, stamp, threshold_reached, window
from apps.notifications.sources import EventSource, pace_parts

HORIZON = dt.timedelta(days=730)  # further ahead no limit reaches a share
ONE_DAY = dt.timedelta(days=1)

# The matters of a source, each with the threshold that it has reached and the stamp of what its rule says; neither
# before the first threshold.
_TOLD = """
SELECT s.subject_id, s.due_on, coalesce(s.organisation_id, 0) AS organisation_id,
    coalesce(s.division_code, '') AS division_code, coalesce(s.body_id, 0) AS body_id, s.variant,
    x.threshold, coalesce(x.stamp, 0) AS stamp
FROM ({source}) s
LEFT JOIN unnest(%(variants)s::text[], %(days)s::date[], %(thresholds)s::smallint[], %(stamps)s::bigint[],
                 %(paces)s::text[]) x(variant, due_on, threshold, stamp, pace)
    ON x.due_on = s.due_on AND x.variant = CASE WHEN s.variant = ANY(%(own)s::text[]) THEN s.variant ELSE %(rest)s END
    {paced}
"""


def told_matters(source: EventSource, rules: Iterable[ReminderRule], day: dt.date) -> tuple[str, dict[str, Any]]:
    """The matters of the widest window of the rules, as SQL and its values; `first` and `last` are that window."""
    rules = list(rules)
    paces, calendar = _paces(source, day) if source.paced else ([""], {})
    rows = [
        (rule.variant, due_on, threshold, stamp(rule, threshold, configured_among(rule.channels)), pace)
        for rule in rules
        for pace in paces
        for due_on, threshold in reached(rule, day, pace, calendar)
    ]
    offsets = [offset for rule in rules for offset in rule.offsets] or [0]
    first, last = window(day, offsets, [share for rule in rules for share in rule.shares])
    values: dict[str, Any] = {"own": [rule.variant for rule in rules], "rest": DEFAULT_VARIANT}
    for place, name in enumerate(("variants", "days", "thresholds", "stamps", "paces")):
        values[name] = [row[place] for row in rows]
    values |= {"first": first, "last": max([last, *values["days"]])}
    paced = "AND x.pace = s.pace" if source.paced else ""
    return _TOLD.format(source=source.sql, paced=paced), values


def reached(rule: ReminderRule, day: dt.date, pace: str, calendar: Calendar) -> Iterator[tuple[dt.date, int]]:
    """Every due date that has reached a threshold of the rule on the day, with the most urgent one; for matters under
    one limit, or under none."""
    on, last = window(day, rule.offsets, rule.shares)
    unit, span = pace_parts(pace) if pace else ("", 0)
    most = max((span * (100 - share) // 100 for share in rule.shares), default=-1) if pace else -1
    left = 0
    while on <= last or left <= most:
        if on > day and pace:
            if unit == LimitUnit.WORKING_DAY and on not in calendar:
                return  # no limit was counted through a day that the calendar lacks
            left += unit != LimitUnit.WORKING_DAY or calendar[on].working
        threshold = threshold_reached(on, day, rule.offsets, rule.shares, Pace(span, left) if pace else None)
        if threshold is not None:
            yield on, threshold
        on += ONE_DAY


def _paces(source: EventSource, day: dt.date) -> tuple[list[str], Calendar]:
    """The limits under which matters run now, and the days to count them by."""
    values = {"first": dt.date.min, "last": day + HORIZON}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT pace FROM ({source.sql}) s ORDER BY 1", values)  # noqa: S608  registered by us
        paces = [pace for (pace,) in cursor.fetchall()]
    return paces, calendar_between(day, day + HORIZON)
