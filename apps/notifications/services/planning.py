"""From due dates to messages, set by set. Running it twice, or five days late, makes no second message.

The people of a matter are read from the tables of parties and accounts in the same statement: a million rows would not
survive a round trip through Python. tests/notifications/test_planning.py keeps the columns honest.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from apps.clock.source import database_now
from apps.core.calendar import today as shanghai_day
from apps.core.problems import Refused
from apps.notifications.channels import configured_among
from apps.notifications.constants import BY_MATTER, DEFAULT_VARIANT, DIGEST, Recipients
from apps.notifications.models import Reminder, ReminderRule, Watermark
from apps.notifications.rules import rule_code
from apps.notifications.selectors import rules_in_force
from apps.notifications.services.fence import beat
from apps.notifications.services.reaching import told_matters
from apps.notifications.services.remembering import (
    MANY,
    MEMBER_NOW,
    OFFICERS,
    compare_matters,
    compare_people,
    gather,
    gathered,
)
from apps.notifications.sources import EventSource, registered, source_of

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

_HELD = """
        SELECT d.subject_id, d.due_on, d.threshold, h.user_id FROM due d
        JOIN ({held}) h ON h.subject_id = d.subject_id"""
_NOBODY = "SELECT subject_id, due_on, threshold, 0::bigint AS user_id FROM due WHERE false"

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

# Who is told of which matter: person(subject_id, due_on, threshold, user_id).
_PERSONS = """
due AS (
    SELECT m.subject_id, m.due_on, m.organisation_id, m.division_code, m.body_id, m.threshold
    FROM ({source}) m WHERE m.threshold IS NOT NULL AND {variant}
),{officers}
person AS ({people})
"""

_CANDIDATES = """
WITH {persons}
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

# What is new waits aside until its digests exist, so that each row is written once, with the message that says it.
_BEGIN = """
DROP TABLE IF EXISTS reminder_new, reminder_digest;
CREATE TEMPORARY TABLE reminder_new (rule_code text, event text, subject_id bigint, threshold smallint, due_on date,
    recipient_id bigint, channel text) ON COMMIT DROP
"""
_COLLECT = """
INSERT INTO reminder_new (rule_code, event, subject_id, threshold, due_on, recipient_id, channel)
SELECT %(code)s, %(event)s, subject_id, threshold, due_on, user_id, channel FROM ({candidates}) c
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
# Whose people the source knows: a file that changed hands, or was claimed from a pool, is another's to think of.
_CLOSE_STRANGERS = """
WITH {persons}
UPDATE notifications_reminder r SET closed_at = %(now)s
WHERE r.event = %(event)s AND r.rule_code = %(code)s AND r.closed_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM person p
    WHERE p.subject_id = r.subject_id AND p.due_on = r.due_on AND p.user_id = r.recipient_id)
"""
_ALL = "SELECT * FROM reminder_matter"
_FRESH = "SELECT * FROM reminder_fresh"

_DIGESTS = """
INSERT INTO notifications_message
    (key, topic, channel, recipient_id, address, day, params, state, attempts, claim, next_at, provider_ref, failure,
     subject, created_at, sent_at)
SELECT left(encode(sha256(convert_to(concat_ws(E'\\x1f', %(topic)s, recipient_id, channel, %(today)s::text), 'UTF8')),
            'hex'), 40),
    %(topic)s, channel, recipient_id, '', %(today)s, '{}', CASE channel WHEN 'in_app' THEN 'sent' ELSE 'planned' END,
    0, 0, %(now)s, '', '', '', %(now)s, CASE channel WHEN 'in_app' THEN %(now)s::timestamptz END
FROM (SELECT recipient_id, channel FROM reminder_new
      UNION SELECT recipient_id, channel FROM notifications_reminder
      WHERE message_id IS NULL AND closed_at IS NULL) waiting
ON CONFLICT (key) DO NOTHING
"""

# A digest that a worker has begun, or an in-app one that its reader may have seen, takes nothing more: tomorrow's does.
_TAKING = """
CREATE TEMPORARY TABLE reminder_digest ON COMMIT DROP AS
WITH taking AS (
    SELECT id, recipient_id, channel FROM notifications_message
    WHERE day = %(today)s AND topic = %(topic)s
      AND ((state = 'planned' AND attempts = 0) OR (channel = 'in_app' AND created_at = %(now)s))
    FOR UPDATE SKIP LOCKED
) SELECT * FROM taking;
ANALYZE reminder_new, reminder_digest
"""
# First those that an earlier sweep left without one: afterwards they could not be told from the new.
_ATTACH = """
UPDATE notifications_reminder r SET message_id = t.id FROM reminder_digest t
WHERE r.message_id IS NULL AND r.closed_at IS NULL AND r.recipient_id = t.recipient_id AND r.channel = t.channel
"""
_WRITE = """
INSERT INTO notifications_reminder
    (rule_code, event, subject_id, threshold, due_on, recipient_id, channel, planned_on, message_id)
