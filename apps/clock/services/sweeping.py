"""What is over lapses: each deadline in its own transaction, so that one fault keeps nobody else waiting."""

import datetime as dt
from dataclasses import dataclass

import structlog
from django.db import transaction

from apps.clock import lapses, selectors
from apps.clock.constants import DeadlineState
from apps.clock.models import Deadline
from apps.clock.services.deadlines import lapse
from apps.clock.services.locking import hold_calendar
from apps.core.actors import Actor
from apps.core.calendar import today

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    lapsed: int = 0
    failed: int = 0


def sweep(*, actor: Actor, now: dt.datetime, limit: int = 1_000) -> Swept:
    """Let every deadline lapse whose last day is over, with its consequence. Killed anywhere, the next run goes on."""
    if not lapses.clock_is_trusted():
        log.warning("lapses_wait", reason="the clock is not trusted")
        return Swept()
    lapsed = failed = 0
    waiting = selectors.lapsing(today(now)).values_list("pk", "subject_kind", "subject_id", "code")
    for pk, kind, subject_id, code in list(waiting[:limit]):
        try:
            lapsed += lapse_one(actor=actor, now=now, pk=pk, kind=kind, subject_id=subject_id, code=code)
        except Exception:
            failed += 1
            log.exception("lapse_failed", deadline=pk, code=code, subject=f"{kind}:{subject_id}")
    return Swept(lapsed, failed)


def lapse_one(*, actor: Actor, now: dt.datetime, pk: int, kind: str, subject_id: int, code: str) -> bool:
    """One deadline and its consequence, or nothing if somebody was faster. Locks the subject, then the deadline."""
    consequence = lapses.consequence_of(code)
    with transaction.atomic():
        if consequence:
            consequence.lock(kind, subject_id)
        hold_calendar()
        running = Deadline.objects.select_for_update(of=("self",)).select_related("limit").filter(pk=pk)
        deadline = running.filter(state=DeadlineState.RUNNING, due_on__lt=today(now)).first()
        if deadline is None:
            return False
        lapse(actor=actor, now=now, deadline=deadline)
        if consequence:
            consequence.handler(deadline, now)
    return True
