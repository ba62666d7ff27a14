"""What a worker does when it is nudged, and the sweeps that find what a lost nudge left behind."""

from celery import shared_task

from apps.clock.source import database_now
from apps.core.actors import Actor
from apps.core.services import job_run
from apps.documents import services


@shared_task(name="documents.render")
def render() -> None:
    """Typeset what is due."""
    services.render_due()


@shared_task(name="documents.sweep")
def sweep() -> None:
    """Every minute: documents that nobody typeset, and files that nobody scanned."""
    with job_run("documents.sweep") as outcome:
        outcome["rendered"] = services.render_due(seconds=50)
        outcome["scanned"] = services.scan_due(actor=Actor.system("documents.scan"), now=database_now())


@shared_task(name="documents.tidy")
def tidy() -> None:
    """Every hour: abandoned uploads, and the content of what was removed."""
    with job_run("documents.tidy") as outcome:
        now = database_now()
        outcome["uploads"] = services.sweep_uploads(now=now)
        outcome["purged"] = services.purge_removed(actor=Actor.system("documents.tidy"), now=now)