SELECT n.rule_code, n.event, n.subject_id, n.threshold, n.due_on, n.recipient_id, n.channel, %(today)s, t.id
FROM reminder_new n LEFT JOIN reminder_digest t ON t.recipient_id = n.recipient_id AND t.channel = n.channel
ON CONFLICT DO NOTHING
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
    others = [one for one in rules_in_force(day) if one.event == rule.event and one.variant != rule.variant]
    with transaction.atomic(), connection.cursor() as cursor:
        _allow_long_statements()
        matters, told = told_matters(source, [*others, rule], day)
        values = told | _values(rule, [one.variant for one in others], day)
        held = {name: people.sql() for name, people in source.people.items()}
        sql = _CANDIDATES.format(persons=_persons(rule, matters, held))
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
                of_event = [rule for rule in rules if rule.event == event]
                gather(source, of_event, day)
                closed += _close(_CLOSE_UNMATCHED, event, now) + _close_strangers(source, of_event, day, now)
    return closed


def plan_for(day: dt.date, now: dt.datetime, *, thorough: bool = False) -> Planned:
    """Close, plan and digest for one day, in the caller's transaction. The fence and the watermark are the caller's."""
    done = Planned(day)
    rules = rules_in_force(day)
    compare_people(day)
    _run(_BEGIN, {})
    for event, source in registered().items():
        of_event = [rule for rule in rules if rule.event == event]
        gather(source, of_event, day)
        whole = thorough or bool(source.people)
        if not source.people:
            compare_matters(event, for_newcomers=not thorough)
        done.closed += _close(_CLOSE_UNMATCHED if whole else _CLOSE_GONE, event, now)
        done.closed += _close_strangers(source, of_event, day, now)
        for rule in of_event:
            persons = _persons(rule, _ALL if whole else _FRESH, {name: gathered(name) for name in source.people})
            values = _values(rule, [other.variant for other in of_event], day)
            found = _run(_COLLECT.format(candidates=_CANDIDATES.format(persons=persons)), values)
            done.by_rule[str(values["code"])] = found
            done.reminders += found
    done.messages = _digest(day, now, many=done.reminders > MANY)
    return done


def _close(sql: str, event: str, now: dt.datetime) -> int:
    return _run(sql, {"event": event, "now": now})


def _digest(day: dt.date, now: dt.datetime, *, many: bool) -> int:
    """One message per person, channel and day for the reminders that have none yet; then the new reminders."""
    values: dict[str, Any] = {"topic": DIGEST, "today": day, "now": now}
    made = _run(_DIGESTS, values)
    _run(_TAKING, values)
    _run(_ATTACH, values)
    _run(_WRITE, values)
    if many:
        _run("ANALYZE notifications_reminder, notifications_message", {})
    return made


def _run(sql: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: int = cursor.rowcount
    return rows


def _close_strangers(source: EventSource, rules: list[ReminderRule], day: dt.date, now: dt.datetime) -> int:
    """Close what somebody was told of who no longer holds the matter. Only sources that know the holders say so."""
    closed = 0
    for rule in rules if source.people else ():
        values = _values(rule, [other.variant for other in rules], day) | {"now": now}
        persons = _persons(rule, _ALL, {name: gathered(name) for name in source.people})
        closed += _run(_CLOSE_STRANGERS.format(persons=persons), values)
    return closed


def _persons(rule: ReminderRule, matters: str, held: Mapping[str, str]) -> str:
    """Who is told of which of the matters by the rule, as SQL; `held` is SQL for those whom only the source knows."""
    told = [_PEOPLE[Recipients(name)] for name in rule.recipients if name in BY_MATTER]
    told += [_HELD.format(held=held[name]) for name in rule.recipients if name in held]
    is_default = rule.variant == DEFAULT_VARIANT
    return _PERSONS.format(
        source=matters,
        variant="m.variant <> ALL(%(others)s::text[])" if is_default else "m.variant = %(variant)s",
        officers=_OFFICERS if Recipients.OFFICERS in rule.recipients else "",
        people=" UNION ".join(told) or _NOBODY,
    )


def _values(rule: ReminderRule, variants: list[str], day: dt.date) -> dict[str, Any]:
    return {
        "today": day,
        "variant": rule.variant,
        "others": [variant for variant in variants if variant != DEFAULT_VARIANT],
        "channels": configured_among(rule.channels),
        "code": rule_code(rule.event, rule.variant),
        "event": rule.event,
    }


def _allow_long_statements() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'; SET LOCAL work_mem = '128MB'")
