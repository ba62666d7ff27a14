"""Deadlines as pages, worklists and reminders read them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise

from apps.clock.constants import DeadlineState, EventKind, LimitUnit
from apps.clock.models import Deadline, DeadlineEvent
from apps.clock.rules import Calendar, CalendarMissing, days_between
from apps.clock.selectors.calendar import calendar_between
from apps.clock.wording import Standing, level_of, sentence
from apps.core.calendar import today


@dataclass(frozen=True, slots=True)
class EventView:
    """A line of the ledger."""

    kind: str
    label: str | Promise
    on: dt.date
    reason: str
    evidence: str
    by: str
    due_before: dt.date | None
    due_after: dt.date | None


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A deadline as a person reads it on one day.

    `remaining`: working days for a limit of working days, else calendar days; negative once overdue; as it was when
    the clock stopped while it is paused. `level` is the colour: ok, due, over. `ended_on`: nothing is owed any more.
    """

    code: str
    name: str
    value: int
    unit: str
    started_on: dt.date
    due_on: dt.date | None
    state: str
    remaining: int
    level: str
    text: str
    article: str
    consequence: str
    provisional: bool
    verified: bool
    paused_since: dt.date | None
    ended_on: dt.date | None
    events: tuple[EventView, ...] = ()


OWED = Q(ended_on=None)
DAYS_OF_MONTH = 30  # for the colour only


def deadlines_of(kind: str, subject_id: int, *, on: dt.date | None = None) -> list[DeadlineView]:
    """Every deadline of a subject with its ledger, those still owed first, the nearest first."""
    found = list(_rows(Deadline.objects.filter(subject_kind=kind, subject_id=subject_id)))
    views = _views(found, on or today(timezone.now()), _events([row.pk for row in found]))
    return sorted(views.values(), key=lambda view: (view.ended_on is not None, view.due_on or dt.date.max))


def running(kind: str, ids: Iterable[int], *, on: dt.date | None = None) -> dict[int, list[DeadlineView]]:
    """What is still owed on each subject, the nearest first. Three queries for any number of subjects."""
    rows = list(_rows(Deadline.objects.filter(OWED, subject_kind=kind, subject_id__in=list(ids))))
    pauses = _events([row.pk for row in rows if row.state == DeadlineState.PAUSED], EventKind.PAUSE)
    found: dict[int, list[DeadlineView]] = defaultdict(list)
    views = _views(rows, on or today(timezone.now()), pauses)
    for row in sorted(rows, key=lambda row: (row.due_on or dt.date.max, row.pk)):
        found[row.subject_id].append(views[row.pk])
    return dict(found)


def earliest_due(kind: str, subject_id: int) -> dt.date | None:
    """The first last day among what is owed; None when nothing is, or every clock stands still."""
    owed = Deadline.objects.filter(OWED, subject_kind=kind, subject_id=subject_id)
    found: dt.date | None = owed.aggregate(first=Min("due_on"))["first"]
    return found


def earliest_due_of(kind: str, outer: str) -> Subquery:
    """`earliest_due` of the subject whose id is the outer query's column, for reads of many subjects at once."""
    owed = Deadline.objects.filter(OWED, subject_kind=kind, subject_id=OuterRef(outer)).order_by()
    return Subquery(owed.values("subject_id").annotate(first=Min("due_on")).values("first"))


def going_since(kind: str, subject_id: int, code: str) -> dt.date | None:
    """The day from which what is owed under the code has run without a pause: the legal day of its last resumption,
    or of its start. Of a limit to answer an application: when the complete materials were received."""
    owed = Deadline.objects.filter(OWED, subject_kind=kind, subject_id=subject_id, code=code).first()
    if owed is None:
        return None
    resumed = owed.events.filter(kind=EventKind.RESUME).order_by("-n").values_list("on", flat=True).first()
    return resumed or owed.started_on


def lapsing(day: dt.date) -> QuerySet[Deadline]:
    """Running deadlines whose last day is over on `day`, the longest overdue first."""
    return Deadline.objects.filter(state=DeadlineState.RUNNING, due_on__lt=day).order_by("due_on", "id")


def _rows(deadlines: QuerySet[Deadline]) -> QuerySet[Deadline]:
    return deadlines.select_related("limit").order_by("pk")


def _events(ids: Sequence[int], *kinds: EventKind) -> dict[int, list[DeadlineEvent]]:
    found: dict[int, list[DeadlineEvent]] = defaultdict(list)
    if not ids:
        return found
    events = DeadlineEvent.objects.filter(deadline_id__in=ids).order_by("deadline_id", "n")
    for event in events.filter(kind__in=kinds) if kinds else events:
        found[event.deadline_id].append(event)
    return found


def _views(rows: Sequence[Deadline], on: dt.date, events: dict[int, list[DeadlineEvent]]) -> dict[int, DeadlineView]:
    pauses = {pk: [each for each in found if each.kind == EventKind.PAUSE][-1:] for pk, found in events.items()}
    counted = [_counted(row, on, pauses.get(row.pk, [])) for row in rows]
    days = [day for pair in counted if pair is not None for day in pair]
    calendar = calendar_between(min(days), max(days)) if days else {}
    return {
        row.pk: _view(row, pair, calendar, pauses.get(row.pk, []), events.get(row.pk, []))
        for row, pair in zip(rows, counted, strict=True)
    }


def _counted(row: Deadline, on: dt.date, pause: Sequence[DeadlineEvent]) -> tuple[dt.date, dt.date] | None:
    """Between which days to count: from today, from the day the clock stopped, or from the day the act was done."""
    if row.state == DeadlineState.PAUSED and pause and pause[0].due_before is not None:
        return pause[0].on, pause[0].due_before
    return (row.ended_on or on, row.due_on) if row.due_on is not None else None


def _view(
    row: Deadline,
    pair: tuple[dt.date, dt.date] | None,
    calendar: Calendar,
    pause: Sequence[DeadlineEvent],
    events: Sequence[DeadlineEvent],
) -> DeadlineView:
    limit = row.limit
    standing = _standing(row, pair, calendar)
    total = limit.value if limit.unit != LimitUnit.MONTH else limit.value * DAYS_OF_MONTH
    return DeadlineView(
        code=row.code,
        name=limit.name,
        value=limit.value,
        unit=limit.unit,
        started_on=row.started_on,
        due_on=row.due_on,
        state=row.state,
        remaining=standing.remaining,
        level=level_of(standing, total),
        text=sentence(standing),
        article=limit.article,
        consequence=limit.consequence,
        provisional=row.provisional,
        verified=limit.verified,
        paused_since=pause[0].on if row.state == DeadlineState.PAUSED and pause else None,
        ended_on=row.ended_on,
        events=tuple(_event(event) for event in events),
    )


def _standing(row: Deadline, pair: tuple[dt.date, dt.date] | None, calendar: Calendar) -> Standing:
    missing = False
    try:
        remaining = days_between(*pair, row.limit.unit, calendar) if pair else 0
    except CalendarMissing:
        remaining, missing = 0, True
    on = pair[0] if pair else row.started_on
    ended = row.ended_on is not None
    return Standing(row.state, row.limit.unit, remaining, on, pair[1] if pair else None, ended, missing)


def _event(event: DeadlineEvent) -> EventView:
    return EventView(
        event.kind,
        event.get_kind_display(),
        event.on,
        event.reason,
        event.evidence,
        event.actor_label,
        event.due_before,
        event.due_after,
    )
