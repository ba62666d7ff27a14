"""The register of periodic jobs. Each is declared once, in its app's `periodic.py`; from here beat has its schedule
(certportal/beat.py), /readyz and the operations page know what ought to run, and `job_run` the promise.

    declare(Job("parties.daily_round", _("组织信息日常整理"), every=DAY, task="parties.daily_round",
                schedule=crontab(hour=0, minute=20)))

A job that beat does not start (the pacemaker's own) has no schedule. A missed tick costs nothing: every job looks at
all that is due, so the promise is about when somebody must be told, not about what is lost.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

LONGEST_GRACE = dt.timedelta(hours=6)
Schedule = Any  # seconds, or celery's crontab


@dataclass(frozen=True, slots=True)
class Job:
    """`every`: a success is promised so often. `grace`: so much later, or so long after it ought to have run for the
    first time, it alarms; without one as long as the promise, six hours at most."""

    name: str
    label: str | Promise
    every: dt.timedelta
    task: str = ""
    schedule: Schedule = None
    grace: dt.timedelta | None = None

    @property
    def patience(self) -> dt.timedelta:
        """How old the last success may become."""
        return self.every + (min(self.every, LONGEST_GRACE) if self.grace is None else self.grace)


_declared: dict[str, Job] = {}


def declare(job: Job) -> Job:
    """Make a job known. Two of one name are a mistake."""
    if _declared.setdefault(job.name, job) != job:
        raise ValueError(f"two jobs are called {job.name!r}")
    return job


def withdraw(name: str) -> None:
    """Take the job out again (tests)."""
    _declared.pop(name, None)


def declared() -> dict[str, Job]:
    """Every periodic job of the installation by name, in the order of the names."""
    return dict(sorted(_declared.items()))


def beat_schedule() -> dict[str, dict[str, Any]]:
    """What Celery's beat starts and when. A tick that waits longer than its interval is dropped: the next is due."""
    return {
        job.name: {"task": job.task, "schedule": job.schedule, "options": {"expires": int(job.every.total_seconds())}}
        for job in declared().values()
        if job.schedule is not None
    }
