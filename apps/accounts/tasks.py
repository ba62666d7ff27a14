"""Making files that somebody waits for. The promise is the row: a lost wake-up is made good by the sweep."""

import structlog
from celery import shared_task
from django.utils import timezone

from apps.accounts.selectors import waiting_exports
from apps.accounts.services.exports import drop_expired, make_export
from apps.core.services import job_run

log = structlog.get_logger(__name__)


@shared_task(name="accounts.make_export")
def make(export_id: int) -> None:
    make_export(export_id=export_id, clock=timezone.now)


@shared_task(name="accounts.sweep_exports")
def sweep() -> None:
    """Every minute: files that nobody makes, because a wake-up or a worker was lost, and files whose week is over."""
    with job_run("accounts.exports") as outcome:
        outcome["made"] = sum(make_export(export_id=pk, clock=timezone.now) for pk in waiting_exports())
        outcome["dropped"] = drop_expired(now=timezone.now())


def wake(export_id: int) -> None:
    """Wake a worker after the commit. If the broker is away, the sweep finds the row within a minute."""
    try:
        make.apply_async((export_id,), retry=False)
    except make.OperationalError as error:
        log.warning("wake_up_lost", export=export_id, error=str(error))
