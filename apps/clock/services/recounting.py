"""Counting running deadlines again after the calendar or a limit changed, in the transaction of that change."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Max

from apps.audit import services as audit
from apps.clock import selectors
from apps.clock.constants import DeadlineState, EventKind
from apps.clock.models import Deadline, DeadlineEvent
from apps.clock.rules import CalendarMissing, LastDay, Rule
from apps.clock.services.events import tell
from apps.clock.services.locking import calendar_missing
from apps.core.actors import Actor
from apps.core.calendar import today

BATCH = 2_000
Moved = tuple[Deadline, dt.date | None, bool]  # deadline as it is now, its last day before, whether that day moved


def recount(*, actor: Actor, now: dt.datetime, reason: str, days: Sequence[dt.date] = (), code: str = "") -> int:
    """Count again what runs through one of the days, or under the code. Returns how many deadlines moved.

    The caller holds the calendar's exclusive lock (`locking`). A deadline is touched only if its result changes.
    """
    running = Deadline.objects.select_for_update().filter(state=DeadlineState.RUNNING)
    running = running.filter(code=code) if code else running
    running = running.filter(started_on__lt=max(days), due_on__gte=min(days)) if days else running
    changed: list[Moved] = []
    moved = 0
    try:
        for deadline, rule, last in selectors.governed(running):
            if (found := _changed(deadline, rule, last)) is not None:
                changed.append(found)
            if len(changed) == BATCH:
                moved += _write(actor, now, changed, reason)
                changed = []
    except CalendarMissing as missing:
        raise calendar_missing(missing.day) from missing
    return moved + _write(actor, now, changed, reason)


def _changed(deadline: Deadline, rule: Rule, last: LastDay | None) -> Moved | None:
    assert last is not None, "a running clock was resumed after every pause"
    before = (deadline.due_on, deadline.provisional, deadline.limit_id)
    if before == (last.on, last.provisional, rule.key):
        return None
    assert rule.key is not None, "the rule is a row"
    deadline.due_on, deadline.provisional, deadline.limit_id = last.on, last.provisional, rule.key
    deadline.version += 1
    return deadline, before[0], before[0] != last.on


def _write(actor: Actor, now: dt.datetime, changed: Sequence[Moved], reason: str) -> int:
    if not changed:
        return 0
    Deadline.objects.bulk_update([row for row, *_rest in changed], ["due_on", "provisional", "limit", "version"])
    moved = [(row, before) for row, before, differs in changed if differs]
    ids = [row.pk for row, _before in moved]
    last = dict(DeadlineEvent.objects.filter(deadline_id__in=ids).values_list("deadline_id").annotate(Max("n")))
    DeadlineEvent.objects.bulk_create(
        DeadlineEvent(
            deadline=row,
            n=last[row.pk] + 1,
            kind=EventKind.RECOMPUTE,
            on=today(now),
            reason=reason,
            actor_label=actor.label,
            at=now,
            due_before=before,
            due_after=row.due_on,
        )
        for row, before in moved
    )
    audit.record_many(
        actor=actor,
        now=now,
        action="clock.deadline.recompute",
        subject_kind="deadline",
        changes=(
            audit.Change(row.pk, {"due_on": str(before)}, {"due_on": str(row.due_on)}, reason) for row, before in moved
        ),
    )
    subjects: dict[str, list[int]] = defaultdict(list)
    for row, _before in moved:
        subjects[row.subject_kind].append(row.subject_id)
    for kind, subject_ids in subjects.items():
        tell(kind, subject_ids, now)
    return len(moved)
