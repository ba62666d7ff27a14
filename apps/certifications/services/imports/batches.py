"""What a person does with an import: hand in a file, confirm the preview, cancel, ask for an undo.

Nothing here reads the file or writes certificates: that is the worker's part (running.py), woken after commit.
"""

import datetime as dt
import hashlib
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import record
from apps.certifications.constants import ConflictState, ImportState
from apps.certifications.models import ImportBatch, ImportConflict, Source
from apps.core.actors import Actor
from apps.core.calendar import SHANGHAI
from apps.core.filenames import shown_name
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.core.tables.files import COMMAND_LIMIT, MEGABYTE, TEXT_LIMIT, inspect

DAILY_FILES, DAILY_BYTES = 100, 2_000 * MEGABYTE
MAY_CANCEL = (ImportState.UPLOADED, ImportState.STAGING, ImportState.PREVIEW, ImportState.COMMITTING)
MAY_UNDO = (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED)
SUBJECT = "import"


def upload(*, actor: Actor, now: dt.datetime, file: "UploadedFile[bytes]", source_code: str) -> ImportBatch:
    """Keep an uploaded file and queue it for reading. Raises every problem of the file at once; nothing is kept then.

    Writes the batch and one audit row. Called by the upload page.
    """
    require(actor, Permission.IMPORT_MANAGE)
    _check_quota(actor, now, file.size or 0)
    name = shown_name(file.name or "")
    with transaction.atomic():
        batch = ImportBatch(original_name=name, source_code=_source(source_code), created_by=actor.user)
        batch.created_at = batch.updated_at = now
        batch.size, batch.file_kind = file.size or 0, Path(name).suffix.lower().removeprefix(".")[:8]
        batch.file.save(f"{now:%d%H%M%S%f}.data", file, save=False)
        path = Path(batch.file.path)
        try:
            return _register(actor, now, batch, path, TEXT_LIMIT)
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def register_file(*, actor: Actor, now: dt.datetime, path: Path, source_code: str) -> ImportBatch:
    """Queue a file of this machine (manage.py import_certificates): copied first, so that a resume finds it."""
    require(actor, Permission.IMPORT_MANAGE)
    inspect(path, path.name, text_limit=COMMAND_LIMIT)
    with transaction.atomic(), path.open("rb") as stream:
        batch = ImportBatch(original_name=shown_name(path.name), source_code=_source(source_code))
        batch.created_by, batch.created_at, batch.updated_at = actor.user, now, now
        batch.file.save(f"{now:%d%H%M%S%f}.data", UploadedFile(stream, path.name, size=path.stat().st_size), save=False)
        return _register(actor, now, batch, Path(batch.file.path), COMMAND_LIMIT)


def _register(actor: Actor, now: dt.datetime, batch: ImportBatch, path: Path, limit: int) -> ImportBatch:
    inspected = inspect(path, batch.original_name, text_limit=limit)
    batch.file_kind, batch.encoding, batch.size = inspected.kind, inspected.encoding, inspected.size
    batch.sha256 = _digest(path)
    batch.save()
    after = {"file": batch.original_name, "sha256": batch.sha256, "source": batch.source_code, "size": batch.size}
    _audit(actor, now, "upload", batch, after=after)
    return batch


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _source(code: str) -> str:
    if not Source.objects.filter(code=code).exists():
        raise ProblemsFound(
            Problem("source.unknown", "source", code, _("没有这个数据来源"), _("请在列表中选择一个来源"))
        )
    return code


def _check_quota(actor: Actor, now: dt.datetime, size: int) -> None:
    """A day's files and bytes for each person (docs/security-attempts.md, 61)."""
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    sizes = list(
        ImportBatch.objects.filter(created_by=actor.user, created_at__gte=midnight).values_list("size", flat=True)
    )
    if len(sizes) >= DAILY_FILES or sum(sizes) + size > DAILY_BYTES:
        rule = _("每人每天最多上传 %(n)d 个文件、共 %(mb)d MB") % {"n": DAILY_FILES, "mb": DAILY_BYTES // MEGABYTE}
        remedy = _("请明天再传，或请管理员用命令导入")
        raise ProblemsFound(Problem("quota", "file", str(len(sizes)), rule, remedy, barred=True))


def confirm(*, actor: Actor, now: dt.datetime, batch_id: int, version: int) -> ImportBatch:
    """Somebody saw the preview and wants it written. The worker does the rest."""
    with transaction.atomic():
        batch = _locked(actor, batch_id, version)
        if batch.state != ImportState.PREVIEW:
            raise Refused("state", _("只有待确认的导入可以写入。"))
        batch.confirmed_by = actor.user
        return _move(actor, now, batch, ImportState.COMMITTING, "confirm")


def cancel(*, actor: Actor, now: dt.datetime, batch_id: int, version: int | None = None) -> ImportBatch:
    """Stop the import after the block or chunk in hand. What is written already stays until it is undone."""
    with transaction.atomic():
        batch = _locked(actor, batch_id, version)
        if batch.state not in MAY_CANCEL:
            raise Refused("state", _("这次导入已经结束，不能取消；已写入的可以撤销。"))
        batch.finished_at = now
        return _move(actor, now, batch, ImportState.CANCELLED, "cancel")


def request_undo(*, actor: Actor, now: dt.datetime, batch_id: int, version: int, reason: str) -> ImportBatch:
    """Take back what the batch wrote. The worker checks first that nobody built upon it."""
    if not reason.strip():
        raise ProblemsFound(Problem("reason", "reason", "", _("请填写撤销理由"), _("说明为什么要撤销这次导入")))
    with transaction.atomic():
        batch = _locked(actor, batch_id, version)
        if batch.state not in MAY_UNDO or not batch.rows_committed:
            raise Refused("state", _("这次导入没有写入任何数据，或正在进行。"))
        batch.confirmed_by = actor.user
        return _move(actor, now, batch, ImportState.UNDOING, "undo_request", reason)


def _locked(actor: Actor, batch_id: int, version: int | None) -> ImportBatch:
    require(actor, Permission.IMPORT_MANAGE)
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if version is not None and batch.version != version:
        raise StaleVersion
    return batch


def _move(
    actor: Actor, now: dt.datetime, batch: ImportBatch, state: ImportState, verb: str, reason: str = ""
) -> ImportBatch:
    before = batch.state
    batch.state, batch.updated_at, batch.lease_until, batch.failure = state, now, None, ""
    batch.version += 1
    batch.save(
        update_fields=["state", "updated_at", "lease_until", "failure", "version", "finished_at", "confirmed_by"]
    )
    _audit(
        actor,
        now,
        verb,
        batch,
        before={"state": before},
        after={"state": str(state), "counts": batch.counts},
        reason=reason,
    )
    return batch


def _audit(
    actor: Actor,
    now: dt.datetime,
    verb: str,
    batch: ImportBatch,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    record(
        actor=actor,
        now=now,
        action=f"certifications.import.{verb}",
        subject_kind=SUBJECT,
        subject_id=batch.pk,
        before=before,
        after=after,
        reason=reason,
    )


def open_conflicts(batch_id: int) -> int:
    """How many contradictions of the batch wait for a person."""
    return ImportConflict.objects.filter(batch_id=batch_id, state=ConflictState.OPEN).count()
