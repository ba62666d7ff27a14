"""What the last sweep saw, so that the daily one works on what is new: a twentieth of what is open.

A reminder is missing only where something changed since every reminder was last there: the matter (a date, a holder, a
threshold reached, a rule edited) or its people (a member, an officer, an address, a channel). So a sweep keeps the
matters as it saw them, each with a stamp of the rule and threshold that it was told under, and the people with the
channels they can be reached by; the next one compares both sets and plans for what differs. The memory moves in the
transaction that plans, and only saves work: the unique key decides what exists, and a thorough sweep, every night
before the recount, looks at everything again.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Max

from apps.notifications.models import Reminder, ReminderRule
from apps.notifications.services.reaching import told_matters
from apps.notifications.sources import EventSource

MANY = 10_000  # new rows after which the server must count a table anew
# ruff: noqa: S608  constants of this module
OFFICERS = """
SELECT u.id AS user_id, regexp_replace(n.division_code, '(00)+$', '') AS prefix
FROM accounts_user u JOIN accounts_unit n ON n.id = u.unit_id
WHERE u.is_active AND EXISTS (
    SELECT 1 FROM accounts_rolegrant g WHERE g.user_id = u.id AND g.role IN ('officer', 'supervisor')
    AND g.ended_at IS NULL AND g.starts_on <= %(today)s AND (g.ends_on IS NULL OR g.ends_on >= %(today)s))
"""
MEMBER_NOW = "m.ended_at IS NULL AND m.starts_on <= %(today)s AND (m.ends_on IS NULL OR m.ends_on >= %(today)s)"

# An event's open matters, read once for closing and for every rule of the event. 0 stands for nobody and for no rule,
# so that rows compare by equality. Counted afterwards: without that the server takes a fresh table for a small one,
# and joins a million rows one by one. Merging would sort them all to meet a few hundred days.
_GATHER = """
SET LOCAL enable_mergejoin = off;
DROP TABLE IF EXISTS reminder_held, reminder_matter, reminder_differing, reminder_fresh, reminder_past, reminder_gone;
CREATE TEMPORARY TABLE reminder_matter ON COMMIT DROP AS {matters};
SET LOCAL enable_mergejoin TO DEFAULT;
ANALYZE reminder_matter (subject_id, due_on, organisation_id, body_id)
"""

_GATHER_HELD = """
CREATE TEMPORARY TABLE reminder_held ON COMMIT DROP AS {people};
ANALYZE reminder_held
"""

# One pass over both: what is on one side only is fresh, or past.
_COMPARE_MATTERS = """
CREATE TEMPORARY TABLE reminder_differing ON COMMIT DROP AS
SELECT m.*, p.id AS past_id, p.subject_id AS past_subject, p.due_on AS past_due FROM reminder_matter m
FULL JOIN (SELECT * FROM notifications_seenmatter WHERE event = %(event)s) p
    ON p.subject_id = m.subject_id AND p.due_on = m.due_on AND p.organisation_id = m.organisation_id
    AND p.body_id = m.body_id AND p.stamp = m.stamp AND p.division_code = m.division_code
WHERE p.id IS NULL OR m.subject_id IS NULL;
CREATE TEMPORARY TABLE reminder_fresh ON COMMIT DROP AS
SELECT subject_id, due_on, organisation_id, division_code, body_id, variant, threshold, stamp FROM reminder_differing
WHERE past_id IS NULL;
CREATE TEMPORARY TABLE reminder_past ON COMMIT DROP AS
SELECT past_id AS id, past_subject AS subject_id, past_due AS due_on FROM reminder_differing WHERE past_id IS NOT NULL;
ANALYZE reminder_past;
CREATE TEMPORARY TABLE reminder_gone ON COMMIT DROP AS
SELECT DISTINCT p.subject_id, p.due_on FROM reminder_past p
WHERE NOT EXISTS (SELECT 1 FROM reminder_matter m WHERE m.subject_id = p.subject_id AND m.due_on = p.due_on);
ANALYZE reminder_gone
"""
_KEEP_MATTERS = """
DELETE FROM notifications_seenmatter WHERE id IN (SELECT id FROM reminder_past);
INSERT INTO notifications_seenmatter (event, subject_id, due_on, organisation_id, division_code, body_id, stamp)
SELECT %(event)s, subject_id, due_on, organisation_id, division_code, body_id, stamp FROM reminder_fresh
"""
# Every matter of an organisation, body or area whose people changed; and the fresh ones, whoever their people are.
_ADD_FOR_NEWCOMERS = """
INSERT INTO reminder_fresh SELECT m.* FROM reminder_matter m
WHERE (m.organisation_id IN (SELECT organisation_id FROM reminder_newcomer)
    OR m.body_id IN (SELECT organisation_id FROM reminder_newcomer)
    OR EXISTS (SELECT 1 FROM reminder_moved o WHERE left(m.division_code, length(o.prefix)) = o.prefix))
