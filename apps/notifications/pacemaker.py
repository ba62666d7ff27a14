"""The pacemaker: a small loop on the steady clock that wakes planning and delivery.

Celery beat falls silent after a clock jump, and a queue can lose what it holds. This loop needs neither: it looks into
the database, nudges the workers, and where nothing moves in spite of the nudges it delivers itself.
"""

import contextlib
import datetime as dt
import threading
import time
from typing import Any

import structlog
from celery import Task, current_app
from django.db import connection
from django.db.utils import Error as DatabaseError
from kombu.exceptions import OperationalError as BrokerError

from apps.clock.selectors import lapsing
from apps.clock.source import database_now
from apps.clock.tasks import LapsesFailed, run_sweep, sweep_lapses
from apps.core.calendar import SHANGHAI, today
from apps.core.problems import Refused
from apps.core.services import job_run
from apps.core.wakeups import registered
from apps.notifications import jobs
from apps.notifications.constants import PLAN_FROM_HOUR
from apps.notifications.selectors import last_planned_day
from apps.notifications.services import beat, deliver, waiting_count
from apps.notifications.tasks import deliver_due

log = structlog.get_logger(__name__)

NUDGES = 2  # as many workers as are usual; each goes on while there is something to do
STALLED_AFTER = 10.0  # seconds that waiting messages may not shrink before the pacemaker delivers itself
REPORT_EVERY = 30.0
LAPSES_EVERY = 60.0
OTHERS_EVERY = 10.0


class Pacemaker:
    """One look every few seconds. A failed look is written down and the next one comes all the same."""

    def __init__(self, *, every: float = 2) -> None:
        self.every = every
        self._waiting = 0
        self._moved_at = time.monotonic()
        self._reported_at = self._lapses_seen_at = self._others_seen_at = float("-inf")

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop."""
        while not stop.wait(self.every):
            try:
                self.look()
            except (DatabaseError, OSError) as fault:
                log.warning("pacemaker_fault", fault=f"{type(fault).__name__}: {fault}")
                connection.close()

    def look(self) -> None:
        """Compare the clocks, plan if a day is open, and see that messages move."""
        heartbeat = beat()
        if heartbeat.fenced_since is None:
            self._plan_if_open()
            self._see_to_lapses()
        self._see_to_delivery()
        self._see_to_others()
        self._report(heartbeat.drift_seconds)

    def _plan_if_open(self) -> None:
        now = database_now()
        last = last_planned_day()
        early = now.astimezone(SHANGHAI).hour < PLAN_FROM_HOUR
        if last is not None and (last >= today(now) or (early and last == today(now) - dt.timedelta(days=1))):
            return
        try:
            jobs.plan()
        except Refused as refusal:
            log.warning("planning_refused", code=refusal.code, reason=refusal.reason)

    def _see_to_lapses(self) -> None:
        """Wake the sweep of deadlines once a minute while something is over; without a queue, sweep here."""
        if time.monotonic() - self._lapses_seen_at < LAPSES_EVERY:
            return
        self._lapses_seen_at = time.monotonic()
        if lapsing(today(database_now())).exists() and not _nudged(sweep_lapses):
            with contextlib.suppress(LapsesFailed):  # the job's record says so
                run_sweep()

    def _see_to_delivery(self) -> None:
        waiting = waiting_count()
        if not waiting or waiting != self._waiting:
            self._waiting, self._moved_at = waiting, time.monotonic()
        if not waiting:
            return
        if time.monotonic() - self._moved_at > STALLED_AFTER or not _nudge():
            deliver(limit=100, seconds=self.every * 5)

    def _see_to_others(self) -> None:
        """Wake what else waits (papers, scans) every few seconds; without a queue, do a little of it here."""
        if time.monotonic() - self._others_seen_at < OTHERS_EVERY:
            return
        self._others_seen_at = time.monotonic()
        for wakeup in registered():
            if wakeup.waiting(database_now()) and not _sent(wakeup.task):
                wakeup.here()

    def _report(self, drift: float) -> None:
        if time.monotonic() - self._reported_at > REPORT_EVERY:
            with job_run("notifications.pacemaker") as outcome:
                outcome |= {"waiting": self._waiting, "drift_seconds": round(drift, 1)}
            self._reported_at = time.monotonic()


def _nudge() -> bool:
    """Wake the workers; False if the queue cannot be reached."""
    return all(_nudged(deliver_due) for _ in range(NUDGES))


def _sent(task: str) -> bool:
    try:
        current_app.send_task(task, retry=False, expires=60)
    except (BrokerError, OSError) as fault:
        log.warning("queue_unreachable", task=task, fault=f"{type(fault).__name__}: {fault}")
        return False
    return True


def _nudged(task: "Task[Any, Any]") -> bool:
    try:
        task.apply_async(retry=False, expires=60)
    except (BrokerError, OSError) as fault:
        log.warning("queue_unreachable", fault=f"{type(fault).__name__}: {fault}")
        return False
    return True
