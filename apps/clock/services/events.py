"""The ledger of a deadline: each event its next line, its entry in the trail of the subject, and word of it upward."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from apps.audit import services as audit
from apps.clock.constants import CHANGED, EventKind
from apps.clock.models import Deadline, DeadlineEvent
from apps.core.actors import Actor
from apps.core.events import publish_event


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
    tell(deadline.subject_kind, [deadline.subject_id], now)
    return event


def tell(kind: str, ids: Sequence[int], now: dt.datetime) -> None:
    """Say which subjects have another deadline now. Whoever keeps a copy of the last day renews it in this transaction,
    without waiting for a row: the recount after an edited calendar day holds the clock's lock."""
    publish_event(CHANGED, {"subject_kind": kind, "subject_ids": ids, "now": now})


def _text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
