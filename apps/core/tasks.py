"""The pulse: beat reached the broker, and a worker reached the database."""

import datetime as dt

from celery import shared_task

from apps.core.services import job_run


@shared_task(name="core.heartbeat")
def heartbeat() -> None:
    with job_run("core.heartbeat", every=dt.timedelta(minutes=1)):
        pass
