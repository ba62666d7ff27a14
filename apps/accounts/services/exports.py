"""Taking a list out of the portal: at once if it is short, else as a file that a worker makes.

No trail, no file: what is taken stands in the trail before the first byte leaves. A request repeated while its file is
being made is the same request. The worker reads the rows in one snapshot; how far it is lies in the cache, because a
figure that is wrong for a minute harms nobody.
"""

import datetime as dt
import hashlib
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from apps.accounts.constants import (
    EXPORT_ATTEMPTS,
    EXPORT_DAYS,
    EXPORT_OPEN,
    EXPORTS_EACH,
    MOST_ROWS,
    ExportState,
    Topic,
)
from apps.accounts.exporting import Source, source_of
from apps.accounts.models import Export, User
from apps.accounts.selectors import actor_for, progress_key
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.calendar import SHANGHAI
from apps.core.events import publish_event
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.core.sheets import csv_chunks, write_xlsx

log = structlog.get_logger(__name__)
Clock = Callable[[], dt.datetime]
STEP = 1_000  # rows between two words of progress
SILENT = 120  # seconds without such a word after which the worker counts as dead
READING = "30min"  # how long the rows of one file may take to read


def record_export(
    *, actor: Actor, now: dt.datetime, source: Source, query: QueryDict, rows: int, file_format: str
) -> None:
    """A list leaves at once."""
    _require(actor, source)
    with transaction.atomic():
        _record(actor, now, source, query, file_format, {"rows": rows})


def request_export(
    *, actor: Actor, now: dt.datetime, source: Source, query: QueryDict, rows: int, file_format: str
) -> Export:
    """Ask for the file of a long list. The same question while its file is being made is the same request."""
    _require(actor, source)
    assert actor.user_id is not None, "a file is made for a person"
    if rows > MOST_ROWS[file_format]:
        rule = _("超过 %(most)s 行，不能导出为 %(format)s") % {
            "most": MOST_ROWS[file_format],
            "format": file_format.upper(),
        }
        raise ProblemsFound(Problem("export.long", "", str(rows), rule, _("请缩小筛选范围")))
    asked = {"source": source.name, "file_format": file_format, "query": query.urlencode()}
    key = hashlib.sha256("\n".join(asked.values()).encode()).hexdigest()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.user_id)  # two presses are one request
        running = Export.objects.filter(user_id=actor.user_id, state__in=EXPORT_OPEN)
        if (same := running.filter(key=key).first()) is not None:
            return same
        if running.count() >= EXPORTS_EACH:
            rule = _("您已有 %(n)s 个文件正在生成") % {"n": EXPORTS_EACH}
            raise ProblemsFound(Problem("export.many", "", "", rule, _("请等其中一个完成后再申请")))
        language = get_language() or settings.LANGUAGE_CODE
        made = Export.objects.create(
            user_id=actor.user_id,
            organisation_id=actor.organisation_id,
            requested_at=now,
            language=language,
            key=key,
            **asked,
        )
        _record(actor, now, source, query, file_format, {"rows": rows, "export": made.pk})
    return made


def make_export(*, export_id: int, clock: Clock) -> bool:
    """Make the file of a request. False if there is nothing to do: done, given up, or in another worker's hands."""
    export = _claimed(export_id, clock())
    if export is None:
        return False
    source, actor = source_of(export.source), _actor(export)
    with translation.override(export.language):
        if source is None or not export.user.is_active or not source.allowed(actor):
            _fail(export, clock(), _("已无权导出这份清单"))
            return True
        if export.claim > EXPORT_ATTEMPTS:
            _fail(export, clock(), _("多次尝试均未完成"))
            return True
        try:
            _make(export, source, actor, clock)
        except Exception:  # whatever a list may raise: the person is told, and the log has the rest
            log.exception("export_failed", export=export.pk)
            _fail(export, clock(), _("系统出错，已记入日志；请稍后再导一次，仍然失败的请告诉系统管理员"))
    return True


def _claimed(export_id: int, now: dt.datetime) -> Export | None:
    with transaction.atomic():
        export = Export.objects.select_for_update(of=["self"]).select_related("user").filter(pk=export_id).first()
        if (
            export is None
            or export.state not in EXPORT_OPEN
            or (export.state == ExportState.RUNNING and is_alive(export, now))
        ):
            return None
        export.state, export.started_at, export.claim = ExportState.RUNNING, now, export.claim + 1
        export.save(update_fields=["state", "started_at", "claim"])
    return export


def is_alive(export: Export, now: dt.datetime) -> bool:
    """Whether the worker that took it was heard of lately. Without a cache, whether it began lately."""
    if export.started_at is not None and now - export.started_at < dt.timedelta(seconds=SILENT):
        return True
    with suppress(RedisError):
        return cache.get(progress_key(export.pk)) is not None
    return False


def _make(export: Export, source: Source, actor: Actor, clock: Clock) -> None:
    folder = Path(settings.MEDIA_ROOT)  # not the machine's temporary folder, which may be memory
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".export-") as file:
        with transaction.atomic(), connection.cursor() as cursor:  # one snapshot, read by a server-side cursor
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(f"SET LOCAL statement_timeout = '{READING}'")
            rows = _Counted(export, source.rows(actor, export.query_dict, clock()))
            count = _write(file, export, source, rows, clock())
        file.flush()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        name = default_storage.save(f"exports/{secrets.token_hex(16)}.{export.file_format}", File(file))
    if not _finish(export, name, count, digest, clock()):
        default_storage.delete(name)


