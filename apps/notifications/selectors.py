"""Reads of rules, templates, messages and due dates."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from apps.accounts.constants import Role
from apps.accounts.policies import scope_of
from apps.accounts.selectors import roles_held
from apps.notifications.constants import (
    CALENDAR_HORIZON_DAYS,
    DEFAULT_VARIANT,
    FINAL,
    OVERDUE_ALARM,
    Channel,
    MessageState,
    Recipients,
)
from apps.notifications.models import (
    CalendarFeed,
    ClockHeartbeat,
    Message,
    MessageTemplate,
    Preference,
    ReminderRule,
    Watermark,
)
from apps.notifications.sources import EventSource, registered

OFFICERS = (Role.OFFICER, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Obligation:
    """A due date that concerns a person."""

    source: EventSource
    subject_id: int
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class DeliveryHealth:
    """What must alarm somebody."""

    dead: int
    unknown: int
    overdue: int
    fenced_since: dt.datetime | None
    drift_seconds: float

    @property
    def well(self) -> bool:
        return not (self.dead or self.unknown or self.overdue or self.fenced_since)


def rules_in_force(day: dt.date) -> list[ReminderRule]:
    """The rules that hold on a day, in a fixed order."""
    running = ReminderRule.objects.filter(effective_from__lte=day)
    return list(running.filter(Q(effective_to=None) | Q(effective_to__gte=day)).order_by("event", "variant"))


def rules_by_event() -> QuerySet[ReminderRule]:
    """Every rule, past and future ones too."""
    return ReminderRule.objects.order_by("event", "variant", "-effective_from")


def templates() -> QuerySet[MessageTemplate]:
    """Every text."""
    return MessageTemplate.objects.order_by("topic", "-language")


def last_planned_day() -> dt.date | None:
    """The day up to which reminders were planned; None before the first sweep."""
    return Watermark.objects.filter(name="reminders").values_list("day", flat=True).first()


def unread_count(user: Any) -> int:
    """Unread in-app messages of a person, at most 99: an index of unread ones answers."""
    unread = Message.objects.filter(recipient_id=user.pk, channel=Channel.IN_APP, read_at=None)
    return unread.filter(state=MessageState.SENT)[:99].count()


def inbox(user: Any, *, unread_only: bool = False) -> QuerySet[Message]:
    """A person's in-app messages, newest first."""
    mine = Message.objects.filter(recipient_id=user.pk, channel=Channel.IN_APP, state=MessageState.SENT)
    return (mine.filter(read_at=None) if unread_only else mine).select_related("recipient").order_by("-id")


def preference_of(user: Any) -> Preference:
    """What a person chose, or the defaults unsaved."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


def running_feed(user: Any) -> CalendarFeed | None:
    """The person's calendar address, if there is one."""
    return CalendarFeed.objects.filter(user=user, revoked_at=None).first()


def feed_by_hash(secret_hash: str) -> CalendarFeed | None:
    """The feed of a secret. Only for people whose account is active."""
    running = CalendarFeed.objects.filter(secret_hash=secret_hash, revoked_at=None, user__is_active=True)
    return running.select_related("user").first()


def state_counts(messages: QuerySet[Message]) -> dict[str, int]:
    """How many of the messages stand in which state."""
    return dict(messages.order_by().values_list("state").annotate(n=Count("id")))


def delivery_health(now: dt.datetime) -> DeliveryHealth:
    """Dead and unknown messages, those due too long, and whether the clocks agree. /readyz may ask."""
    overdue = Message.objects.exclude(state__in=FINAL).filter(next_at__lt=now - OVERDUE_ALARM)
    beat = ClockHeartbeat.objects.order_by("-wall").first()
    return DeliveryHealth(
        dead=Message.objects.filter(state=MessageState.DEAD)[:1000].count(),
        unknown=Message.objects.filter(state=MessageState.UNKNOWN)[:1000].count(),
        overdue=overdue[:1000].count(),
        fenced_since=beat.fenced_since if beat else None,
        drift_seconds=beat.drift_seconds if beat else 0,
    )


