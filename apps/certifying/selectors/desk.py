"""What lies with a body, whose certificates end there, and what the bureau sees of all of it.

Counts and days are read from files and transitions, never kept.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.certifications.models import Certificate
from apps.certifications.rules import RUNNING
from apps.certifying.constants import Grade, PointKind
from apps.certifying.models import Point
from apps.certifying.rules.applying import APPLYING
from apps.parties.selectors.divisions import division_name
from apps.parties.selectors.duties import duties_held
from apps.workflow.models import File, Transition
from apps.workflow.policies import visible_files
from apps.workflow.process import duty_of
from apps.workflow.rules import desk_of
from apps.workflow.selectors.worklist import Row, rows_of

SHOWN = 200
MEASURED = 2_000  # transitions of the newest files
SOON = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class CountyRow:
    """The applications of a county as the bureau sees them. `late`: a limit is over; `returned`: sent back once."""

    place: str
    open: int
    late: int
    certified: int
    refused: int
    returned: int
    majors: int
    files: list[File]


@dataclass(frozen=True, slots=True)
class StepRow:
    """How long files lay in a state: the median in days, of how many."""

    state: Any
    days: float
    count: int


def desk_rows(user: User, body_id: int, on: dt.date, tab: str) -> list[Row]:
    """The body's files that the person sees, the nearest limit first; `mine`: whose turn is the person's."""
    seen = visible_files(user, on).filter(handler=body_id).select_related("organisation", "holder")
    if tab == "closed":
        return rows_of(seen.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")[:SHOWN], on)
    found = seen.filter(closed_at=None)
    if tab == "mine":
        duties = duties_held(user, body_id, on)
        turns = [
            state.code
            for state in APPLYING.states
            if any(duty_of(who) in duties for who in desk_of(APPLYING, state.code))
        ]
        found = found.filter(Q(holder=user) | Q(holder=None, process=APPLYING.code, status__in=turns))
    return rows_of(found.order_by("due_on", "pk")[:SHOWN], on)


def clients_due(body_id: int, on: dt.date) -> QuerySet[Certificate]:
    """The body's certificates that end, or whose surveillance is due, within ninety days."""
    soon = Q(valid_to__range=(on, on + SOON)) | Q(surveillance_due__lte=on + SOON)
    rows = Certificate.objects.filter(soon, body=body_id, status__in=RUNNING, valid_to__gte=on)
    return rows.select_related("holder", "project").order_by("valid_to", "pk")[:SHOWN]


def watched(user: User, on: dt.date) -> list[CountyRow]:
    """The applications in the person's scope, county by county."""
    files = visible_files(user, on).filter(process=APPLYING.code).select_related("handler", "organisation")
    by_place: dict[str, list[File]] = defaultdict(list)
    for file in files.order_by("-pk")[:MEASURED]:
        by_place[file.division_code].append(file)
    ids = [file.pk for found in by_place.values() for file in found]
    returned = _files_of(Transition.objects.filter(file__in=ids, step__in=["correct", "demand", "send_back"]))
    majors = _files_of(Point.objects.filter(application__file__in=ids, kind=PointKind.FINDING, grade=Grade.MAJOR))
    return [_county(place, by_place[place], returned, majors, on) for place in sorted(by_place)]


def _files_of(rows: QuerySet[Any]) -> dict[int, int]:
    """How many of the rows belong to each file."""
    column = "file_id" if rows.model is Transition else "application__file_id"
    found: dict[int, int] = defaultdict(int)
    for pk in rows.values_list(column, flat=True):
        found[pk] += 1
    return found


def _county(place: str, files: list[File], returned: dict[int, int], majors: dict[int, int], on: dt.date) -> CountyRow:
    late = [file for file in files if file.closed_at is None and file.due_on is not None and file.due_on < on]
    ids = [file.pk for file in files]
    return CountyRow(
        place=division_name(place),
        open=sum(file.closed_at is None for file in files),
        late=len(late),
        certified=sum(file.status == "certified" for file in files),
        refused=sum(file.status in ("refused", "not_accepted") for file in files),
        returned=sum(pk in returned for pk in ids),
        majors=sum(majors.get(pk, 0) for pk in ids),
        files=[*late, *(file for file in files if file not in late)][:20],
    )


def steps_measured(user: User, on: dt.date) -> list[StepRow]:
    """Days in each state, from the transitions of the newest files in the person's scope."""
    files = visible_files(user, on).filter(process=APPLYING.code).order_by("-pk").values("pk")[:MEASURED]
    rows = Transition.objects.filter(file__in=list(files.values_list("pk", flat=True))).order_by("file_id", "version")
    return _medians(rows.values_list("file_id", "to_status", "at"))


def _medians(rows: Iterable[tuple[int, str, dt.datetime]]) -> list[StepRow]:
    lay: dict[str, list[float]] = defaultdict(list)
    before: tuple[int, str, dt.datetime] | None = None
    for row in rows:
        if before is not None and before[0] == row[0]:
            lay[before[1]].append((row[2] - before[2]).total_seconds() / 86_400)
        before = row
    return [
        StepRow(state.label, round(median(lay[state.code]), 1), len(lay[state.code]))
        for state in APPLYING.states
        if lay.get(state.code)
    ]