class _Counted:
    """The rows, counted, with a word of progress now and then."""

    def __init__(self, export: Export, rows: Any) -> None:
        self.export, self.rows, self.count = export, rows, 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self.rows:
            if self.count % STEP == 0:
                with suppress(RedisError):
                    cache.set(progress_key(self.export.pk), self.count, SILENT)
            self.count += 1
            yield row


def _write(file: Any, export: Export, source: Source, rows: _Counted, now: dt.datetime) -> int:
    target: BinaryIO = file
    if export.file_format == "csv":
        for chunk in csv_chunks(source.header(), rows):
            target.write(chunk.encode())
    else:
        notes = notes_of(source, export.query_dict, now)
        write_xlsx(target, str(source.label), source.header(), rows, notes=(str(_("说明")), notes))
    return rows.count


def notes_of(source: Source, query: QueryDict, now: dt.datetime) -> list[tuple[str, str]]:
    """What a file of the list says of itself: when, under which filter, what each column means."""
    asked = "; ".join(f"{name}={value}" for name, value in source.asked(query).items())
    about = [
        (_("清单"), str(source.label)),
        (_("数据截至"), now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S %Z")),
        (_("筛选条件"), asked or _("无")),
        (_("代码的写法"), _("代码均为文本；以 = + - @ 开头的文字前加了撇号，以免被表格软件当作公式。")),
        ("", ""),
        (_("列"), _("含义")),
    ]
    return [*about, *source.dictionary()]


def _finish(export: Export, name: str, rows: int, digest: str, now: dt.datetime) -> bool:
    """False if another worker took over meanwhile: its file counts."""
    with transaction.atomic():
        mine = Export.objects.select_for_update().filter(pk=export.pk, claim=export.claim, state=ExportState.RUNNING)
        found = mine.first()
        if found is None:
            return False
        found.state, found.finished_at, found.rows = ExportState.READY, now, rows
        found.file, found.size, found.sha256 = name, default_storage.size(name), digest
        found.expires_at = now + dt.timedelta(days=EXPORT_DAYS)
        found.save()
        _note(found, now, "make", {"rows": rows, "size": found.size, "sha256": digest})
        _tell(found, now)
    return True


def _fail(export: Export, now: dt.datetime, reason: str) -> None:
    with transaction.atomic():
        found = Export.objects.select_for_update().filter(pk=export.pk, claim=export.claim).first()
        if found is None or found.state not in EXPORT_OPEN:
            return
        found.state, found.finished_at, found.failure = ExportState.FAILED, now, reason[:300]
        found.save(update_fields=["state", "finished_at", "failure"])
        _note(found, now, "fail", {"failure": found.failure})
        _tell(found, now)


def record_download(*, actor: Actor, now: dt.datetime, export: Export) -> None:
    """The file leaves. Asked again whether the person still may: a role may have ended since."""
    source = source_of(export.source)
    if source is None or not source.allowed(actor):
        raise Refused("permission")
    with transaction.atomic():
        record(
            actor=actor,
            now=now,
            action="accounts.export.download",
            subject_kind="export",
            subject_id=export.pk,
            after={"source": export.source, "sha256": export.sha256},
        )


def drop_expired(*, now: dt.datetime) -> int:
    """Delete the files whose week is over. Returns how many."""
    over = Export.objects.filter(state=ExportState.READY, expires_at__lte=now)
    dropped = 0
    for pk in list(over.values_list("pk", flat=True)):
        with transaction.atomic():
            export = over.select_for_update().filter(pk=pk).first()
            if export is None:
                continue
            default_storage.delete(export.file)
            export.state, export.file = ExportState.EXPIRED, ""
            export.save(update_fields=["state", "file"])
            _note(export, now, "expire", {})
        dropped += 1
    return dropped


def _require(actor: Actor, source: Source) -> None:
    if not source.allowed(actor):
        raise Refused("permission")


def _actor(export: Export) -> Actor:
    return actor_for(export.user, organisation_id=export.organisation_id)


def _record(
    actor: Actor, now: dt.datetime, source: Source, query: QueryDict, file_format: str, facts: dict[str, Any]
) -> None:
    record(
        actor=actor,
        now=now,
        action=source.action,
        subject_kind=source.subject_kind,
        subject_id=file_format,
        after={**facts, "filter": source.asked(query)},
    )


def _note(export: Export, now: dt.datetime, verb: str, after: dict[str, Any]) -> None:
    record(
        actor=Actor.system("accounts.exports"),
        now=now,
        action=f"accounts.export.{verb}",
        subject_kind="export",
        subject_id=export.pk,
        after={"source": export.source, **after},
    )


def _tell(export: Export, now: dt.datetime) -> None:
    source = source_of(export.source)
    payload = {
        "export_id": export.pk,
        "user_id": export.user_id,
        "label": str(source.label) if source else export.source,
        "ready": export.state == ExportState.READY,
        "reason": export.failure,
        "until": export.expires_at.astimezone(SHANGHAI).date() if export.expires_at else None,
        "now": now,
    }
    publish_event(Topic.EXPORT_FINISHED, payload)
