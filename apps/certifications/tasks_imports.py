"""Waking the worker for imports. The promise is the batch's row: a lost wake-up is made good by the sweep."""

import structlog
from celery import shared_task
from django.utils import timezone

from apps.certifications.services.imports.running import waiting_batches, work
from apps.core.services import job_run

log = structlog.get_logger(__name__)


@shared_task(name="certifications.work_on_import")
def work_on_import(batch_id: int) -> None:
    """Do what the batch waits for: read, write, take back."""
    work(batch_id, clock=timezone.now)


@shared_task(name="certifications.sweep_imports")
def sweep_imports() -> None:
    """Every minute: batches that nobody works on, because a wake-up or a worker was lost, or another import wrote."""
    with job_run("certifications.imports") as outcome:
        outcome["worked"] = sum(work(batch_id, clock=timezone.now) for batch_id in waiting_batches(timezone.now()))


def wake(batch_id: int) -> None:
    """Wake a worker after the commit. If the broker is away, the sweep finds the row within a minute."""
    try:
        work_on_import.apply_async((batch_id,), retry=False)
    except work_on_import.OperationalError as error:
        log.warning("wake_up_lost", batch=batch_id, error=str(error))
