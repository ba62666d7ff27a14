"""The worklist: what a person asks for, and the one definition from which its lists, counts and exports are drawn.

A tab is a condition; a count is the same condition counted. Both come from `asked_for`, so that every number leads to
the list that it counts. Nothing is counted, and no page is leafed, beyond COUNTED rows: a longer list wants a filter.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Avg, F, Q, QuerySet
from django.http import QueryDict

from apps.accounts.models import User
from apps.accounts.selectors import roles_held
from apps.clock import selectors as clock
from apps.clock.constants import DeadlineState
from apps.clock.rules import CalendarMissing, add_working_days
from apps.parties.models import Organisation
from apps.parties.selectors.organisations import search_organisations
from apps.workflow.bindings import processes
from apps.workflow.constants import SUBJECT
from apps.workflow.models import OPEN_FILES, File, SavedView
from apps.workflow.process import Process
from apps.workflow.rules import desk_of
from apps.workflow.selectors.hands import represented_by

COUNTED = 1_000
FEW_APPLICANTS = 500  # so many applicants or fewer are looked up first, and their files found by them
SOON_DAYS = 3  # working days
AVERAGE_OVER = dt.timedelta(days=90)
TABS = ("mine", "pool", "soon", "overdue", "waiting", "all", "closed")
DUE = ("overdue", "soon", "later", "paused")
NOBODY = "none"
_DUE_FIRST = (F("due_on").asc(nulls_last=True), "id")
SORTS: dict[str, tuple[Any, ...]] = {
    "": _DUE_FIRST,
    "due": _DUE_FIRST,
    "-due": (F("due_on").desc(nulls_last=True), "-id"),
    "number": ("number",),
    "-number": ("-number",),
    "received": ("submitted_at", "id"),
    "-received": ("-submitted_at", "-id"),
}
SHOWN = (
    *("process", "matter", "number", "division_code", "status", "submitted_at", "closed_at", "due_on"),
    *("organisation", "organisation__name", "organisation__uscc"),
    *("holder", "holder__username", "holder__display_name"),
)
_NUMBER = re.compile(r"[A-Za-z]{1,8}-[0-9-]*")
Pair = tuple[str, str]  # process, status


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `matter` is "process:matter", `stage` "process:status", `holder` an id or "none"."""

    tab: str = ""
    text: str = ""
    matter: str = ""
    place: str = ""
    stage: str = ""
    due: str = ""
    holder: str = ""
    sort: str = ""

    def address(self) -> QueryDict:
        """The address that asks the same, without what is not asked."""
        query = QueryDict(mutable=True)
        query.update({_in_address(name): value for name, value in asdict(self).items() if value})
        return query

    @classmethod
    def at(cls, query: QueryDict) -> "Asked":
        """What an address made by `address` asks. Nothing is checked: what people type goes through the form."""
        return cls(**{field.name: query.get(_in_address(field.name), "") for field in fields(cls)})


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose worklist it is. `mine`: the person and whom they stand for; `turns`: where their roles act; `waits`: where
    the applicant does; `leads`: overdue and near files of everybody concern them."""

    mine: tuple[int, ...]
    turns: tuple[Pair, ...]
    waits: tuple[Pair, ...]
    leads: bool
    day: dt.date
    soon: dt.date


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: the file, its words, its nearest deadline. `tone` is the row's edge: over, due or nothing;
    `pooled`: in nobody's hands although it is the turn of staff."""

    file: File
    matter: Any
    stage: Any
    deadline: clock.DeadlineView | None
    tone: str
    pooled: bool


def desk_for(user: User, day: dt.date, *, leads: bool) -> Desk:
    """The desk of a person on a day."""
    roles = roles_held(user, day)
    every = [(table, state) for table in processes() for state in table.states]
    return Desk(
        mine=(user.pk, *sorted(represented_by(user, day))),
        turns=tuple((table.code, state.code) for table, state in every if desk_of(table, state.code) & roles),
        waits=tuple((table.code, state.code) for table, state in every if state.waits),
        leads=leads,
        day=day,
        soon=_soon(day),
    )


def asked_for(seen: QuerySet[File], asked: Asked, desk: Desk) -> QuerySet[File]:
    """The files among `seen` that are asked for, in no order. The only definition there is."""
    found = seen.filter(_tab(asked.tab, desk))
    if asked.text.strip():
        found = found.filter(_named(asked.text.strip()))
    if asked.matter:
        process, _colon, matter = asked.matter.partition(":")
        found = found.filter(process=process, **({"matter": matter} if matter else {}))
    if asked.stage:
        process, _colon, status = asked.stage.partition(":")
        found = found.filter(process=process, status=status)
    if asked.place:
        found = found.filter(division_code__startswith=asked.place)
    if asked.due:
        found = found.filter(_due(asked.due, desk))
    if asked.holder:
        found = found.filter(holder=None) if asked.holder == NOBODY else found.filter(holder_id=int(asked.holder))
    return found


def ordered(found: QuerySet[File], asked: Asked) -> QuerySet[File]:
    """In the order asked for; closed files the latest first unless another order is asked."""
    order = ("-closed_at", "-id") if asked.tab == "closed" and not asked.sort else SORTS[asked.sort]
    return found.order_by(*order)


def described(ids: Sequence[int]) -> list[File]:
    """The files of a page in the order of their ids given, each with the columns that a list shows, and no more."""
    files = File.objects.select_related("organisation", "holder").only(*SHOWN).in_bulk(list(ids))
    return [files[pk] for pk in ids if pk in files]


