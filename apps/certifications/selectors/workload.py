"""What waits for a clerk in the registry: the counts of the staff home page."""

import datetime as dt

from django.db.models import Max, QuerySet

from apps.certifications.constants import ConflictState, ImportState, MismatchState
from apps.certifications.models import ImportBatch, ImportConflict, MismatchReport, Source

AT_WORK = (ImportState.UPLOADED, ImportState.STAGING, ImportState.PREVIEW, ImportState.COMMITTING)


def open_conflicts() -> int:
    return ImportConflict.objects.filter(state=ConflictState.OPEN).count()


def imports_in_progress() -> int:
    """Imports that are not settled: being read or written, or waiting for a clerk to confirm."""
    return ImportBatch.objects.filter(state__in=AT_WORK).count()


def unanswered(seen: QuerySet[MismatchReport]) -> int:
    """How many of the reports (policies.visible_mismatches) are still to be answered."""
    return seen.filter(state=MismatchState.RECEIVED).count()


def last_received() -> dt.datetime | None:
    """When any source last told us anything: the freshness line of the public home page."""
    found: dt.datetime | None = Source.objects.aggregate(last=Max("last_received_at"))["last"]
    return found
