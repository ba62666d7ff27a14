"""Reading the trail: ten million entries, newest first, each filter on an index, pages by cursor, never by offset."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from apps.audit.models import AuditEntry
from apps.core.text import whole_number


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What the reader asks for; empty fields do not narrow. `since` is included, `until` is not (instants).

    `action` is a whole action, or a beginning that ends with a dot. `actor_ids` None means everybody; `actor_label`
    finds a part of the system ("system:import"), which has no id.
    """

    actor_ids: tuple[int, ...] | None = None
    actor_label: str = ""
    action: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of entries and the cursor of the next (older) one, if there is one."""

    entries: list[AuditEntry]
    older: str


def entries(asked: TrailFilter) -> QuerySet[AuditEntry]:
    """The entries that match, newest first."""
    exact = {"subject_kind": asked.subject_kind, "subject_id": asked.subject_id, "request_id": asked.request_id}
    found = AuditEntry.objects.filter(**{field: value for field, value in exact.items() if value})
    if asked.actor_label:
        found = found.filter(actor_id=None, actor_label=asked.actor_label)
    elif asked.actor_ids is not None:
        found = found.filter(actor_id__in=asked.actor_ids)
    if asked.action:
        lookup = "action__startswith" if asked.action.endswith(".") else "action"
        found = found.filter(**{lookup: asked.action})
    if asked.since:
        found = found.filter(at__gte=asked.since)
    if asked.until:
        found = found.filter(at__lt=asked.until)
    return found.order_by("-at", "-id")


def page(asked: TrailFilter, cursor: str = "", size: int = 50) -> Slice:
    """The page that begins after `cursor`; a cursor that cannot be read begins at the newest entry."""
    found = _after(entries(asked), cursor)
    rows = list(found[: size + 1])
    return Slice(rows[:size], cursor_of(rows[size - 1]) if len(rows) > size else "")


def walk(asked: TrailFilter, batch: int = 5_000) -> Iterator[AuditEntry]:
    """Every matching entry, batch by batch: no long transaction, no more than one batch in memory."""
    cursor = ""
    while True:
        part = page(asked, cursor, batch)
        yield from part.entries
        cursor = part.older
        if not cursor:
            return


def entry_by_id(pk: int) -> AuditEntry | None:
    return AuditEntry.objects.filter(pk=pk).first()


def cursor_of(entry: AuditEntry) -> str:
    """Where a page ended: the microsecond and the id."""
    return f"{_microseconds(entry.at)}-{entry.pk}"


def _after(found: QuerySet[AuditEntry], cursor: str) -> QuerySet[AuditEntry]:
    moment, pk = (whole_number(part) for part in (cursor.partition("-")[::2]))
    if moment is None or pk is None:
        return found
    try:
        at = _EPOCH + dt.timedelta(microseconds=moment)
    except OverflowError:
        return found
    return found.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk))  # the first condition is the index's bound


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _microseconds(at: dt.datetime) -> int:
    return (at - _EPOCH) // dt.timedelta(microseconds=1)
