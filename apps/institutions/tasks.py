"""Periodic work of institutions. The promise is in the rows: a lost or late run is made good by the next."""

from celery import shared_task
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.services import job_run
from apps.institutions.services.licence_life import expire_due


@shared_task(name="institutions.licence_expiry")
def sweep_licences() -> None:
    """Hourly, so that licences expire soon after midnight in Shanghai whatever clock the server keeps."""
    with job_run("institutions.licence_expiry") as outcome:
        outcome["expired"] = expire_due(now=timezone.now(), actor=Actor.system("licence_expiry"))
