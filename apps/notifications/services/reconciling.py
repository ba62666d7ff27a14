"""The nightly recount: what ought to have been planned, worked out once more in plain Python.

It shares no SQL with the planner: the matters come from each source's `recount` through the models, thresholds from
the pure rule, people from loops. The difference must be nothing; anything else is a fault of one of the two.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from apps.accounts.rules import scope_prefix
from apps.clock.rules import Calendar, days_between
from apps.clock.selectors import calendar_between
from apps.notifications.channels import configured_among
from apps.notifications.constants import DEFAULT_VARIANT, Channel, Recipients
from apps.notifications.models import Preference, Reminder, ReminderRule
from apps.notifications.rules import Pace, rule_code, threshold_reached, window
from apps.notifications.selectors import rules_in_force
from apps.notifications.services.reaching import HORIZON
from apps.notifications.sources import EventSource, Matter, pace_parts, source_of

Key = tuple[str, int, int, dt.date, int, str]  # rule, subject, threshold, due date, recipient, channel


@dataclass(frozen=True, slots=True)
class Difference:
    """Reminders that ought to exist and do not, and open ones that ought not to exist."""

    expected: int
    missing: tuple[Key, ...]
    unexpected: tuple[Key, ...]

    @property
    def nothing(self) -> bool:
        return not self.missing and not self.unexpected


def reconcile(*, day: dt.date) -> Difference:
    """Recount for a day on which planning has run."""
    people = _People(day)
    rules = rules_in_force(day)
    expected: set[Key] = set()
    for rule in rules:
        expected |= _expected(rule, {r.variant for r in rules if r.event == rule.event}, day, people)
    have = set(_keys(Reminder.objects.all()))
    waiting = set(_keys(Reminder.objects.filter(closed_at=None, planned_on=day)))
    return Difference(len(expected), tuple(sorted(expected - have)), tuple(sorted(waiting - expected)))


def _expected(rule: ReminderRule, variants: set[str], day: dt.date, people: "_People") -> set[Key]:
    source = source_of(rule.event)
    if source is None:
        return set()
    code = rule_code(rule.event, rule.variant)
    found: set[Key] = set()
    told: list[tuple[Matter, int]] = []
    first, last = window(day, rule.offsets, rule.shares)
    calendar = calendar_between(day, day + HORIZON) if source.paced else {}
    for matter in source.recount(first, day + HORIZON if rule.shares else last):
        ruled_by = matter.variant if matter.variant in variants else DEFAULT_VARIANT
        threshold = threshold_reached(matter.due_on, day, rule.offsets, rule.shares, pace_of(matter, day, calendar))
        if ruled_by != rule.variant or threshold is None:
            continue
        told.append((matter, threshold))
    held = _held(source, rule, [matter.subject_id for matter, _threshold in told], day)
    for matter, threshold in told:
        for user_id in people.of(matter, rule.recipients) | people.known(held.get(matter.subject_id, ())):
            for channel in people.channels(user_id, configured_among(rule.channels)):
                found.add((code, matter.subject_id, threshold, matter.due_on, user_id, channel))
    return found


def pace_of(matter: Matter, day: dt.date, calendar: Calendar) -> Pace | None:
    """How much of a matter's limit is left, counted day by day between now and its end."""
    if not matter.pace:
        return None
    unit, span = pace_parts(matter.pace)
    return Pace(span, days_between(day, matter.due_on, unit, calendar) if matter.due_on > day else 0)


def _held(source: EventSource, rule: ReminderRule, ids: list[int], day: dt.date) -> dict[int, set[int]]:
    """Whom only the source knows, for each matter."""
    found: dict[int, set[int]] = defaultdict(set)
    for name in set(rule.recipients) & set(source.people):
        for subject_id, people in source.people[name].recount(ids, day).items():
            found[subject_id].update(people)
    return found


class _People:
    """Who is told of a matter, read once for the whole recount."""

    def __init__(self, day: dt.date) -> None:
        users = get_user_model().objects.filter(is_active=True).values_list("pk", "email", "phone")
        self._reach = {pk: {Channel.EMAIL: bool(mail), Channel.SMS: bool(phone)} for pk, mail, phone in users}
        self._off = dict(Preference.objects.values_list("user_id", "channels_off"))
        self._members: dict[int, set[int]] = defaultdict(set)
        self._managers: dict[int, set[int]] = defaultdict(set)
        for user_id, organisation_id, role in _memberships(day):
            self._members[organisation_id].add(user_id)
            if role == "manager":
                self._managers[organisation_id].add(user_id)
        self._officers: dict[str, set[int]] = defaultdict(set)
        for user_id, division in _officers(day):
            self._officers[scope_prefix(division)].add(user_id)

    def of(self, matter: Matter, recipients: Iterable[str]) -> set[int]:
        found: set[int] = set()
        for name in recipients:
            if name == Recipients.MANAGERS:
                found |= self._managers.get(matter.organisation_id, set())
            elif name == Recipients.BODY:
                found |= self._members.get(matter.body_id, set())
            elif name == Recipients.OFFICERS:
                found |= self._responsible(matter.division_code)
        return self.known(found)

    def known(self, people: Iterable[int]) -> set[int]:
        """Those who have an active account."""
        return {user_id for user_id in people if user_id in self._reach}

    def channels(self, user_id: int, wanted: Iterable[str]) -> list[str]:
        off = self._off.get(user_id, [])
        reach = self._reach[user_id]
        return [c for c in wanted if c == Channel.IN_APP or (reach[Channel(c)] and c not in off)]

    def _responsible(self, division_code: str) -> set[int]:
        for length in range(len(division_code), 0, -1):
            if found := self._officers.get(division_code[:length]):
                return found
        return set()


def _memberships(day: dt.date) -> list[tuple[int, int, str]]:
    sql = "SELECT user_id, organisation_id, role, starts_on, ends_on, ended_at FROM parties_membership"
    return [(row[0], row[1], row[2]) for row in _rows(sql) if row[5] is None and _runs(row[3], row[4], day)]


def _officers(day: dt.date) -> list[tuple[int, str]]:
    sql = """SELECT g.user_id, n.division_code, g.starts_on, g.ends_on, g.ended_at, u.is_active
        FROM accounts_rolegrant g
        JOIN accounts_user u ON u.id = g.user_id JOIN accounts_unit n ON n.id = u.unit_id
        WHERE g.role IN ('officer', 'supervisor')"""
    return [(row[0], row[1]) for row in _rows(sql) if row[5] and row[4] is None and _runs(row[2], row[3], day)]


def _runs(starts_on: dt.date, ends_on: dt.date | None, day: dt.date) -> bool:
    return starts_on <= day and (ends_on is None or ends_on >= day)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _keys(reminders: object) -> Iterable[Key]:
    fields = ("rule_code", "subject_id", "threshold", "due_on", "recipient_id", "channel")
    keys: Iterable[Key] = reminders.values_list(*fields).iterator(20_000)  # type: ignore[attr-defined]
    return keys
