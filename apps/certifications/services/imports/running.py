"""The worker's part of an import: read, compare, write, take back - by claim and lease, so that a kill loses nothing.

A worker claims the batch and renews its lease with every block or chunk, in that block's transaction. If it dies, the
lease runs out and the next worker resumes: reading starts again from the stored file, writing goes on with the chunks
that are missing. A worker that was frozen and thawed finds its claim taken and stops without a write.
"""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import structlog
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.certifications.constants import ImportState, RowClass
from apps.certifications.models import ImportBatch, ImportChunk, ImportRow, Source
from apps.certifications.services.imports.cleaning import LAST_BUCKET
from apps.certifications.services.imports.comparing import compare, count_rows, find_duplicates
from apps.certifications.services.imports.session import import_session
from apps.certifications.services.imports.staging import clear_staged, stage
from apps.certifications.services.imports.undoing import Entangled, take_back_batch
from apps.certifications.services.imports.writing import Chunk, write_chunk
from apps.core.actors import Actor
from apps.core.calendar import SHANGHAI
from apps.core.tables.reading import Unreadable

LEASE = dt.timedelta(minutes=2)
CHUNK_ROWS = 40_000  # a few seconds of work; smaller ones read the same pages of staged rows more often
WORKERS = 2
MOST_CLAIMS = 12  # a batch that brought down so many workers is put aside for a person
AWAKE = (ImportState.UPLOADED, ImportState.STAGING, ImportState.COMMITTING, ImportState.UNDOING)
_WRITING = (ImportState.COMMITTING, ImportState.UNDOING)
_ONE_WRITER = 5_208_106  # advisory lock: claims are made one after the other
Clock = Callable[[], dt.datetime]
log = structlog.get_logger(__name__)


class Stopped(Exception):
    """The claim is no longer ours: cancelled by a person, or taken over by another worker."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed batch and the clock it is worked by."""

    batch: ImportBatch
    claim: int
    clock: Clock
    actor: Actor


def waiting_batches(now: dt.datetime) -> list[int]:
    """Batches that a worker should have and none has. The sweep and the workers ask."""
    free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE)
    return list(ImportBatch.objects.filter(free, state__in=AWAKE).order_by("pk").values_list("pk", flat=True))


def work(batch_id: int, *, clock: Clock) -> bool:
    """Do what the batch's state asks for. False if another worker has it, or another import writes just now."""
    job = _claim(batch_id, clock)
    if job is None:
        return False
    steps = {ImportState.COMMITTING: _commit, ImportState.UNDOING: _undo}
    try:
        with import_session():
            steps.get(ImportState(job.batch.state), _read)(job)
    except Stopped:
        _clean_up_if_cancelled(batch_id)
    except (Unreadable, Entangled) as failure:
        _fail(job, str(failure))
    except Exception as error:
        log.exception("import_interrupted", batch=batch_id, claim=job.claim)
        if job.claim < MOST_CLAIMS:
            raise
        _fail(
            job,
            _("连续 %(n)d 次处理失败（%(kind)s），请联系系统管理员。") % {"n": job.claim, "kind": type(error).__name__},
        )
    return True


def _claim(batch_id: int, clock: Clock) -> Job | None:
    now = clock()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_WRITER])
        free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE)
        batch = ImportBatch.objects.select_for_update().filter(free, pk=batch_id, state__in=AWAKE).first()
        if batch is None or (batch.state in _WRITING and _another_writes(batch_id, now)):
            return None
        if batch.state == ImportState.UPLOADED:
            batch.state = ImportState.STAGING
        batch.claim, batch.lease_until, batch.updated_at = batch.claim + 1, now + LEASE, now
        batch.save(update_fields=["state", "claim", "lease_until", "updated_at"])
    user = batch.confirmed_by or batch.created_by
    return Job(batch, batch.claim, clock, Actor(label=f"import:{batch.pk}", user=user))


def _another_writes(batch_id: int, now: dt.datetime) -> bool:
    """One import writes at a time: what it compared is then what it writes upon."""
    leased = ImportBatch.objects.filter(state__in=_WRITING, lease_until__gte=now, lease_until__lte=now + 2 * LEASE)
    return leased.exclude(pk=batch_id).exists()


def _renew(job: Job, **fields: object) -> None:
    """Prolong the lease and note progress, in the transaction of the work itself. Stops if the claim is lost."""
    now = job.clock()
    mine = ImportBatch.objects.filter(pk=job.batch.pk, claim=job.claim, state=job.batch.state)
    if not mine.update(lease_until=now + LEASE, updated_at=now, **fields):
        raise Stopped


def _settle(job: Job, state: ImportState, verb: str, **fields: object) -> None:
    """The step is done: next state, no lease, one audit row. Durable before anybody is told, and with it all before."""
    now = job.clock()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
    mine = ImportBatch.objects.filter(pk=job.batch.pk, claim=job.claim, state=job.batch.state)
    values = {"state": state, "lease_until": None, "updated_at": now, "version": F("version") + 1, **fields}
    if not mine.update(**values):
        raise Stopped
    after = {key: value for key, value in fields.items() if key in ("counts", "failure", "rows_total")}
    record(
        actor=job.actor,
        now=now,
        action=f"certifications.import.{verb}",
        subject_kind="import",
        subject_id=job.batch.pk,
        after={"state": str(state), **after},
    )


