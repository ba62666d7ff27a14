"""Reads about imports: how far one is, its rows by class, its faulty cells, its contradictions."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from apps.certifications.constants import ConflictState, ImportState, RowClass, Status
from apps.certifications.models import ImportBatch, ImportConflict, ImportProblem, ImportRow, Source
from apps.certifications.rules.import_problems import PROBLEMS
from apps.certifications.selectors.reference import project_names
from apps.core.tables.problems import Explanation, explain

Words = str | Promise
UNDO_STEPS = 7
RUNNING = (ImportState.UPLOADED, ImportState.STAGING, ImportState.COMMITTING, ImportState.UNDOING)
STAGED = (ImportState.PREVIEW, ImportState.COMMITTING)


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` (0: not known) and what is being done."""

    label: Words
    done: int
    total: int


def progress_of(batch: ImportBatch) -> Progress | None:
    """How far a running import is; None when nothing runs."""
    if batch.state not in RUNNING:
        return None
    if batch.state == ImportState.COMMITTING:
        return Progress(_("正在写入"), batch.rows_committed, batch.rows_total or 0)
    if batch.state == ImportState.UNDOING:
        return Progress(_("正在撤销（按步骤）"), undo_step(batch.pk), UNDO_STEPS)
    if batch.state == ImportState.UPLOADED:
        return Progress(_("排队等待读取"), 0, 0)
    return Progress(_("正在读取"), min(batch.bytes_read, batch.size), batch.size)


def undo_key(batch_id: int) -> str:
    """Where in the cache it stands at which step an undo is."""
    return f"import-undo:{batch_id}"


def undo_step(batch_id: int) -> int:
    """The step that an undo is at; 0 before the first, and where no cache says so."""
    with suppress(RedisError):
        return int(cache.get(undo_key(batch_id)) or 0)
    return 0


def rows_of(batch: ImportBatch, row_class: str) -> QuerySet[ImportRow]:
    """The staged rows of a class, in the order of the file. Empty once the batch is settled."""
    if batch.state not in STAGED:
        return ImportRow.objects.none()
    return ImportRow.objects.filter(batch_id=batch.pk, row_class=row_class).order_by("row")


def problems_of(batch: ImportBatch) -> QuerySet[ImportProblem]:
    """Every faulty cell, in the order of the file."""
    return ImportProblem.objects.filter(batch=batch).order_by("row", "pk")


@dataclass(frozen=True, slots=True)
class ExplainedProblem:
    row: int
    column: str
    value: str
    words: Explanation


def explained(problems: Sequence[ImportProblem]) -> list[ExplainedProblem]:
    """Faulty cells with the rule each breaks and how to mend it."""
    return [ExplainedProblem(p.row, p.column, p.value, explain(PROBLEMS, p.code)) for p in problems]


def problem_summary(batch: ImportBatch) -> list[tuple[Words, int]]:
    """How often each rule is broken, most often first."""
    counted = problems_of(batch).order_by().values_list("code").annotate(n=Count("pk")).order_by("-n", "code")
    return [(explain(PROBLEMS, code).rule, n) for code, n in counted]


def conflicts_in(
    found: QuerySet[ImportConflict], *, state: str, kind: str, batch: int | None
) -> QuerySet[ImportConflict]:
    """Contradictions by state, kind and import, oldest first."""
    found = found.select_related("batch").order_by("pk")
    if state in ConflictState.values:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    return found.filter(batch_id=batch) if batch else found


@dataclass(frozen=True, slots=True)
class Side:
    """One line of the comparison."""

    label: Words
    current: str
    incoming: str

    @property
    def differs(self) -> bool:
        return bool(self.incoming) and self.current != self.incoming


_LINES: tuple[tuple[str, Words], ...] = (
    ("source", _("来源")),
    ("number", _("证书编号")),
    ("holder_name", _("持证单位")),
    ("code", _("代码")),
    ("approval", _("认证机构批准号")),
    ("body_name", _("认证机构")),
    ("project", _("认证项目")),
    ("status", _("状态")),
    ("status_on", _("状态日期")),
    ("issued_on", _("发证日期")),
    ("valid_from", _("有效期自")),
    ("valid_to", _("有效期至")),
    ("first_issued_on", _("初次获证日期")),
    ("standard_text", _("认证依据")),
    ("scope", _("认证范围")),
    ("products", _("产品")),
    ("division_code", _("行政区划")),
)


def sides(conflict: ImportConflict) -> list[Side]:
    """What is recorded beside what the file says; lines that neither tells are left out."""
    told = _names()
    lines = []
    for key, label in _LINES:
        current, incoming = (_shown(side.get(key), told.get(key, {})) for side in (conflict.current, conflict.incoming))
        if current or incoming:
            lines.append(Side(label, current, incoming))
    return lines


def _names() -> dict[str, dict[str, str]]:
    return {
        "source": dict(Source.objects.values_list("code", "name")),
        "project": dict(project_names(english=(get_language() or "").startswith("en"))),
        "status": {value: str(label) for value, label in Status.choices},
    }


def _shown(value: object, names: dict[str, str]) -> str:
    text = "" if value is None else str(value)
    return names.get(text, text)


def class_counts(batch: ImportBatch) -> list[tuple[str, Words, int]]:
    """(class, word, rows), every class, in the order of the tabs."""
    order = (RowClass.NEW, RowClass.CHANGED, RowClass.UNCHANGED, RowClass.CONFLICT, RowClass.BAD)
    return [(str(c), c.label, int(batch.counts.get(str(c), 0))) for c in order]
