"""`File.due_on` is a copy of what the clock says, kept because worklists sort by it. Steps renew it; this heals it.

A recount of deadlines (an edited calendar day, a new limit) changes last days without a step. It holds the clock's
lock, and a step holds its file's and then asks for the clock's: a recount that waited for files could wait for ever.
So the copy follows within minutes, and files that somebody is just working on are passed over: their step renews them.
"""

from django.db import transaction
from django.db.models import F, Q

from apps.clock import selectors as clock
from apps.workflow.constants import SUBJECT
from apps.workflow.models import OPEN_FILES, File

BATCH = 5_000


def reconcile_due() -> int:
    """Give every open file the earliest last day that it owes. Returns how many were different."""
    owed = clock.earliest_due_of(SUBJECT, "pk")
    differs = ~Q(due_on=F("owed")) | Q(due_on=None, owed__isnull=False) | Q(due_on__isnull=False, owed=None)
    with transaction.atomic():
        stale = File.objects.filter(OPEN_FILES).annotate(owed=owed).filter(differs).order_by("pk")
        found = list(stale.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        for file in found:
            file.due_on = file.owed
        File.objects.bulk_update(found, ["due_on"], batch_size=1_000)
    return len(found)
