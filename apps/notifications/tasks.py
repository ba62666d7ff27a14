"""What a worker does when it is nudged. A lost nudge costs seconds: the pacemaker looks for itself."""

from celery import shared_task
from django.utils import timezone

from apps.core.problems import Refused
from apps.core.services import job_run
from apps.notifications import alarms, jobs
from apps.notifications.services import deliver, waiting_count


@shared_task(name="notifications.deliver")
def deliver_due():
    """Deliver what is due; nudge the next worker if some is left."""
    handled = deliver()
    if handled and waiting_count():
        deliver_due.delay()


@shared_task(name="notifications.plan")
def plan():
    """Plan the day; while the clocks disagree, wait."""
    try:
        jobs.plan()
    except Refused:
        return
    deliver_due.delay()


@shared_task(name="notifications.close_settled")
def close_settled():
    """Close reminders whose matter is settled, so that nobody reads an open one in the portal."""
    jobs.close()


@shared_task(name="notifications.reconcile")
def reconcile():
    """The nightly recount."""
    jobs.recount()


@shared_task(name="notifications.tell_alarms")
def tell_alarms():
    """Tell whoever can mend it of what waits for them."""
    with job_run("notifications.alarms") as outcome:
        outcome["told"] = alarms.tell(timezone.now())
