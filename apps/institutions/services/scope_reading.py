"""Reading a scope from a sheet: every line, or everything that is wrong, cell by cell. And giving it back marked."""

import io
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from apps.core.problems import Problem, ProblemsFound
from apps.core.tables.columns import Header
from apps.core.tables.problems import CellProblem, explain, sentence
from apps.core.tables.reading import Broken, Source, Unreadable, open_csv, open_xlsx
from apps.core.tables.writing import AnnotatedSheet, Marked
from apps.institutions.models import ScopeImport
from apps.institutions.rules.scope import MOST_ROWS, PROBLEMS, Line, read_line, repeated
from apps.institutions.rules.scope_columns import COLUMNS, HEADINGS

KINDS = ("xlsx", "csv")
COMMENTED_ROWS = 2_000


@dataclass
class ReadScope:
    """What a file holds: lines with their row numbers, problems in the order of rows, records counted."""

    lines: list[tuple[int, Line]] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    total: int = 0

    @property
    def bad_rows(self) -> int:
        return len({problem.row for problem in self.problems})


def read_scope(path: Path, kind: str, encoding: str, sites: Collection[str]) -> ReadScope:
    """Every line of a file. Raises ProblemsFound where the file as a whole is no scope."""
    source = _open(path, kind, encoding)
    found = ReadScope()
    try:
        for row, cells in source.rows:
            if not isinstance(cells, Broken) and not any(text.strip() for text in cells):
                continue  # a blank row between sections
            found.total += 1
            if found.total > MOST_ROWS:
                raise _refusal(_("超过 %(n)d 行") % {"n": MOST_ROWS}, _("请按场所拆分，或删去多余的行"))
            _read(found, source.header, row, cells, sites)
    except Unreadable as failure:
        raise _refusal(str(failure), _("请对照模板修改后重新上传")) from failure
    finally:
        source.close()
    if not found.total:
        raise _refusal(_("表头下面没有任何一行"), _("请填写能力后再上传"))
    found.problems.extend(repeated(found.lines))
    found.problems.sort(key=lambda problem: problem.row)
    return found


def _open(path: Path, kind: str, encoding: str) -> Source:
    try:
        source = open_csv(path, encoding, COLUMNS) if kind == "csv" else open_xlsx(path, COLUMNS)
    except Unreadable as failure:
        raise _refusal(str(failure), _("请下载模板对照")) from failure
    header = source.header
    if header.usable:
        return source
    source.close()
    names = "、".join(HEADINGS[name] for name in header.missing or header.doubled)
    if header.missing:
        raise _refusal(_("表头缺少必需的列：%(names)s") % {"names": names}, _("请对照模板补上"))
    raise _refusal(_("有多列都表示：%(names)s") % {"names": names}, _("请只保留一列，以免取错"))


def _read(found: ReadScope, header: Header, row: int, cells: "list[str] | Broken", sites: Collection[str]) -> None:
    if isinstance(cells, Broken):
        found.problems.append(CellProblem(row, "", cells.value[:200], cells.code))
        return
    line, problems = read_line(row, header, cells, sites)
    found.problems.extend(problems)
    if line is not None:
        found.lines.append((row, line))


def _refusal(rule: str, remedy: str) -> ProblemsFound:
    return ProblemsFound(Problem("scope.file", "file", "", rule, remedy))


def reread(batch: ScopeImport, sites: Collection[str]) -> ReadScope:
    """The stored file read again: reading is deterministic, so its problems need no table of their own."""
    return read_scope(Path(batch.file.path), batch.kind, batch.encoding, sites)


def annotated_scope(batch: ScopeImport, sites: Collection[str]) -> bytes:
    """The file back to its author, every faulty cell marked and said what to do."""
    faults: dict[int, list[Marked]] = {}
    for problem in reread(batch, sites).problems:
        faults.setdefault(problem.row, []).append(
            Marked(problem.column, sentence(problem.column, explain(PROBLEMS, problem.code)))
        )
    source = _open(Path(batch.file.path), batch.kind, batch.encoding)
    buffer = io.BytesIO()
    try:
        with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
            sheet = AnnotatedSheet(book, list(source.header.texts), comments=COMMENTED_ROWS)
            for row, cells in source.rows:
                sheet.add(row, [cells.value] if isinstance(cells, Broken) else cells, faults.get(row, []))
    finally:
        source.close()
    return buffer.getvalue()