EXCEPT SELECT * FROM reminder_fresh
"""

_REACH = """1 + CASE WHEN u.email <> '' AND NOT 'email' = ANY(coalesce(w.channels_off, '{}')) THEN 2 ELSE 0 END
      + CASE WHEN u.phone <> '' AND NOT 'sms' = ANY(coalesce(w.channels_off, '{}')) THEN 4 ELSE 0 END"""
# Of an organisation only who came or can be reached anew matters; of an area also who left: another unit is then the
# closest one.
_COMPARE_PEOPLE = f"""
DROP TABLE IF EXISTS reminder_audience, reminder_stirred, reminder_newcomer, reminder_moved;
CREATE TEMPORARY TABLE reminder_audience ON COMMIT DROP AS
SELECT m.organisation_id, m.user_id, '' AS prefix, m.role = 'manager' AS manager, {_REACH} AS reach
FROM parties_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
LEFT JOIN notifications_preference w ON w.user_id = u.id
WHERE {MEMBER_NOW}
UNION ALL SELECT 0, o.user_id, o.prefix, false, {_REACH} FROM ({OFFICERS}) o JOIN accounts_user u ON u.id = o.user_id
LEFT JOIN notifications_preference w ON w.user_id = u.id;
ANALYZE reminder_audience;
CREATE TEMPORARY TABLE reminder_stirred ON COMMIT DROP AS
SELECT a.*, p.id AS past_id, p.organisation_id AS past_organisation, p.prefix AS past_prefix FROM reminder_audience a
FULL JOIN notifications_seenperson p ON p.organisation_id = a.organisation_id AND p.user_id = a.user_id
    AND p.prefix = a.prefix AND p.manager = a.manager AND p.reach = a.reach
WHERE p.id IS NULL OR a.user_id IS NULL;
CREATE TEMPORARY TABLE reminder_newcomer ON COMMIT DROP AS
SELECT organisation_id, user_id, prefix, manager, reach FROM reminder_stirred WHERE past_id IS NULL;
CREATE TEMPORARY TABLE reminder_moved ON COMMIT DROP AS
SELECT coalesce(prefix, past_prefix) AS prefix FROM reminder_stirred
WHERE coalesce(organisation_id, past_organisation) = 0;
DELETE FROM notifications_seenperson WHERE id IN (SELECT past_id FROM reminder_stirred WHERE past_id IS NOT NULL);
INSERT INTO notifications_seenperson (organisation_id, user_id, prefix, manager, reach)
SELECT organisation_id, user_id, prefix, manager, reach FROM reminder_newcomer;
DELETE FROM reminder_newcomer WHERE organisation_id = 0;
ANALYZE reminder_newcomer, reminder_moved
"""


def gather(source: EventSource, rules: Iterable[ReminderRule], day: dt.date) -> None:
    """Read the event's matters into `reminder_matter`, for the widest window of its rules, and as far ahead as a
    reminder is open; each with the threshold that it has reached and the stamp of what its rule says on that day."""
    matters, values = told_matters(source, rules, day)
    furthest = Reminder.objects.filter(event=source.event, closed_at=None).aggregate(last=Max("due_on"))["last"]
    values["last"] = max(values["last"], furthest or values["last"])
    _run(_GATHER.format(matters=matters), values)
    if source.people:
        people = " UNION ALL ".join(
            f"SELECT '{name}' AS name, h.subject_id, h.user_id FROM ({people.sql()}) h "
            "WHERE h.subject_id IN (SELECT subject_id FROM reminder_matter)"
            for name, people in source.people.items()
        )
        _run(_GATHER_HELD.format(people=people), {"today": day})


def gathered(name: str) -> str:
    """Whom only the source knows, as `gather` read it, as SQL."""
    return f"SELECT subject_id, user_id FROM reminder_held WHERE name = '{name}'"


def compare_people(day: dt.date) -> None:
    """Note whose people came, left or can be reached otherwise: `reminder_newcomer`, `reminder_moved`. Once a sweep."""
    _run(_COMPARE_PEOPLE, {"today": day})


def compare_matters(event: str, *, for_newcomers: bool) -> None:
    """Leave in `reminder_fresh` the matters that a reminder may be missing of, in `reminder_gone` those that are no
    longer open, and remember how they all stand. After `gather` and `compare_people`."""
    values = {"event": event}
    _run(_COMPARE_MATTERS, values)
    if _run(_KEEP_MATTERS, values) > MANY:
        _run("ANALYZE notifications_seenmatter", values)
    if for_newcomers:
        _run(_ADD_FOR_NEWCOMERS, values)
        _run("ANALYZE reminder_fresh", values)


def _run(sql: str, values: dict[str, Any]) -> int:
    """Run the statements; how many rows the last one wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: int = cursor.rowcount
    return rows
