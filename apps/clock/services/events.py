"""The ledger of a deadline: each event its next line, and its entry in the trail of the subject."""

import datetime as dt
from typing import Any

from django.db.models import Max

from apps.audit import services as audit
from apps.clock.constants import EventKind
from apps.clock.models import Deadline, DeadlineEvent
from apps.core.actors import Actor


def note(
    *,
    actor: Actor,
    now: dt.datetime,
    deadline: Deadline,
    kind: EventKind,
    on: dt.date,
    before: dt.date | None,
    **more: Any,
) -> DeadlineEvent:
    """Write what happened. The caller holds the deadline's row lock, which keeps the lines numbered without gaps."""
    last = deadline.events.aggregate(last=Max("n"))["last"] or 0
    event = DeadlineEvent.objects.create(
        deadline=deadline,
        n=last + 1,
        kind=kind,
        on=on,
        actor_label=actor.label,
        at=now,
        due_before=before,
        due_after=deadline.due_on,
        **more,
    )
    audit.record(
        actor=actor,
        now=now,
        action=f"clock.deadline.{kind}",
        subject_kind=deadline.subject_kind,
        subject_id=deadline.subject_id,
        before={"code": deadline.code, "due_on": _text(before)},
        after={"code": deadline.code, "due_on": _text(deadline.due_on), "on": on.isoformat()},
        reason=event.reason,
    )
    return event


def _text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
