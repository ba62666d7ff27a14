"""From due dates to messages, set by set. Running it twice, or five days late, makes no second message.

The people of a matter are read from the tables of parties and accounts in the same statement: a million rows would not
survive a round trip through Python. tests/notifications/test_planning.py keeps the columns honest.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from apps.clock.source import database_now
from apps.core.calendar import today as shanghai_day
from apps.core.problems import Refused
from apps.notifications.channels import configured_among
from apps.notifications.constants import DEFAULT_VARIANT, DIGEST, Recipients
from apps.notifications.models import Reminder, ReminderRule, Watermark
from apps.notifications.rules import rule_code, window
from apps.notifications.selectors import rules_in_force
from apps.notifications.services.fence import beat
from apps.notifications.services.remembering import MANY, MEMBER_NOW, OFFICERS, compare_matters, compare_people, gather
from apps.notifications.sources import registered, source_of

WATERMARK = "reminders"

# ruff: noqa: S608  constants of this package
# Each branch yields (subject_id, due_on, threshold, user_id).
_PEOPLE = {
    Recipients.MANAGERS: f"""
        SELECT d.subject_id, d.due_on, d.threshold, m.user_id FROM due d
        JOIN parties_membership m ON m.organisation_id = d.organisation_id AND m.role = 'manager'
        WHERE {MEMBER_NOW}""",
    Recipients.BODY: f"""
        SELECT d.subject_id, d.due_on, d.threshold, m.user_id FROM due d
        JOIN parties_membership m ON m.organisation_id = d.body_id
        WHERE {MEMBER_NOW}""",
    Recipients.OFFICERS: """
        SELECT d.subject_id, d.due_on, d.threshold, o.user_id FROM due d
        JOIN officers o ON o.division_code = d.division_code""",
}

# The officers and supervisors of the closest unit that covers a division: the county branch, else the bureau.
_OFFICERS = f"""
officer AS ({OFFICERS}),
officers AS (
    SELECT x.division_code, x.user_id FROM (
        SELECT d.division_code, o.user_id, length(o.prefix) AS size,
               max(length(o.prefix)) OVER (PARTITION BY d.division_code) AS best
        FROM (SELECT DISTINCT division_code FROM due) d
        JOIN officer o ON left(d.division_code, length(o.prefix)) = o.prefix
    ) x WHERE x.size = x.best
),"""

_CANDIDATES = """
WITH matter AS ({source}),
due AS (
    SELECT m.subject_id, m.due_on, m.organisation_id, m.division_code, m.body_id,
        coalesce((SELECT min(o) FROM unnest(%(offsets)s::int[]) o WHERE o >= m.due_on - %(today)s::date),
                 (SELECT min(o) FROM unnest(%(offsets)s::int[]) o)) AS threshold
    FROM matter m WHERE {variant}
),{officers}
person AS ({people})
SELECT p.subject_id, p.due_on, p.threshold, p.user_id, ch.channel
FROM person p
JOIN accounts_user u ON u.id = p.user_id AND u.is_active
CROSS JOIN unnest(%(channels)s::text[]) AS ch(channel)
LEFT JOIN notifications_preference w ON w.user_id = p.user_id
WHERE (ch.channel <> 'email' OR u.email <> '') AND (ch.channel <> 'sms' OR u.phone <> '')
  AND (ch.channel = 'in_app' OR NOT (ch.channel = ANY(coalesce(w.channels_off, '{{}}'))))
  AND NOT EXISTS (
      SELECT 1 FROM notifications_reminder r
      WHERE r.subject_id = p.subject_id AND r.recipient_id = p.user_id AND r.due_on = p.due_on
        AND r.threshold = p.threshold AND r.channel = ch.channel AND r.rule_code = %(code)s)
"""

_INSERT = """
INSERT INTO notifications_reminder
    (rule_code, event, subject_id, threshold, due_on, recipient_id, channel, planned_on)
SELECT %(code)s, %(event)s, subject_id, threshold, due_on, user_id, channel, %(today)s FROM ({candidates}) c
ON CONFLICT DO NOTHING
"""

_CLOSE_UNMATCHED = """
UPDATE notifications_reminder r SET closed_at = %(now)s
WHERE r.event = %(event)s AND r.closed_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM reminder_matter m WHERE m.subject_id = r.subject_id AND m.due_on = r.due_on)
"""

_CLOSE_GONE = """
UPDATE notifications_reminder r SET closed_at = %(now)s FROM reminder_gone g
WHERE r.event = %(event)s AND r.closed_at IS NULL AND r.subject_id = g.subject_id AND r.due_on = g.due_on
"""
_ALL = "SELECT * FROM reminder_matter WHERE due_on BETWEEN %(first)s AND %(last)s"
_FRESH = "SELECT * FROM reminder_fresh WHERE due_on BETWEEN %(first)s AND %(last)s"

_DIGESTS = """
INSERT INTO notifications_message
    (key, topic, channel, recipient_id, address, day, params, state, attempts, claim, next_at, provider_ref, failure,
     subject, created_at, sent_at)
SELECT left(encode(sha256(convert_to(concat_ws(E'\\x1f', %(topic)s, recipient_id, channel, %(today)s::text), 'UTF8')),
            'hex'), 40),
    %(topic)s, channel, recipient_id, '', %(today)s, '{}', CASE channel WHEN 'in_app' THEN 'sent' ELSE 'planned' END,
    0, 0, %(now)s, '', '', '', %(now)s, CASE channel WHEN 'in_app' THEN %(now)s::timestamptz END
FROM (SELECT DISTINCT recipient_id, channel FROM notifications_reminder
      WHERE message_id IS NULL AND closed_at IS NULL) waiting
