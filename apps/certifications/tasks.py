"""Periodic work of the registry. The promise is in the rows: a lost or late run is made good by the next."""

from celery import shared_task
from django.utils import timezone

from apps.certifications import tasks_imports
from apps.certifications.services.expiry import expire_due
from apps.core.actors import Actor
from apps.core.services import job_run

__all__ = ["run_expiry_sweep", "sweep_expiry", "tasks_imports"]  # Celery looks for tasks in this module


@shared_task(name="certifications.sweep_expiry")
def sweep_expiry() -> None:
    """Hourly, so that certificates expire soon after midnight in Shanghai whatever clock the server keeps."""
    run_expiry_sweep()


def run_expiry_sweep() -> int:
    """One sweep with its record for the operations page."""
    with job_run("certifications.expiry") as outcome:
        outcome["expired"] = expired = expire_due(now=timezone.now(), actor=Actor.system("expiry"))
    return expired
