"""`File.due_on` is a copy of what the clock says, kept because worklists sort by it: renewed as the clock tells of it.

A recount of deadlines (an edited calendar day, a new limit) changes last days without a step. It holds the clock's
lock, and a step holds its file's and then asks for the clock's: a recount that waited for files could wait for ever.
So files that somebody is just working on are passed over. A step renews its own file, counting with the new calendar;
for the others a comparison is woken as soon as the recount commits, and runs every ten minutes besides.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F, Q, QuerySet
from kombu.exceptions import OperationalError as BrokerError

from apps.clock import selectors as clock
from apps.clock.constants import CHANGED
from apps.workflow.constants import SUBJECT
from apps.workflow.models import OPEN_FILES, File

__all__ = ["CHANGED", "deadlines_changed", "reconcile_due"]

BATCH = 5_000
TASK = "workflow.reconcile_due"
log = structlog.get_logger(__name__)


def reconcile_due() -> int:
    """Give every open file the earliest last day that it owes. Returns how many were different."""
    with transaction.atomic():
        return _renew(File.objects.all())


def deadlines_changed(payload: Mapping[str, Any]) -> None:
    """The clock's word: renew the copies of these files, in its transaction."""
    if payload["subject_kind"] != SUBJECT:
        return
    files = File.objects.filter(pk__in=payload["subject_ids"])
    renewed = _renew(files)
    if renewed < len(payload["subject_ids"]) and _stale(files).exists():
        transaction.on_commit(_wake)


def _stale(files: QuerySet[File]) -> QuerySet[File]:
    owed = clock.earliest_due_of(SUBJECT, "pk")
    differs = ~Q(due_on=F("owed")) | Q(due_on=None, owed__isnull=False) | Q(due_on__isnull=False, owed=None)
    return files.filter(OPEN_FILES).annotate(owed=owed).filter(differs).order_by("pk")


def _renew(files: QuerySet[File]) -> int:
    found = list(_stale(files).select_for_update(skip_locked=True, of=("self",))[:BATCH])
    for file in found:
        file.due_on = file.owed  # type: ignore[attr-defined]  # annotated
    File.objects.bulk_update(found, ["due_on"], batch_size=1_000)
    return len(found)


def _wake() -> None:
    """If the broker is away, the comparison comes by itself."""
    try:
        current_app.send_task(TASK, retry=False, expires=600)
    except (BrokerError, OSError) as error:
        log.warning("wake_up_lost", task=TASK, error=str(error))
