"""Handing in, replacing and taking back documents.

Lock order: the organisation (held against a merge), its shelf, the shelf of the subject, then the document that is
replaced. Files are written inside the transaction and removed again if it fails: no document stays without its row.
"""

import datetime as dt
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.core.uploads import CASE_FILE, MEGABYTE, Accepted, Upload, check_document
from apps.documents.constants import (
    ORGANISATION,
    ORGANISATION_BYTES,
    ORGANISATION_FILES,
    PURGE_AFTER,
    SUBJECT_BYTES,
    SUBJECT_FILES,
    ScanState,
)
from apps.documents.models import Document
from apps.documents.scanners import configured
from apps.documents.selectors import Used, used_by_organisation, used_by_subject
from apps.documents.services.resuming import discard, received_file
from apps.documents.services.shelves import lock_shelves
from apps.parties.services.holding import hold_organisation

PLACE = "upload"


def store(
    *,
    actor: Actor,
    now: dt.datetime,
    organisation_id: int | None,
    subject_kind: str,
    subject_id: int,
    kind: str,
    upload: Upload | None = None,
    resumable_id: object = None,
    replaces: int | None = None,
) -> Document:
    """Keep a document for a subject. The caller has asked whether the actor may.

    The file comes with the form (`upload`) or was sent before, piece by piece (`resumable_id`: the person's own).
    `replaces` is the document whose next version this is. Raises ProblemsFound at the place "upload".
    """
    with transaction.atomic():
        sent, resumable = (upload, None) if upload is not None else received_file(actor, resumable_id)
        accepted = check_document(sent, PLACE, CASE_FILE)
        if isinstance(accepted, Problem):
            raise ProblemsFound(accepted)
        _make_room(accepted, organisation_id, subject_kind, subject_id)
        before = _lock_replaced(replaces, subject_kind, subject_id)
        document = _write(
            accepted,
            organisation_id=organisation_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            kind=kind,
            uploaded_by=actor.user,
            uploaded_at=now,
            **_version(before),
        )
        if resumable is not None:
            discard(resumable)
        _audit(actor, now, "store", document)
        return document


def reuse(
    *,
    actor: Actor,
    now: dt.datetime,
    document_id: int,
    organisation_id: int,
    subject_kind: str,
    subject_id: int,
    kind: str,
    taken_from: tuple[str, int] | None = None,
) -> Document:
    """Take a document of the organisation's own store into a case: nobody hands in the same paper twice.

    `taken_from`: an earlier case of the same organisation (subject kind and id) to take it from instead.

    The case gets a copy of its own, so that what was submitted stays when the store is tidied; hash and the scanner's
    verdict come along. The caller has asked whether the actor may see the one and add to the other.
    """
    with transaction.atomic():
        source = Document.objects.get(pk=document_id)
        of_store = source.subject_kind == ORGANISATION or (source.subject_kind, source.subject_id) == taken_from
        own = source.organisation_id == organisation_id and of_store
        if not own or source.removed_at or source.purged_at or source.scan_state == ScanState.REJECTED:
            raise Refused("document.absent", _("材料库中没有这份材料"))
        with source.file.open("rb") as stored:
            accepted = Accepted(stored.read(), source.content_type, source.original_name)
        _make_room(accepted, organisation_id, subject_kind, subject_id)
        document = _write(
            accepted,
            organisation_id=organisation_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            kind=kind,
            uploaded_by=actor.user,
            uploaded_at=now,
            scan_state=source.scan_state,
            scan_note=source.scan_note,
            scanned_at=source.scanned_at,
        )
        _audit(actor, now, "reuse", document)
        return document


def _version(before: Document | None) -> dict[str, Any]:
    return {} if before is None else {"chain": before.chain, "number": before.number + 1, "replaces": before}


def _write(accepted: Accepted, **fields: Any) -> Document:
    state = ScanState.UNSCANNED if configured() is None else ScanState.QUARANTINED
    document = Document(
        **{"scan_state": state, **fields},
        original_name=accepted.original_name,
        content_type=accepted.content_type,
        size=len(accepted.content),
        sha256=accepted.sha256,
    )
    document.file.save(accepted.stored_name(), accepted.as_file(), save=False)
    try:
        document.save()
    except BaseException:
        document.file.delete(save=False)
        raise
    return document


