"""What is reminded of on files: the limits that run on them, and those that were missed.

One event for all processes. The stage is the last part of the limit's code (CMA.REVIEW: "review"), so a limit of a new
process needs nothing here; a rule for its stage may be added, else the default holds. What is owed by the bureau is
told to whoever has the file in hand, or to the desk it waits at, and to the head of the unit.

Plain SQL over the rows of the clock and our own; the recount reads them through the models, another way.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Role
from apps.accounts.models import RoleGrant, Unit
from apps.accounts.rules import scope_prefix
from apps.clock.constants import DeadlineState, LimitUnit
from apps.clock.models import Deadline
from apps.clock.rules import Pause
from apps.clock.selectors import History, histories
from apps.notifications.constants import Recipients
from apps.notifications.sources import EventSource, Matter, People, Subject, pace_text, register
from apps.parties.selectors.memberships import running_memberships
from apps.workflow.bindings import known, path_of, process_of, processes
from apps.workflow.constants import SUBJECT
from apps.workflow.models import OPEN_FILES, File, Named, Recusal
from apps.workflow.policies import told_outside
from apps.workflow.process import APPLICANT, Process, duty_of
from apps.workflow.rules import desk_of, telling_steps
from apps.workflow.selectors.hands import people_for, running_absences

DEADLINE, OVERDUE = "workflow.deadline", "workflow.overdue"
STAGES = {
    "accept": _("申请受理"),
    "correct": _("材料补正"),
    "review": _("技术评审"),
    "rectify": _("问题整改"),
    "decide": _("许可决定"),
    "issue": _("证书颁发"),
    "check": _("现场核查"),
    "duty": _("决定所附义务"),
}
VARIANTS = {"default": _("其他期限"), **STAGES}

# ruff: noqa: S608  constants of this module, and codes of process tables that `_safe` checks
_FROM = f"""
FROM clock_deadline d
JOIN workflow_file f ON f.id = d.subject_id AND f.submitted_at IS NOT NULL AND f.closed_at IS NULL
{{more}} WHERE d.subject_kind = '{SUBJECT}' AND d.ended_on IS NULL"""
# Whose matter it is: nobody's, while the bureau examines of office what its organisation was not told of.
_WHOSE = """CASE WHEN f.process <> ALL(ARRAY[{of_office}]::text[]) OR EXISTS (
        SELECT FROM workflow_transition t WHERE t.file_id = f.id AND (f.process, t.step) IN (VALUES {telling})
    ) THEN f.organisation_id ELSE 0 END AS organisation_id"""
_COLUMNS = r"""d.id AS subject_id, d.due_on, {whose}, f.division_code, 0::bigint AS body_id,
    lower(regexp_replace(d.code, '^.*\.', '')) AS variant"""
# Months are counted in days: from the start to the end, without the days of the pauses. The days of all pauses are the
# sum of their ends less the sum of their beginnings.
_PACE = """
JOIN clock_statutorylimit l ON l.id = d.limit_id
LEFT JOIN LATERAL (
    SELECT sum(x.value) AS further, sum(CASE e.kind WHEN 'resume' THEN e."on" - DATE '2000-01-01'
                                                    WHEN 'pause' THEN DATE '2000-01-01' - e."on" END) AS rested
    FROM clock_deadlineevent e LEFT JOIN clock_statutorylimit x ON x.id = e.extension_id WHERE e.deadline_id = d.id
) h ON true"""
_DEADLINES = f"""
SELECT {{columns}}, CASE l.unit WHEN 'month' THEN 'calendar_day:' || (d.due_on - d.started_on - coalesce(h.rested, 0))
    ELSE l.unit || ':' || (l.value + coalesce(h.further, 0)) END AS pace
{_FROM.format(more=_PACE)} AND d.state = 'running' AND d.due_on BETWEEN %(first)s AND %(last)s"""
_MISSED = f"""
SELECT {{columns}} {_FROM.format(more="")} AND d.state = 'lapsed' AND d.due_on BETWEEN %(first)s AND %(last)s"""

_RUNNING = "g.ended_at IS NULL AND g.starts_on <= %(today)s AND (g.ends_on IS NULL OR g.ends_on >= %(today)s)"
_ROW = "SELECT d.id AS subject_id, f.id AS file_id, f.organisation_id,"
_DESK = "JOIN ({desks}) k ON k.process = f.process AND k.status = f.status"
# Nobody is told of a file that they are kept off, or that is their own organisation's.
_FIT = """
SELECT h.subject_id, h.user_id FROM ({hands}) h
WHERE NOT EXISTS (SELECT 1 FROM workflow_recusal q WHERE q.file_id = h.file_id AND q.user_id = h.user_id)
  AND NOT EXISTS (SELECT 1 FROM parties_membership g
                  WHERE g.organisation_id = h.organisation_id AND g.user_id = h.user_id AND {running})"""
_ABSENT = """JOIN workflow_absence a ON a.user_id = f.holder_id AND a.ended_at IS NULL AND a.delegate_id IS NOT NULL
    AND a.first_on <= %(today)s AND a.last_on >= %(today)s"""
_POOL = f"""JOIN accounts_rolegrant g ON g.role = k.role AND NOT k.named AND {_RUNNING}
    JOIN accounts_user u ON u.id = g.user_id AND u.unit_id = f.unit_id"""
_DUTY = f"""JOIN parties_dutygrant g ON 'handler:' || g.duty = k.role AND NOT k.named
    AND g.organisation_id = f.handler_id AND {_RUNNING}
    JOIN accounts_user u ON u.id = g.user_id AND u.is_active
    JOIN parties_membership m ON m.user_id = g.user_id AND m.organisation_id = g.organisation_id
        AND {_RUNNING.replace("g.", "m.")}"""
_NAMED = "JOIN workflow_named n ON n.file_id = f.id AND n.role = k.role AND k.named AND n.until IS NULL"
_HOLDERS = f"""
{_ROW} f.holder_id AS user_id {_FROM.format(more="")} AND f.holder_id IS NOT NULL
UNION {_ROW} a.delegate_id {_FROM.format(more=_ABSENT)}
UNION {_ROW} g.user_id {_FROM.format(more=_DESK + " " + _POOL)} AND f.holder_id IS NULL
UNION {_ROW} g.user_id {_FROM.format(more=_DESK + " " + _DUTY)} AND f.holder_id IS NULL
UNION {_ROW} n.user_id {_FROM.format(more=_DESK + " " + _NAMED)} AND f.holder_id IS NULL"""
# The leaders of the file's unit; where it has none, those of the closest unit above.
_LEADERS = f"""
{_ROW} r.user_id {_FROM.format(more="JOIN ({heads}) r ON r.unit_id = f.unit_id AND r.place = 1")}"""
_HEADS = f"""
SELECT n.id AS unit_id, u.id AS user_id,
    rank() OVER (PARTITION BY n.id ORDER BY (u.unit_id = n.id) DESC, length(p.prefix) DESC) AS place
