"""What the health pages read, and a person's own drafts."""

import datetime as dt

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F, Q, QuerySet

from apps.core.actors import Actor
from apps.core.models import Draft, JobRun

GRACE = 2  # a job is late after twice its promised interval


def job_runs() -> QuerySet[JobRun]:
    """The latest run of every periodic job."""
    return JobRun.objects.order_by("name")


def late_jobs(now: dt.datetime) -> QuerySet[JobRun]:
    """Jobs whose last success lies further back than twice their promise, or that started that long ago in vain."""
    since = now - GRACE * F("promised_every")
    never = Q(succeeded_at=None, started_at__lt=since)
    return job_runs().filter(Q(succeeded_at__lt=since) | never)


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
    """Which periodic jobs are late."""
    late = ", ".join(late_jobs(now).values_list("name", flat=True))
    return f"late jobs: {late}" if late else ""


def readiness_faults(now: dt.datetime) -> dict[str, str]:
    """What keeps this installation from serving, by part; empty when it is ready. Holds no secret."""
    faults = {"database": database_fault(), "broker": broker_fault()}
    if not faults["database"]:
        faults["migrations"] = migration_fault()
        if not faults["migrations"]:
            faults["jobs"] = job_fault(now)
    return {part: fault for part, fault in faults.items() if fault}


def drafts_of(actor: Actor) -> QuerySet[Draft]:
    """The drafts of a person for whom they act now, the newest first."""
    own = Draft.objects.filter(person_id=actor.user_id, organisation_id=actor.organisation_id or 0)
    return own.order_by("-saved_at")


def draft_of(actor: Actor, key: str) -> QuerySet[Draft]:
    """The draft of one form, as a queryset of at most one."""
    return Draft.objects.filter(person_id=actor.user_id, organisation_id=actor.organisation_id or 0, key=key)
