"""How long the worklist takes with 200,000 open files, beside the plainest list of the same files.

The files are written by COPY in one transaction that is rolled back, so the database stays as it was. They belong to
the organisations that are there, or to twenty thousand made for the while; load the province (`demo_city --scale
province`) for the figure that is promised.
"""

import datetime as dt
import io
import os
import random
import time
from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from apps.accounts.constants import Realm, Role, UnitKind
from apps.accounts.models import RoleGrant, Unit, User
from apps.clock.services import load_calendar
from apps.core.actors import Actor
from apps.core.bench import Measured, bench
from apps.core.calendar import today
from apps.core.grams import fold, vector_literal
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from apps.parties.rules.codes import make_uscc
from apps.workflow import bindings
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File
from apps.workflow.policies import visible_files
from apps.workflow.process import APPLICANT, Process, State, step

FILES = 200_000
ROUNDS = 6
APPLICANTS = 20_000
PLACES = ("碧江", "江口", "松桃", "思南", "德江")
TRADES = ("茶业", "检测", "建材", "食品", "机电", "制药")
COUNTIES = ("520602", "520603", "520621", "520622", "520623", "520624", "520625", "520626", "520627", "520628")
STAGES = ("submitted", "review", "concluded", "correction")
TABLE = Process(
    "bench",
    label="bench",
    prefix="BE",
    start="draft",
    matters={"first": "first", "renewal": "renewal", "extension": "extension"},
    states=(
        State("draft", "draft", waits=True),
        *(State(code, code, waits=code == "correction") for code in STAGES),
        State("granted", "granted", final=True),
    ),
    steps=(
        step("submit", "draft", "submitted", by=APPLICANT, label="submit", message="submit"),
        step("correct", "submitted", "correction", by=Role.WINDOW_CLERK, label="correct", message="correct"),
        step("answer", "correction", "submitted", by=APPLICANT, label="answer", message="answer"),
        step("accept", "submitted", "review", by=Role.WINDOW_CLERK, label="accept", message="accept"),
        step("conclude", "review", "concluded", by=Role.REVIEWER, label="conclude", message="conclude"),
        step("grant", "concluded", "granted", by=Role.APPROVER, label="grant", message="grant"),
    ),
)
QUESTIONS = (
    "",
    "?tab=all",
    "?tab=all&page=3",
    "?tab=all&sort=-received",
    "?tab=all&sort=number",
    "?tab=overdue",
    "?tab=soon",
    "?tab=pool",
    "?tab=waiting",
    "?tab=all&stage=bench:review",
    "?tab=all&place=520621&matter=bench:renewal",
    "?tab=all&due=paused",
    "?tab=all&q=BE-2026-1234",
    "?tab=all&q={name}",
    "?tab=all&q={uscc}",
    "?tab=all&q=公司",
)


@bench("worklist")
def worklist() -> Iterator[Measured]:
    """p95 of a worklist page with 200,000 open files, for a leader, a clerk and a clerk of a county: at most 60 ms."""
    bindings.register(TABLE, bindings.Binding())
    try:
        with transaction.atomic():
            visitors = _fill()
            yield from _measure(visitors)
            transaction.set_rollback(True)
    finally:
        bindings.unregister(TABLE.code)


def _measure(visitors: dict[str, User]) -> Iterator[Measured]:
    sample = list(Organisation.objects.filter(files__process=TABLE.code).exclude(uscc=None)[:20])
    ours = {who: _times(user, sample) for who, user in visitors.items()}
    every = sorted(ms for times in ours.values() for ms in times)
    plain = sorted(_plain(user, one.name[3:5]) for user in visitors.values() for one in sample[:3])
    yield {
        "figure": _share(every, 0.95),
        "unit": "ms (p95 of a page)",
        "yardstick": "full count of each tab, list by due date, name by icontains",
        "yardstick_figure": _share(plain, 0.95),
        "p50": _share(every, 0.5),
        "files": FILES,
        "organisations": Organisation.objects.count(),
        "by_visitor_p95": {who: _share(sorted(times), 0.95) for who, times in ours.items()},
        "requests": len(every),
        "load": os.getloadavg()[0],
    }


def _times(user: User, sample: list[Organisation]) -> list[float]:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    found = []
    for n in range(ROUNDS):
        one = sample[n % len(sample)]
        for question in QUESTIONS:
            address = "/worklist/" + question.format(name=one.name[3:5], uscc=one.uscc)
            started = time.perf_counter()
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            if n:  # the first round warms caches and templates
                found.append((time.perf_counter() - started) * 1000)
    return found


def _plain(user: User, name: str) -> float:
    """The same page as one would write it first: no cap, no common definition, a query for each count and deadline."""
    day = today(timezone.now())
    files = visible_files(user).filter(closed_at=None)
    started = time.perf_counter()
    for found in (
        files,
        files.filter(holder=user),
        files.filter(holder=None),
        files.filter(due_on__lt=day),
        files.filter(due_on__range=(day, day + dt.timedelta(days=5))),
        files.filter(status="correction"),
    ):
        found.count()
    rows = files.filter(organisation__name__icontains=name).select_related("organisation", "holder")
    list(rows.order_by(F("due_on").asc(nulls_last=True))[:50])
    return (time.perf_counter() - started) * 1000


