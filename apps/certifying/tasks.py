"""Periodic work of certifying. The promise is in the rows: a lost or late run is made good by the next."""

from celery import shared_task
from django.utils import timezone

from apps.certifying.services.life_round import daily_round
from apps.core.services import job_run
from apps.institutions.services.applications import bureau


@shared_task(name="certifying.life_round")
def life_round() -> None:
    """What rules make bodies do, begun on the day after the day that was missed."""
    with job_run("certifying.life_round") as outcome:
        outcome.update(daily_round(now=timezone.now(), unit=bureau()))