ON CONFLICT (key) DO NOTHING
"""

# A digest that a worker has begun, or an in-app one that its reader may have seen, takes nothing more: tomorrow's does.
_ATTACH = """
WITH taking AS (
    SELECT id, recipient_id, channel FROM notifications_message
    WHERE day = %(today)s AND topic = %(topic)s
      AND ((state = 'planned' AND attempts = 0) OR (channel = 'in_app' AND created_at = %(now)s))
    FOR UPDATE SKIP LOCKED
)
UPDATE notifications_reminder r SET message_id = t.id FROM taking t
WHERE r.message_id IS NULL AND r.closed_at IS NULL AND r.recipient_id = t.recipient_id AND r.channel = t.channel
"""


@dataclass(slots=True)
class Planned:
    """What a sweep did."""

    day: dt.date
    reminders: int = 0
    messages: int = 0
    closed: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)


def plan_reminders(*, thorough: bool = False) -> Planned:
    """Plan everything that is due on or before today and not yet told, in one transaction.

    By what changed since the last sweep (services.remembering); `thorough`, or without a sweep before: by everything.

    The day is the database's, in Shanghai. Refused while the clocks disagree, and on a day before the watermark.
    """
    heartbeat = beat()
    if heartbeat.fenced_since:
        raise Refused("clock_fenced", f"{heartbeat.drift_seconds:.0f}")
    with transaction.atomic():
        now = database_now()
        day = shanghai_day(now)
        mark, first = Watermark.objects.get_or_create(name=WATERMARK, defaults={"day": day, "at": now})
        mark = Watermark.objects.select_for_update().get(pk=mark.pk)
        if day < mark.day:
            raise Refused("clock_behind", mark.day.isoformat())
        _allow_long_statements()
        done = plan_for(day, now, thorough=thorough or first)
        Watermark.objects.filter(pk=mark.pk).update(day=day, at=now)
    return done


def would_create(rule: ReminderRule, *, day: dt.date) -> tuple[int, int]:
    """How many reminders the rule would create on `day` beyond what was told already, and to how many people."""
    source = source_of(rule.event)
    if source is None:
        return 0, 0
    others = [other.variant for other in rules_in_force(day) if other.event == rule.event]
    sql, values = _candidates(rule, source.sql, others, day)
    with transaction.atomic(), connection.cursor() as cursor:
        _allow_long_statements()
        cursor.execute(f"SELECT count(*), count(DISTINCT user_id) FROM ({sql}) c", values)
        reminders, people = cursor.fetchone()
    return reminders, people


def close_settled(*, now: dt.datetime, day: dt.date) -> int:
    """Close the open reminders whose matter is settled, or so old that nobody is reminded of it."""
    closed = 0
    with transaction.atomic():
        _allow_long_statements()
        rules = rules_in_force(day)
        for event, source in registered().items():
            if Reminder.objects.filter(event=event, closed_at=None).exists():
                gather(source, [rule for rule in rules if rule.event == event], day)
                closed += _close(_CLOSE_UNMATCHED, event, now)
    return closed


def plan_for(day: dt.date, now: dt.datetime, *, thorough: bool = False) -> Planned:
    """Close, plan and digest for one day, in the caller's transaction. The fence and the watermark are the caller's."""
    done = Planned(day)
    rules = rules_in_force(day)
    compare_people(day)
    for event, source in registered().items():
        of_event = [rule for rule in rules if rule.event == event]
        gather(source, of_event, day)
        compare_matters(event, for_newcomers=not thorough)
        done.closed += _close(_CLOSE_UNMATCHED if thorough else _CLOSE_GONE, event, now)
        for rule in of_event:
            variants = [other.variant for other in of_event]
            sql, values = _candidates(rule, _ALL if thorough else _FRESH, variants, day)
            with connection.cursor() as cursor:
                cursor.execute(_INSERT.format(candidates=sql), values)
                done.by_rule[str(values["code"])] = cursor.rowcount
                done.reminders += cursor.rowcount
    done.messages = _digest(day, now, many=done.reminders > MANY)
    return done


def _close(sql: str, event: str, now: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"event": event, "now": now})
        closed: int = cursor.rowcount
    return closed


def _digest(day: dt.date, now: dt.datetime, *, many: bool) -> int:
    """One message per person, channel and day for the reminders that have none yet."""
    values: dict[str, Any] = {"topic": DIGEST, "today": day, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_DIGESTS, values)
        made: int = cursor.rowcount
        if many:
            cursor.execute("ANALYZE notifications_reminder, notifications_message")
        cursor.execute(_ATTACH, values)
    return made


def _candidates(rule: ReminderRule, source: str, variants: list[str], day: dt.date) -> tuple[str, dict[str, Any]]:
    """The reminders that a rule asks for on a day and that do not exist, as SQL and its values."""
    first, last = window(day, rule.offsets)
    others = [variant for variant in variants if variant != DEFAULT_VARIANT]
    is_default = rule.variant == DEFAULT_VARIANT
    sql = _CANDIDATES.format(
        source=source,
        variant="m.variant <> ALL(%(others)s::text[])" if is_default else "m.variant = %(variant)s",
        officers=_OFFICERS if Recipients.OFFICERS in rule.recipients else "",
        people=" UNION ".join(_PEOPLE[Recipients(name)] for name in rule.recipients),
    )
    values = {
        "first": first,
        "last": last,
        "offsets": rule.offsets,
        "today": day,
        "variant": rule.variant,
        "others": others,
        "channels": configured_among(rule.channels),
        "code": rule_code(rule.event, rule.variant),
        "event": rule.event,
    }
    return sql, values


def _allow_long_statements() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'; SET LOCAL work_mem = '128MB'")
