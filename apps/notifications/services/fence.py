"""The clock fence: planning stops while the database's clock disagrees with this machine's steady clock.

A reminder sent a day early cannot be taken back; one that waits some minutes harms nobody.
"""

import datetime as dt

from django.db import transaction

from apps.audit import services as audit
from apps.clock.source import boot_id, database_now, steady_seconds
from apps.core.actors import Actor
from apps.notifications.constants import CLOCK_TOLERANCE
from apps.notifications.models import ClockHeartbeat


def beat() -> ClockHeartbeat:
    """Compare the two clocks, remember the result, and return it. `fenced_since` says whether planning must wait.

    A small difference is followed (clocks are disciplined all day); a jump of more than five minutes is not, so the
    fence lifts by itself when the clock returns, or when a person accepts the new time.
    """
    wall, steady = database_now(), steady_seconds()
    with transaction.atomic():
        found, created = ClockHeartbeat.objects.select_for_update().get_or_create(
            machine=boot_id(), defaults={"wall": wall, "steady": steady}
        )
        if not created:
            _compare(found, wall, steady)
            found.save()
    return found


def clock_is_trusted() -> bool:
    """Whether the two clocks agree now; looked at afresh, so that it also holds where no pacemaker runs."""
    return beat().fenced_since is None


def accept_clock(*, actor: Actor, now: dt.datetime) -> ClockHeartbeat:
    """A person says that the present time is right: the clock had been wrong before. Planning resumes."""
    with transaction.atomic():
        found, _ = ClockHeartbeat.objects.select_for_update().get_or_create(
            machine=boot_id(), defaults={"wall": now, "steady": steady_seconds()}
        )
        before = {"drift_seconds": found.drift_seconds, "wall": found.wall.isoformat()}
        found.wall, found.steady = database_now(), steady_seconds()
        found.drift_seconds, found.fenced_since = 0, None
        found.save()
        audit.record(
            actor=actor,
            now=now,
            action="notifications.clock.accept",
            subject_kind="clock",
            subject_id=found.machine,
            before=before,
            after={"wall": found.wall.isoformat()},
        )
    return found


def _compare(found: ClockHeartbeat, wall: dt.datetime, steady: float) -> None:
    found.drift_seconds = (wall - found.wall).total_seconds() - (steady - found.steady)
    if abs(found.drift_seconds) > CLOCK_TOLERANCE.total_seconds():
        found.fenced_since = found.fenced_since or wall
        return
    found.wall, found.steady, found.fenced_since = wall, steady, None