FROM accounts_unit n
JOIN (SELECT id, regexp_replace(division_code, '(00)+$', '') AS prefix FROM accounts_unit) p
    ON p.id = n.id OR left(n.division_code, length(p.prefix)) = p.prefix
JOIN accounts_user u ON u.unit_id = p.id AND u.is_active
WHERE EXISTS (SELECT 1 FROM accounts_rolegrant g WHERE g.user_id = u.id AND g.role = '{Role.LEADER}' AND {_RUNNING})"""


def register_events() -> None:
    """Called by AppConfig.ready, and for each process that becomes known: of which files an applicant knows, the
    tables say."""
    columns = _COLUMNS.format(whose=_whose())
    running, missed = (sql.replace("{columns}", columns) for sql in (_DEADLINES, _MISSED))
    people: dict[str, People] = {
        Recipients.HOLDER: People(_holders_sql, _holders),
        Recipients.LEADER: People(_leaders_sql, _leaders),
    }
    register(EventSource(DEADLINE, _("办件期限"), VARIANTS, running, _describe, _running, paced=True, people=people))
    register(EventSource(OVERDUE, _("逾期未办"), VARIANTS, missed, _describe, _missed, people=people))


def process_registered(_process: Process) -> None:
    """A process more: its files are known or not by its own table."""
    register_events()


def stage_of(code: str) -> str:
    """The stage of a limit: the last part of its code."""
    return code.rpartition(".")[2].lower()


def desks_of(process: Process, status: str) -> frozenset[str]:
    """The roles to remind in a status: whose turn it is; while the applicant is at it, whose turn it is next."""
    own = desk_of(process, status)
    further = (desk_of(process, step.target) for step in process.steps_from(status) if not step.by_desk)
    return own or frozenset().union(*further)


def _holders_sql() -> str:
    return _FIT.format(hands=_HOLDERS.format(desks=_desks()), running=_RUNNING)


def _leaders_sql() -> str:
    return _FIT.format(hands=_LEADERS.format(heads=_HEADS), running=_RUNNING)


def _whose() -> str:
    """The organisation of a file, 0 where it was told of none of its steps (as policies.visible_files says)."""
    of_office = [process for process in processes() if APPLICANT not in process.opened_by]
    telling = [(process.code, code) for process in of_office for code in sorted(telling_steps(process))]
    return _WHOSE.format(
        of_office=", ".join(f"'{_safe(process.code)}'" for process in of_office),
        telling=", ".join(f"('{_safe(process)}', '{_safe(step)}')" for process, step in telling) or "('', '')",
    )


def _safe(code: str) -> str:
    assert re.fullmatch(r"[\w.:-]+", code), f"{code!r} is no code"
    return code


def _desks() -> str:
    """The desks of every process as rows (process, status, role, named)."""
    rows = [
        (process.code, state.code, role, role in process.named_only)
        for process in processes()
        for state in process.states
        for role in sorted(desks_of(process, state.code))
    ]
    listed = ", ".join(f"('{_safe(code)}', '{_safe(status)}', '{_safe(role)}', {n})" for code, status, role, n in rows)
    values = listed or "('', '', '', false)"
    return f"SELECT * FROM (VALUES {values}) desk(process, status, role, named)"


def _describe(ids: Sequence[int]) -> dict[int, Subject]:
    rows = Deadline.objects.filter(pk__in=ids).values_list("pk", "subject_id", "code", "limit__name")
    files = File.objects.select_related("organisation").in_bulk([file_id for _pk, file_id, _code, _name in rows])
    found = {}
    for pk, file_id, code, name in rows:
        file = files.get(file_id)
        if file is not None and known(file.process):
            path = path_of(file)
            about = str(STAGES.get(stage_of(code), name))
            found[pk] = Subject(file.number, file.organisation.name, path, about=about)
    return found


def _running(first: dt.date, last: dt.date) -> Iterator[Matter]:
    return _matters(Deadline.objects.filter(state=DeadlineState.RUNNING), first, last)


def _missed(first: dt.date, last: dt.date) -> Iterator[Matter]:
    return _matters(Deadline.objects.filter(state=DeadlineState.LAPSED, ended_on=None), first, last)


def _matters(deadlines: QuerySet[Deadline], first: dt.date, last: dt.date) -> Iterator[Matter]:
    rows = list(deadlines.filter(subject_kind=SUBJECT, due_on__range=(first, last)).select_related("limit"))
    files = File.objects.filter(OPEN_FILES).in_bulk([row.subject_id for row in rows])
    past = histories([row.pk for row in rows])
    told = set(File.objects.filter(told_outside(), pk__in=files).values_list("pk", flat=True))
    for row in rows:
        file = files.get(row.subject_id)
        if file is not None and row.due_on is not None:
            pace = _pace(row, row.due_on, past.get(row.pk, History())) if row.state == DeadlineState.RUNNING else ""
            whose = file.organisation_id if file.pk in told else 0
            yield Matter(row.pk, row.due_on, whose, file.division_code, 0, stage_of(row.code), pace)


def _pace(row: Deadline, due_on: dt.date, past: History) -> str:
    if row.limit.unit != LimitUnit.MONTH:
        return pace_text(row.limit.unit, row.limit.value + sum(span.value for span in past.extensions))
    days = (row.started_on + dt.timedelta(days=n) for n in range(1, (due_on - row.started_on).days + 1))
    return pace_text(LimitUnit.CALENDAR_DAY, sum(not _rests(past.pauses, day) for day in days))


def _rests(pauses: Sequence[Pause], day: dt.date) -> bool:
    return any(pause.covers(day) for pause in pauses)


def _holders(ids: Sequence[int], on: dt.date) -> Mapping[int, set[int]]:
    files = _files(ids)
    delegates: dict[int, set[int]] = defaultdict(set)
    for absent, delegate in running_absences(on).filter(delegate__isnull=False).values_list("user_id", "delegate_id"):
        delegates[absent].add(delegate)
    at_desk = _at_desks(on)

    def hands(file: File) -> set[int]:
        if file.holder_id is not None:
            return {file.holder_id, *delegates[file.holder_id]}
        desks = desks_of(process_of(file.process), file.status) if known(file.process) else frozenset()
        return {pk for role in desks for pk in at_desk(file, role)}

    return _fit({pk: (file, hands(file)) for pk, file in files.items()}, on)


def _at_desks(on: dt.date) -> Callable[[File, str], set[int]]:
    """Who would take a file that nobody holds: those named to it, the unit's staff, the body's people."""
    staff = _staff(on)
    named: dict[tuple[int, str], set[int]] = defaultdict(set)
    for file_id, role, user_id in Named.objects.filter(until=None).values_list("file_id", "role", "user_id"):
        named[file_id, role].add(user_id)

    def people(file: File, role: str) -> set[int]:
        if role in process_of(file.process).named_only:
            return named[file.pk, role]
        if duty_of(role) is None:
            return staff[role, file.unit_id]
        return {*people_for(file, role, on).values_list("pk", flat=True)}

    return people


def _leaders(ids: Sequence[int], on: dt.date) -> Mapping[int, set[int]]:
    files, staff = _files(ids), _staff(on)
    units = list(Unit.objects.all())
    divisions = {unit.pk: unit.division_code for unit in units}

    def heads(file: File) -> set[int]:
        if own := staff[Role.LEADER, file.unit_id]:
            return own
        above: dict[int, set[int]] = defaultdict(set)
        for unit in units:
            prefix = scope_prefix(unit.division_code)
            if divisions[file.unit_id].startswith(prefix):
                above[len(prefix)] |= staff[Role.LEADER, unit.pk]
        return next((above[size] for size in sorted(above, reverse=True) if above[size]), set())

    return _fit({pk: (file, heads(file)) for pk, file in files.items()}, on)


def _files(ids: Sequence[int]) -> dict[int, File]:
    """The file of each deadline."""
    subjects = dict(Deadline.objects.filter(pk__in=ids).values_list("pk", "subject_id"))
    files = File.objects.in_bulk(set(subjects.values()))
    return {pk: files[file_id] for pk, file_id in subjects.items() if file_id in files}


def _staff(on: dt.date) -> dict[tuple[str, int], set[int]]:
    """Who holds which role in which unit on a day."""
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    grants = RoleGrant.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), ended_at=None, starts_on__lte=on)
    rows = grants.filter(user__is_active=True, user__unit__isnull=False)
    for role, unit_id, user_id in rows.values_list("role", "user__unit_id", "user_id"):
        found[role, unit_id].add(user_id)
    return found


def _fit(hands: Mapping[int, tuple[File, set[int]]], on: dt.date) -> dict[int, set[int]]:
    """The hands of each deadline without those who are kept off its file."""
    off: dict[int, set[int]] = defaultdict(set)
    for file_id, user_id in Recusal.objects.values_list("file_id", "user_id"):
        off[file_id].add(user_id)
    members: dict[int, set[int]] = defaultdict(set)
    for organisation_id, user_id in running_memberships(on).values_list("organisation_id", "user_id"):
        members[organisation_id].add(user_id)
    return {pk: people - off[file.pk] - members[file.organisation_id] for pk, (file, people) in hands.items()}