def _share(ordered: list[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1)


def _fill() -> dict[str, User]:
    """200,000 open files with a deadline each, spread over people and counties. Answers who looks at them."""
    now = timezone.now()
    call_command("load_divisions", stdout=io.StringIO())  # no county to ask for without them
    load_calendar(actor=Actor.system("bench"), years=(now.year - 1, now.year, now.year + 1), now=now)
    bureau = _unit("bench", "520600")
    branch = _unit("bench-county", "520621")
    clerks = [_person(n, bureau, Role.WINDOW_CLERK) for n in range(100)]
    visitors = {
        "leader": _person(900, bureau, Role.LEADER),
        "clerk": clerks[0],
        "county clerk": _person(901, branch, Role.WINDOW_CLERK),
    }
    holders = [*(user.pk for user in clerks), visitors["county clerk"].pk]
    _copy(_applicants(now), holders, bureau.pk, now)
    with connection.cursor() as cursor:
        cursor.execute(_TRANSITIONS)
        cursor.execute(_DEADLINES, {"subject": SUBJECT, "process": TABLE.code})
        for table in ("workflow_file", "workflow_transition", "clock_deadline"):
            cursor.execute(f"ANALYZE {table}")
    return visitors


def _applicants(now: dt.datetime) -> list[int]:
    """Those who are there; in a smaller installation than a city, twenty thousand more for the while."""
    living = Organisation.objects.filter(merged_into=None)
    if living.count() < APPLICANTS:
        Organisation.objects.bulk_create([_firm(n, now) for n in range(APPLICANTS)], batch_size=2_000)
    return list(living.values_list("pk", flat=True)[:100_000])


def _firm(n: int, now: dt.datetime) -> Organisation:
    name = f"示例·{PLACES[n % 5]}{TRADES[n // 5 % 6]}第{n}有限公司"
    return Organisation(
        kind=OrganisationKind.ENTERPRISE,
        name=name,
        uscc=make_uscc(COUNTIES[n % 10], f"BE{n:06d}"),
        division_code=COUNTIES[n % 10],
        source="bench",
        search_text=fold(name),
        search=vector_literal(fold(name)),
        created_at=now,
        updated_at=now,
    )


_TRANSITIONS = """
INSERT INTO workflow_transition (file_id, version, step, from_status, to_status, actor_label, at, reason, inputs)
SELECT id, 1, 'open', '', status, 'bench', opened_at, '', '{}' FROM workflow_file WHERE process = 'bench'
"""
_DEADLINES = """
INSERT INTO clock_deadline (subject_kind, subject_id, code, limit_id, started_on, state, due_on, provisional, version)
SELECT %(subject)s, f.id, l.code, l.id, f.opened_at::date, 'running', f.due_on, false, 1
FROM workflow_file AS f,
    (SELECT id, code FROM clock_statutorylimit WHERE code = 'CMA.ACCEPT' AND effective_to IS NULL LIMIT 1) AS l
WHERE f.process = %(process)s AND f.due_on IS NOT NULL
"""
COLUMNS = (
    "process, matter, number, title, organisation_id, division_code, unit_id, competence, status, status_since, "
    "version, holder_id, opened_at, submitted_at, due_on"
)


def _copy(organisations: list[int], holders: list[int], unit: int, now: dt.datetime) -> None:
    rng, day = random.Random(1), today(now)  # noqa: S311  the same files each time
    buffer = io.StringIO()
    for n in range(FILES):
        stage = rng.choice(STAGES)
        at = (now - dt.timedelta(days=rng.randrange(40), seconds=n % 86_400)).isoformat()
        paused = rng.random() < 0.05  # a stage that waits for the applicant runs on a limit of its own
        due = r"\N" if paused else (day + dt.timedelta(days=rng.randrange(-3, 60))).isoformat()
        holder = r"\N" if rng.random() < 0.1 else rng.choice(holders)
        matter = rng.choice(("first", "renewal", "extension"))
        cells: tuple[Any, ...] = (
            *("bench", matter, f"BE-2026-{n:06d}", "bench", rng.choice(organisations), rng.choice(COUNTIES)),
            *(unit, "own", stage, at, 1, holder, at, at, due),
        )
        buffer.write("\t".join(map(str, cells)) + "\n")
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {File._meta.db_table} ({COLUMNS}) FROM STDIN", buffer)


def _unit(code: str, division: str) -> Unit:
    kind = UnitKind.BUREAU if division == "520600" else UnitKind.BRANCH
    return Unit.objects.create(code=code, name=f"示例·{code}", kind=kind, division_code=division)


def _person(n: int, unit: Unit, role: Role) -> User:
    """Somebody of the staff; a demo account, so that the second factor is not asked."""
    user = User.objects.create(
        username=f"bench{n}",
        display_name=f"示例·{n}",
        realm=Realm.STAFF,
        unit=unit,
        demo=True,
        password="!",  # noqa: S106  opens nothing
        password_changed_at=timezone.now(),
    )
    RoleGrant.objects.create(user=user, role=role, starts_on=today(timezone.now()))
    return user