def _fail(job: Job, reason: str) -> None:
    log.warning("import_failed", batch=job.batch.pk, reason=reason)
    state = ImportState.DONE if job.batch.state == ImportState.UNDOING else ImportState.FAILED
    with transaction.atomic():
        _settle(job, state, "fail", failure=reason, finished_at=job.clock())
    if state == ImportState.FAILED:
        clear_staged(job.batch.pk)


def _clean_up_if_cancelled(batch_id: int) -> None:
    if ImportBatch.objects.filter(pk=batch_id, state=ImportState.CANCELLED).exists():
        ImportRow.objects.filter(batch_id=batch_id).delete()


# Reading


def _read(job: Job) -> None:
    total = _stage_and_compare(job)
    counts = count_rows(job.batch.pk, 0, LAST_BUCKET)
    with transaction.atomic():
        assert sum(counts.values()) == total, f"{counts} are not {total} rows"
        _settle(job, ImportState.PREVIEW, "read", counts=counts, rows_total=total, rows_read=total)


def _stage_and_compare(job: Job) -> int:
    batch = job.batch
    total = stage(batch, lambda rows, position: _renew(job, rows_read=rows, bytes_read=position))
    with transaction.atomic():
        find_duplicates(batch.pk)
        compare(batch.pk, batch.source_code, job.clock().astimezone(SHANGHAI).date(), 0, LAST_BUCKET)
        _renew(job)
    return total


# Writing


def _commit(job: Job) -> None:
    batch = job.batch
    if ImportRow.objects.filter(batch_id=batch.pk).count() != batch.rows_total:
        _stage_and_compare(job)  # the server crashed since, and took the unlogged staging with it
    ranges: SimpleQueue[tuple[int, int]] = SimpleQueue()
    for bounds in _missing_ranges(batch):
        ranges.put(bounds)
    if connection.in_atomic_block or ranges.qsize() < WORKERS:
        _write_all(job, ranges)
    else:
        with ThreadPoolExecutor(WORKERS) as pool:
            for done in [pool.submit(_write_in_own_session, job, ranges) for _ in range(WORKERS)]:
                done.result()
    _finish(job)


def _missing_ranges(batch: ImportBatch) -> list[tuple[int, int]]:
    """The bucket ranges of about CHUNK_ROWS rows that are not written yet. The same for a batch every time."""
    width = max(1, min(LAST_BUCKET + 1, CHUNK_ROWS * (LAST_BUCKET + 1) // max(batch.rows_total or 1, 1)))
    written = set(ImportChunk.objects.filter(batch=batch).values_list("first_bucket", flat=True))
    bounds = [(first, min(first + width - 1, LAST_BUCKET)) for first in range(0, LAST_BUCKET + 1, width)]
    return [(first, last) for first, last in bounds if first not in written]


def _write_in_own_session(job: Job, ranges: "SimpleQueue[tuple[int, int]]") -> None:
    try:
        with import_session():
            _write_all(job, ranges)
    finally:
        connection.close()


def _write_all(job: Job, ranges: "SimpleQueue[tuple[int, int]]") -> None:
    while True:
        try:
            first, last = ranges.get_nowait()
        except Empty:
            return
        _write_range(job, first, last)


def _write_range(job: Job, first: int, last: int) -> None:
    batch, now = job.batch, job.clock()
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    chunk = Chunk(
        batch.pk, first, last, batch.source_code, job.actor.label, now, now.astimezone(SHANGHAI).date(), midnight
    )
    with transaction.atomic():
        counts = write_chunk(chunk)
        ImportChunk.objects.create(batch=batch, first_bucket=first, last_bucket=last, counts=counts, committed_at=now)
        record(
            actor=job.actor,
            now=now,
            action="certifications.import.write",
            subject_kind="import",
            subject_id=batch.pk,
            after={"buckets": [first, last], "counts": counts},
        )
        _renew(job, rows_committed=F("rows_committed") + sum(counts.values()))


def _finish(job: Job) -> None:
    """All chunks are written: their counts must be the rows of the file, or nothing is called done."""
    batch = job.batch
    with transaction.atomic():
        chunks = ImportChunk.objects.filter(batch=batch).values_list("counts", flat=True)
        counts = {str(c): sum(chunk.get(str(c), 0) for chunk in chunks) for c in RowClass}
        assert sum(counts.values()) == batch.rows_total, f"{counts} are not {batch.rows_total} rows"
        Source.objects.filter(code=batch.source_code).update(last_received_at=job.clock())
        ImportRow.objects.filter(batch_id=batch.pk).delete()
        _settle(job, ImportState.DONE, "finish", counts=counts, finished_at=job.clock())


# Taking back


def _undo(job: Job) -> None:
    with transaction.atomic():
        undone = take_back_batch(batch_id=job.batch.pk, now=job.clock(), by=job.actor.label)
        _settle(job, ImportState.UNDONE, "undo", counts={**job.batch.counts, "undone": undone}, rows_committed=0)