def _make_room(accepted: Accepted, organisation_id: int | None, subject_kind: str, subject_id: int) -> None:
    """Hold the shelves' locks and ask whether one more file fits: two uploads cannot both take the last room."""
    keys = [f"subject:{subject_kind}:{subject_id}"]
    if organisation_id is not None:
        hold_organisation(organisation_id)
        keys.insert(0, f"organisation:{organisation_id}")
    lock_shelves(keys)
    size = len(accepted.content)
    problems = _full(used_by_subject(subject_kind, subject_id), size, SUBJECT_FILES, SUBJECT_BYTES, _("本事项"))
    if organisation_id is not None:
        used = used_by_organisation(organisation_id)
        problems += _full(used, size, ORGANISATION_FILES, ORGANISATION_BYTES, _("本组织"))
    if problems:
        raise ProblemsFound(*problems)


def _full(used: Used, size: int, most_files: int, most_bytes: int, whose: str) -> list[Problem]:
    if used.files >= most_files:
        rule = _("%(whose)s的材料不超过%(n)d份") % {"whose": whose, "n": most_files}
    elif used.size + size > most_bytes:
        rule = _("%(whose)s的材料合计不超过%(n)d MB") % {"whose": whose, "n": most_bytes // MEGABYTE}
    else:
        return []
    remedy = _("请合并或压缩文件，或移除不再需要的材料后重新上传")
    return [Problem("document.quota", PLACE, str(used.files), rule, remedy)]


def _lock_replaced(document_id: int | None, subject_kind: str, subject_id: int) -> Document | None:
    if document_id is None:
        return None
    rows = Document.objects.select_for_update(of=("self",))
    found = rows.filter(pk=document_id, subject_kind=subject_kind, subject_id=subject_id).first()
    if found is None:
        raise Refused("document.absent", _("要替换的材料不存在"))
    if found.removed_at is not None or Document.objects.filter(replaces=found).exists():
        raise StaleVersion
    return found


def remove(*, actor: Actor, now: dt.datetime, document_id: int) -> Document:
    """Take a document back with all its versions. The caller has asked `policies.may_remove`; retention is asked again.

    Rows and hashes stay, the content goes after thirty days.
    """
    with transaction.atomic():
        document = Document.objects.get(pk=document_id)
        chain = list(Document.objects.select_for_update().filter(chain=document.chain).order_by("pk"))
        if any(row.removed_at for row in chain):
            raise StaleVersion
        if any(row.keep_until and row.keep_until >= today(now) for row in chain):
            raise Refused("document.kept", _("材料已随事项提交，在保存期内不能移除"))
        for row in chain:
            row.removed_at, row.removed_by = now, actor.user
        Document.objects.bulk_update(chain, ["removed_at", "removed_by"])
        _audit(actor, now, "remove", document)
        return document


def retain(*, actor: Actor, now: dt.datetime, subject_kind: str, subject_id: int, until: dt.date) -> int:
    """Nothing of the subject may be removed before `until`: called when it is submitted. Returns how many rows."""
    with transaction.atomic():
        rows = Document.objects.filter(subject_kind=subject_kind, subject_id=subject_id, removed_at=None)
        kept = rows.exclude(keep_until__gte=until).update(keep_until=until)
        record(
            actor=actor,
            now=now,
            action="documents.document.retain",
            subject_kind=subject_kind,
            subject_id=subject_id,
            after={"until": until.isoformat(), "documents": kept},
        )
        return kept


def purge_removed(*, actor: Actor, now: dt.datetime, limit: int = 500) -> int:
    """Delete the content of documents that were removed, or rejected by the scanner, thirty days ago."""
    removed, rejected = Q(removed_at__lt=now - PURGE_AFTER), Q(scan_state=ScanState.REJECTED)
    gone = removed | rejected & Q(scanned_at__lt=now - PURGE_AFTER)
    due = Document.objects.filter(gone, purged_at=None).order_by("pk")
    purged = 0
    for document_id in due.values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            document = Document.objects.select_for_update().get(pk=document_id)
            if document.purged_at is None:
                document.purged_at = now
                document.save(update_fields=["purged_at"])
                _audit(actor, now, "purge", document)
                transaction.on_commit(partial(document.file.delete, save=False))
                purged += 1
    return purged


def _audit(actor: Actor, now: dt.datetime, verb: str, document: Document) -> None:
    record(
        actor=actor,
        now=now,
        action=f"documents.document.{verb}",
        subject_kind=document.subject_kind,
        subject_id=document.subject_id,
        after={
            "document": document.pk,
            "kind": document.kind,
            "number": document.number,
            "size": document.size,
            "sha256": document.sha256,
            "scan": str(document.scan_state),
        },
    )
