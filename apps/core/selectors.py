"""What the health pages read, and a person's own drafts."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, QuerySet
from django.utils.translation import ngettext

from apps.core import alarms
from apps.core.actors import Actor
from apps.core.constants import JobStanding
from apps.core.jobs import Job, declared
from apps.core.models import Draft, JobRun


@dataclass(frozen=True, slots=True)
class JobState:
    """A declared job and how it stands. `run` is None until it ran for the first time."""

    job: Job
    run: JobRun | None
    standing: JobStanding

    @property
    def every(self) -> str:
        """The promise in words."""
        seconds = int(self.job.every.total_seconds())
        if seconds % 86_400 == 0:
            return ngettext("%(n)s 天", "%(n)s 天", seconds // 86_400) % {"n": seconds // 86_400}
        if seconds % 3_600 == 0:
            return ngettext("%(n)s 小时", "%(n)s 小时", seconds // 3_600) % {"n": seconds // 3_600}
        return ngettext("%(n)s 分钟", "%(n)s 分钟", seconds // 60) % {"n": seconds // 60}

    @property
    def succeeded_at(self) -> dt.datetime | None:
        return self.run.succeeded_at if self.run is not None else None


def job_states(now: dt.datetime) -> list[JobState]:
    """Every declared job, whether or not it ever ran."""
    runs = {run.name: run for run in JobRun.objects.all()}
    since = running_since()
    return [
        JobState(job, runs.get(name), _standing(job, runs.get(name), since, now)) for name, job in declared().items()
    ]


def late_jobs(now: dt.datetime) -> list[JobState]:
    """Jobs whose last success lies too far back, and those that ought to have run by now and never did."""
    return [state for state in job_states(now) if state.standing in (JobStanding.LATE, JobStanding.NEVER)]


def _standing(job: Job, run: JobRun | None, since: dt.datetime, now: dt.datetime) -> JobStanding:
    succeeded = run.succeeded_at if run is not None else None
    if now - (succeeded or since) > job.patience:
        return JobStanding.NEVER if succeeded is None else JobStanding.LATE
    if run is not None and run.failure:
        return JobStanding.FAILED
    return JobStanding.WAITING if succeeded is None else JobStanding.ON_TIME


def running_since() -> dt.datetime:
    """From when a job may be expected to have run: the last migration, or the start of this process, if later."""
    started: dt.datetime = apps.get_app_config("core").started_at  # type: ignore[attr-defined]  # our own config
    migrated = MigrationRecorder(connection).migration_qs.aggregate(last=Max("applied"))["last"]
    return max(started, migrated) if migrated is not None else started


def database_fault() -> str:
    """Why the database cannot be used, or an empty text. Names no address and no credential."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"database: {type(error).__name__}"
    return ""


def migration_fault() -> str:
    """Which migrations wait to be applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    waiting = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan[:5])
    return f"migrations not applied: {waiting}" if waiting else ""


def broker_fault() -> str:
    """Why Redis or Valkey cannot be used. Cache and broker are the same server (settings)."""
    try:
        cache.get("readyz")
    except Exception as error:
        return f"broker: {type(error).__name__}"
    return ""


def job_fault(now: dt.datetime) -> str:
    """Which periodic jobs are late, and which never ran."""
    late = late_jobs(now)
    told = {
        "late jobs": [state.job.name for state in late if state.standing == JobStanding.LATE],
        "jobs that never ran": [state.job.name for state in late if state.standing == JobStanding.NEVER],
    }
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in told.items() if names)


def readiness_faults(now: dt.datetime) -> dict[str, str]:
    """What keeps this installation from serving, by part; empty when it is ready. Holds no secret."""
    faults = {"database": database_fault(), "broker": broker_fault()}
    if not faults["database"]:
        faults["migrations"] = migration_fault()
        if not faults["migrations"]:
            faults["jobs"] = job_fault(now)
    return {part: fault for part, fault in faults.items() if fault}


def readiness_detail(now: dt.datetime) -> dict[str, Any]:
    """The last run of each periodic job, and the alarms that stand. Only for a database that can be asked."""
    jobs = {
        state.job.name: {"state": state.standing.value, "last_success": _iso(state.succeeded_at)}
        for state in job_states(now)
    }
    return {"jobs": jobs, "alarms": {alarm.code: alarm.figures for alarm in alarms.standing(now)}}


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None


def drafts_of(actor: Actor) -> QuerySet[Draft]:
    """The drafts of a person for whom they act now, the newest first."""
    own = Draft.objects.filter(person_id=_person(actor), organisation_id=actor.organisation_id or 0)
    return own.order_by("-saved_at")


def drafts_of_person(person_id: int, organisation_ids: Iterable[int]) -> QuerySet[Draft]:
    """A person's drafts for any of the organisations and for nobody, the newest first: what a home page lists."""
    return Draft.objects.filter(person_id=person_id, organisation_id__in=[0, *organisation_ids]).order_by("-saved_at")


def draft_of(actor: Actor, key: str) -> QuerySet[Draft]:
    """The draft of one form, as a queryset of at most one."""
    return Draft.objects.filter(person_id=_person(actor), organisation_id=actor.organisation_id or 0, key=key)


def _person(actor: Actor) -> int:
    assert actor.user_id is not None, "a draft belongs to a person"
    return actor.user_id