def counts(seen: QuerySet[File], wanted: Iterable[Asked], desk: Desk) -> list[int]:
    """How many files each question has, to COUNTED at most, in one statement."""
    parts: list[str] = []
    params: list[Any] = []
    for asked in wanted:
        try:
            limited = asked_for(seen, asked, desk).order_by().values("pk")[:COUNTED]
            sql, values = limited.query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  the ORM's own text and values
        params += values
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return list(cursor.fetchone())


def rows_of(files: Iterable[File], day: dt.date) -> list[Row]:
    """The files of one page with their deadlines: a fixed number of queries, however many files."""
    files = list(files)
    running = clock.running(SUBJECT, [file.pk for file in files], on=day)
    tables = {table.code: table for table in processes()}
    return [_row(file, tables.get(file.process), running.get(file.pk, [])) for file in files]


def waiting_for_applicants(organisation_ids: Iterable[int], day: dt.date) -> list[Row]:
    """The open files of organisations that wait for their own next step, drafts too; the nearest last day first."""
    pairs = [(table.code, state.code) for table in processes() for state in table.states if state.waits]
    files = File.objects.filter(_in(pairs), organisation_id__in=list(organisation_ids), closed_at=None)
    return rows_of(files.order_by(F("due_on").asc(nulls_last=True), "pk"), day)


def average_days(seen: QuerySet[File], now: dt.datetime) -> float | None:
    """Working days that the files closed in the last ninety days took, on average."""
    found = seen.filter(closed_at__gte=now - AVERAGE_OVER).aggregate(average=Avg("days_taken"))["average"]
    return None if found is None else round(float(found), 1)


def saved_views(user: User) -> list[SavedView]:
    """A person's own tabs, in the order in which they were saved."""
    return list(SavedView.objects.filter(user=user).order_by("created_at", "pk"))


def matter_choices() -> list[tuple[str, Any]]:
    """Every type of matter of every process."""
    found: list[tuple[str, Any]] = []
    for table in processes():
        if len(table.matters) != 1:
            found.append((table.code, table.label))
        found += [(f"{table.code}:{code}", label) for code, label in table.matters.items()]
    return found


def stage_choices() -> list[tuple[str, Any]]:
    """Every stage in which a file can lie, grouped by process where there are several."""
    groups: list[tuple[Any, Any]] = [
        (
            table.label,
            [(f"{table.code}:{state.code}", state.label) for state in table.states if state.code != table.start],
        )
        for table in processes()
    ]
    return groups[0][1] if len(groups) == 1 else groups


def label_of(table: Process | None, file: File) -> tuple[Any, Any]:
    """Type of matter and stage of a file in the words of its table; their codes if no app knows the process."""
    if table is None:
        return file.matter, file.status
    stage = next((state.label for state in table.states if state.code == file.status), file.status)
    return table.matters.get(file.matter, table.label), stage


def _in_address(name: str) -> str:
    return "q" if name == "text" else name


def _row(file: File, table: Process | None, deadlines: list[clock.DeadlineView]) -> Row:
    matter, stage = label_of(table, file)
    nearest = next((view for view in deadlines if view.due_on is not None), deadlines[0] if deadlines else None)
    level = nearest.level if nearest is not None and nearest.state != DeadlineState.PAUSED else ""
    pooled = file.holder_id is None and table is not None and bool(desk_of(table, file.status))
    return Row(file, matter, stage, nearest, level if level in ("over", "due") else "", pooled)


def _tab(tab: str, desk: Desk) -> Q:
    if tab == "closed":
        return Q(closed_at__isnull=False)
    mine = Q(holder_id__in=desk.mine)
    own = Q() if desk.leads else mine | _pool(desk)
    conditions: Mapping[str, Q] = {
        "mine": mine,
        "pool": _pool(desk),
        "soon": own & Q(due_on__range=(desk.day, desk.soon)),
        "overdue": own & Q(due_on__lt=desk.day),
        "waiting": (Q() if desk.leads else mine) & _in(desk.waits),
    }
    return OPEN_FILES & conditions.get(tab, Q())


def _pool(desk: Desk) -> Q:
    return Q(holder=None) & _in(desk.turns)


def _in(pairs: Iterable[Pair]) -> Q:
    """Files in one of the (process, status) pairs; none for no pair."""
    by_process: dict[str, list[str]] = {}
    for process, status in pairs:
        by_process.setdefault(process, []).append(status)
    condition = Q(pk__in=[])
    for process, statuses in by_process.items():
        condition |= Q(process=process, status__in=statuses)
    return condition


def _due(wanted: str, desk: Desk) -> Q:
    return {
        "overdue": Q(due_on__lt=desk.day),
        "soon": Q(due_on__range=(desk.day, desk.soon)),
        "later": Q(due_on__gt=desk.soon),
        "paused": Q(due_on=None),
    }[wanted]


def _named(text: str) -> Q:
    """By number or its beginning, else by the applicant: part of a name, initials, a code."""
    if _NUMBER.fullmatch(text):
        return Q(number__startswith=text.upper())
    found = search_organisations(Organisation.objects.all(), query=text).order_by().values_list("pk", flat=True)
    few = list(found[: FEW_APPLICANTS + 1])
    return Q(organisation_id__in=few if len(few) <= FEW_APPLICANTS else found)


def _soon(day: dt.date) -> dt.date:
    """The last day that is still near; counted by weekdays where the calendar ends, for a colour hangs on it only."""
    try:
        return add_working_days(day, SOON_DAYS, clock.calendar_between(day, day + dt.timedelta(days=20))).on
    except CalendarMissing:
        return day + dt.timedelta(days=SOON_DAYS + 2)
