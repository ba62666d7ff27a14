"""The daily round of parties: memberships that ran out, records that join, pairs for the clerks."""

from celery import shared_task
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.services import job_run
from apps.parties.services.calls import drop_old_calls
from apps.parties.services.memberships import sweep_memberships
from apps.parties.services.merges import find_merge_candidates, merge_equal_codes


@shared_task(name="parties.daily_round")
def daily_round() -> None:
    """Idempotent; a missed day is caught up by the next."""
    actor = Actor.system("parties.daily_round")
    with job_run("parties.daily_round") as outcome:
        now = timezone.now()
        outcome["memberships_ended"] = sweep_memberships(actor=actor, now=now)
        outcome["records_joined"] = merge_equal_codes(actor=actor, now=now)
        outcome["pairs_found"] = find_merge_candidates(actor=actor, now=now)
        outcome["answers_dropped"] = drop_old_calls(now=now)
