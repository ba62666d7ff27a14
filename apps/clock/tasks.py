"""Periodic work of the clock. The promise is in the rows: a lost or late run is made good by the next."""

from celery import shared_task
from django.utils import timezone

from apps.clock import selectors, services
from apps.clock.constants import FIRST_YEAR
from apps.clock.source import database_now
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.services import job_run

NAMED = 20  # so many faulty deadlines are named in the failure


class LapsesFailed(Exception):
    """Some consequence could not be carried out. The deadlines stay, and the next run tries them again."""


class Disagreement(Exception):
    """A stored last day is not what the rows say. The job fails, and that alarms."""


@shared_task(name="clock.lapses")
def sweep_lapses() -> None:
    """Let lapse what is over, in Shanghai's day."""
    run_sweep()


def run_sweep() -> None:
    """One sweep with its record for the operations page."""
    with job_run("clock.lapses") as outcome:
        done = services.sweep(actor=Actor.system("clock.lapses"), now=database_now())
        outcome |= {"lapsed": done.lapsed, "failed": done.failed}
        if done.failed:
            raise LapsesFailed(f"{done.failed} of {done.lapsed + done.failed}")


@shared_task(name="clock.reconcile")
def reconcile() -> None:
    """Nightly: extend the calendar to the end of next year, then count every running deadline afresh and compare."""
    with job_run("clock.reconcile") as outcome:
        now = timezone.now()
        years = range(FIRST_YEAR, today(now).year + 2)
        outcome |= services.load_calendar(actor=Actor.system("clock.reconcile"), years=years, now=now)
        wrong = [str(deadline.pk) for deadline in selectors.disagreeing()]
        outcome["disagreeing"] = len(wrong)
        if wrong:
            raise Disagreement(f"{len(wrong)} deadlines: {', '.join(wrong[:NAMED])}")
