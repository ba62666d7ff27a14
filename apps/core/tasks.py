"""The pulse (beat reached the broker, and a worker reached the database), and the sweeping of what nobody needs."""

from celery import shared_task
from django.utils import timezone

from apps.core.services import drop_old_drafts, job_run


@shared_task(name="core.heartbeat")
def heartbeat() -> None:
    with job_run("core.heartbeat"):
        pass


@shared_task(name="core.housekeeping")
def housekeeping() -> None:
    with job_run("core.housekeeping") as outcome:
        outcome["drafts"] = drop_old_drafts(now=timezone.now())
