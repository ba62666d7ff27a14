"""Periodic work of the worklist."""

from celery import shared_task

from apps.core.services import job_run
from apps.workflow.services.reconciling import reconcile_due


@shared_task(name="workflow.reconcile_due")
def reconcile() -> None:
    """Every ten minutes: the last days on the worklist are those of the clock."""
    with job_run("workflow.reconcile_due") as outcome:
        outcome["changed"] = reconcile_due()