def due_dates_of(user: Any, day: dt.date) -> list[Obligation]:
    """What falls due for a person, from a month ago to a year ahead: what the reminder rules would tell them of.

    A member of an organisation sees, where a rule tells the managers, its own matters and, where a rule tells the body,
    those of the certificates that it issued; an officer or supervisor, where a rule tells the officers, those of the
    unit's divisions; and those whom only the source knows, where a rule tells them (a file's holder), what they hold.
    Of a variant without a rule of its own the default rule says so.
    """
    scope = scope_of(user) if user.is_staff_member and roles_held(user, day) & {*OFFICERS} else ""
    mine = [] if user.is_staff_member else organisations_of(user, day)
    if not (mine or user.is_staff_member):
        return []
    told = _told_by_event(day)
    first, last = day - dt.timedelta(days=30), day + dt.timedelta(days=CALENDAR_HORIZON_DAYS)
    values: dict[str, Any] = {"first": first, "last": last, "mine": mine, "scope": f"{scope}%"}
    values |= {"today": day, "user": user.pk}
    found = []
    with connection.cursor() as cursor:
        for source in registered().values():
            ways = _ways(source, scoped=bool(scope)) if user.is_staff_member else _OWN
            if not ways:
                continue
            condition, variants = _concerns(told.get(source.event, {}), ways)
            cursor.execute(
                f"SELECT DISTINCT due_on, subject_id FROM ({source.sql}) m "  # noqa: S608
                f"WHERE {condition} ORDER BY due_on, subject_id LIMIT 2000",
                {**values, **variants},
            )
            found += [Obligation(source, subject_id, due_on) for due_on, subject_id in cursor.fetchall()]
    return sorted(found, key=lambda obligation: (obligation.due_on, obligation.subject_id))


def _told_by_event(day: dt.date) -> dict[str, dict[str, set[str]]]:
    """Whom the rules in force tell of each event, variant by variant."""
    told: dict[str, dict[str, set[str]]] = {}
    for rule in rules_in_force(day):
        told.setdefault(rule.event, {}).setdefault(rule.variant, set()).update(rule.recipients)
    return told


_OWN = {str(Recipients.MANAGERS): "organisation_id = ANY(%(mine)s)", str(Recipients.BODY): "body_id = ANY(%(mine)s)"}
_HELD = "subject_id IN (SELECT h.subject_id FROM ({people}) h WHERE h.user_id = %(user)s)"


def _ways(source: EventSource, *, scoped: bool) -> dict[str, str]:
    """By which rows somebody of the bureau is one of the recipients of an event, as SQL of our own constants."""
    ways = {name: _HELD.format(people=people.sql()) for name, people in source.people.items()}
    return {**ways, **({str(Recipients.OFFICERS): "division_code LIKE %(scope)s"} if scoped else {})}


def _concerns(told: dict[str, set[str]], parties: Mapping[str, str]) -> tuple[str, dict[str, list[str]]]:
    """The rows of an event that concern the person, as SQL of our own constants, and the variants that it names."""
    ways: list[str] = []
    variants: dict[str, list[str]] = {}
    for party, rows in parties.items():
        by_default = party in told.get(DEFAULT_VARIANT, ())
        variants[party] = [name for name, people in told.items() if (party in people) != by_default]
        ways.append(f"{rows} AND variant {'<> ALL' if by_default else '= ANY'}(%({party})s::text[])")
    return " OR ".join(ways), variants


def organisations_of(user: Any, day: dt.date) -> list[int]:
    """The organisations that a person acts for on a day."""
    running = user.memberships.filter(ended_at=None, starts_on__lte=day)
    return list(running.filter(Q(ends_on=None) | Q(ends_on__gte=day)).values_list("organisation_id", flat=True))
