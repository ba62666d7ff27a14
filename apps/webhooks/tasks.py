"""What a worker does when it is nudged, and the daily tidying."""

from celery import shared_task

from apps.clock.source import database_now
from apps.core.services import job_run
from apps.webhooks import services


@shared_task(name="webhooks.deliver")
def deliver() -> None:
    """Deliver what is due."""
    services.deliver_due()


@shared_task(name="webhooks.tidy")
def tidy() -> None:
    """Every day: forget deliveries that ended long ago."""
    with job_run("webhooks.tidy") as outcome:
        outcome["dropped"] = services.drop_old(now=database_now())
