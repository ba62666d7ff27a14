"""The file back to its author, with every faulty cell marked and said what to do about it."""

from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from apps.certifications.models import ImportBatch, ImportProblem
from apps.certifications.rules.import_problems import PROBLEMS
from apps.certifications.services.imports.readers import open_source
from apps.core.tables.problems import explain, sentence
from apps.core.tables.reading import Broken, Row
from apps.core.tables.writing import AnnotatedSheet, Marked

WHOLE_FILE = 5_000  # longer files come back as their bad rows with one row of context on each side
MOST_ROWS = 100_000
Problems = list[ImportProblem]


def annotated_workbook(batch: ImportBatch, target: Path) -> int:
    """Write the annotated copy of the batch's file to `target`. Returns how many bad rows it holds."""
    source = open_source(Path(batch.file.path), batch.file_kind, batch.encoding)
    try:
        with xlsxwriter.Workbook(str(target), {"constant_memory": True, "strings_to_formulas": False}) as book:
            sheet = AnnotatedSheet(book, list(source.header.texts), comments=WHOLE_FILE)
            whole = (batch.rows_total or 0) <= WHOLE_FILE
            for (row, cells), problems in _with_problems(batch.pk, source.rows, whole):
                if sheet.line > MOST_ROWS:
                    sheet.say_where_it_ends(row)
                    break
                sheet.add(row, [cells.value] if isinstance(cells, Broken) else cells, marked(problems))
            return sheet.bad
    finally:
        source.close()


def _with_problems(batch_id: int, rows: Iterator[Row], whole: bool) -> Iterator[tuple[Row, Problems]]:
    """Each wanted row with what is wrong in it; both sides run in the order of rows, so neither is held whole."""
    faults = _grouped(ImportProblem.objects.filter(batch_id=batch_id).order_by("row", "pk").iterator(2_000))
    due, problems = next(faults, (0, []))
    before: Row | None = None
    context = 0
    for row in rows:
        if row[0] == due:
            if before is not None and not whole and not context:
                yield before, []
            yield row, problems
            due, problems = next(faults, (0, []))
            before, context = None, 1
        elif whole or context:
            yield row, []
            before, context = None, 0
        else:
            before = row


def _grouped(problems: Iterator[ImportProblem]) -> Iterator[tuple[int, Problems]]:
    group: Problems = []
    for problem in problems:
        if group and group[0].row != problem.row:
            yield group[0].row, group
            group = []
        group.append(problem)
    if group:
        yield group[0].row, group


def marked(problems: Problems) -> list[Marked]:
    """The problems of a row as the annotated sheet shows them."""
    return [Marked(problem.column, sentence(problem.column, explain(PROBLEMS, problem.code))) for problem in problems]
