"""What the virus scanner says of each document: new ones first, then those not looked at for a week."""

import datetime as dt

import structlog
from django.db import transaction
from django.db.models import QuerySet

from apps.audit.services import record
from apps.core.actors import Actor
from apps.documents.constants import RESCAN_AFTER, ScanState
from apps.documents.models import Document
from apps.documents.scanners import Scanner, ScannerUnavailable, configured

log = structlog.get_logger(__name__)


def due(now: dt.datetime) -> list[QuerySet[Document]]:
    """Documents that want a look. New signatures know more than old ones, so clean is asked again every week."""
    kept = Document.objects.filter(purged_at=None)
    never = kept.filter(scan_state__in=(ScanState.QUARANTINED, ScanState.UNSCANNED)).order_by("pk")
    return [never, kept.filter(scan_state=ScanState.CLEAN, scanned_at__lt=now - RESCAN_AFTER).order_by("scanned_at")]


def scan_due(*, actor: Actor, now: dt.datetime, limit: int = 200) -> int:
    """Scan what is due. Without a scanner nothing changes; a scanner that fails leaves everything where it is."""
    scanner = configured()
    if scanner is None:
        return 0
    scanned = 0
    try:
        while scanned < limit and _scan_one(scanner, actor, now):
            scanned += 1
    except ScannerUnavailable as fault:
        log.warning("scanner_unavailable", fault=str(fault))
    return scanned


def _scan_one(scanner: Scanner, actor: Actor, now: dt.datetime) -> bool:
    """The row stays locked while its content is read, so two workers never take the same one; a dead worker lets go."""
    with transaction.atomic():
        free = (rows.select_for_update(skip_locked=True, of=("self",)).first() for rows in due(now))
        document = next((row for row in free if row is not None), None)
        if document is None:
            return False
        with document.file.open("rb") as content:
            verdict = scanner.scan(content.file)
        before = document.scan_state
        document.scan_state = ScanState.CLEAN if verdict.clean else ScanState.REJECTED
        document.scan_note, document.scanned_at = verdict.signature, now
        document.save(update_fields=["scan_state", "scan_note", "scanned_at"])
        if before != document.scan_state:
            record(
                actor=actor,
                now=now,
                action="documents.document.scan",
                subject_kind=document.subject_kind,
                subject_id=document.subject_id,
                before={"scan": before},
                after={"document": document.pk, "scan": str(document.scan_state), "found": verdict.signature},
            )
        return True
