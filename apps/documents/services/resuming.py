"""Uploads in pieces: begun, appended to, asked for their offset, completed; abandoned ones are swept.

A piece is taken whole or not at all, and the row says how much is here. A connection that breaks, or a server that
restarts, costs the piece that was on its way; the browser asks for the offset and goes on.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.filenames import shown_name
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.core.uploads import CASE_FILE, MEGABYTE, Upload
from apps.documents.constants import ABANDONED_AFTER, MAX_CHUNK_BYTES, OPEN_UPLOADS, UploadState
from apps.documents.models import ResumableUpload, UploadChunk
from apps.documents.services.shelves import lock_shelves

PLACE = "upload"


@dataclass(slots=True)
class Received:
    """A completed upload as one file, read piece by piece."""

    name: str | None
    size: int | None
    pieces: Iterator[bytes]

    def read(self, n: int = -1) -> bytes:
        """Everything; the check reads once, and the size is known to be within its limit."""
        return b"".join(self.pieces)


def begin(*, actor: Actor, now: dt.datetime, name: str, size: int) -> ResumableUpload:
    """Begin an upload of a known size. A person has at most ten unfinished ones; the oldest gives way."""
    if not 0 < size <= CASE_FILE.max_bytes:
        rule = _("单个文件不超过%(n)d MB") % {"n": CASE_FILE.max_bytes // MEGABYTE}
        remedy = _("请压缩或拆分文件后重新上传")
        raise ProblemsFound(Problem("document.size", PLACE, str(size), rule, remedy))
    with transaction.atomic():
        lock_shelves([f"person:{actor.user_id}"])
        own = ResumableUpload.objects.filter(user=actor.user).order_by("touched_at")
        for old in list(own)[: max(0, own.count() - OPEN_UPLOADS + 1)]:
            discard(old)
        return ResumableUpload.objects.create(
            user=actor.user,
            organisation_id=actor.organisation_id,
            name=shown_name(name),
            size=size,
            started_at=now,
            touched_at=now,
        )


def append(*, actor: Actor, now: dt.datetime, upload_id: uuid.UUID, offset: int, data: bytes) -> int:
    """Add a piece where the upload stands. Returns the new offset.

    A piece for another offset changes nothing and raises Refused("upload.offset"): its sender asks where to go on.
    """
    with transaction.atomic():
        upload = _lock(actor, upload_id)
        if offset != upload.received or upload.state != UploadState.OPEN:
            raise Refused("upload.offset", str(upload.received))
        if not data or len(data) > MAX_CHUNK_BYTES or offset + len(data) > upload.size:
            raise Refused("upload.piece", _("片段大小不符"))
        chunk = UploadChunk(upload=upload, offset=offset, size=len(data))
        chunk.file.save(f"{upload.pk}/{offset}-{uuid.uuid4().hex[:8]}", ContentFile(data), save=False)
        try:
            chunk.save()
            upload.received += len(data)
            upload.touched_at = now
            upload.save(update_fields=["received", "touched_at"])
        except BaseException:
            chunk.file.delete(save=False)
            raise
        return upload.received


def complete(*, actor: Actor, now: dt.datetime, upload_id: uuid.UUID) -> ResumableUpload:
    """Say that all is here. Twice does no harm."""
    with transaction.atomic():
        upload = _lock(actor, upload_id)
        if upload.received != upload.size:
            raise Refused("upload.offset", str(upload.received))
        upload.state, upload.touched_at = UploadState.COMPLETE, now
        upload.save(update_fields=["state", "touched_at"])
        return upload


def cancel(*, actor: Actor, now: dt.datetime, upload_id: uuid.UUID) -> None:
    """The person gives up."""
    with transaction.atomic():
        discard(_lock(actor, upload_id))


def sweep_uploads(*, now: dt.datetime, limit: int = 500) -> int:
    """Discard uploads that nobody touched for a day. Returns how many."""
    swept = 0
    old = ResumableUpload.objects.filter(touched_at__lt=now - ABANDONED_AFTER).values_list("pk", flat=True)
    for upload_id in list(old[:limit]):
        with transaction.atomic():
            rows = ResumableUpload.objects.select_for_update(skip_locked=True)
            upload = rows.filter(pk=upload_id, touched_at__lt=now - ABANDONED_AFTER).first()
            if upload is not None:
                discard(upload)
                swept += 1
    return swept


def received_file(actor: Actor, upload_id: object) -> tuple[Upload, ResumableUpload]:
    """The person's own completed upload as a file, its row locked. Raises ProblemsFound if there is none."""
    uid = _uuid(upload_id)
    rows = ResumableUpload.objects.select_for_update()
    upload = rows.filter(user=actor.user, pk=uid).first() if uid and actor.user else None
    if upload is None or upload.received != upload.size:
        rule = _("没有收到文件，或文件没有传完")
        raise ProblemsFound(Problem("document.missing", PLACE, "", rule, _("请选择文件后重新上传")))
    return Received(upload.name, upload.size, _pieces(upload)), upload


def discard(upload: ResumableUpload) -> None:
    """Forget an upload, and its files once that is committed."""
    files = [chunk.file for chunk in upload.chunks.all()]
    upload.delete()
    for file in files:
        transaction.on_commit(partial(file.delete, save=False))


def _pieces(upload: ResumableUpload) -> Iterator[bytes]:
    for chunk in upload.chunks.order_by("offset"):
        with chunk.file.open("rb") as handle:
            yield handle.read()


def _lock(actor: Actor, upload_id: uuid.UUID) -> ResumableUpload:
    rows = ResumableUpload.objects.select_for_update()
    found = rows.filter(pk=upload_id, user=actor.user).first()
    if found is None:
        raise Refused("upload.absent", _("上传已取消或已过期"))
    return found


def _uuid(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None
