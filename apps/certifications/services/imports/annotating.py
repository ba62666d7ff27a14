"""The file back to its author, with every faulty cell marked and said what to do about it; and the empty template."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from apps.certifications.models import ImportBatch, ImportProblem
from apps.certifications.rules.import_fields import BY_NAME, TEMPLATE
from apps.certifications.rules.import_problems import explain
from apps.certifications.services.imports.readers import INSTRUCTIONS, Broken, Row, open_source

WHOLE_FILE = 5_000  # longer files come back as their bad rows with one row of context on each side
MOST_ROWS = 100_000
CELL = 32_000  # XLSX holds 32,767 characters a cell
Problems = list[ImportProblem]


def annotated_workbook(batch: ImportBatch, target: Path) -> int:
    """Write the annotated copy of the batch's file to `target`. Returns how many bad rows it holds."""
    source = open_source(Path(batch.file.path), batch.file_kind, batch.encoding)
    try:
        with xlsxwriter.Workbook(str(target), {"constant_memory": True, "strings_to_formulas": False}) as book:
            sheet = _Sheet(book, list(source.header.texts))
            whole = (batch.rows_total or 0) <= WHOLE_FILE
            for (row, cells), problems in _with_problems(batch.pk, source.rows, whole):
                if sheet.line > MOST_ROWS:
                    sheet.say_where_it_ends(row)
                    break
                sheet.add(row, cells, problems)
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


class _Sheet:
    """The sheet being written: original row number, the original columns, what is wrong."""

    def __init__(self, book: Any, headings: list[str]) -> None:
        self._sheet = book.add_worksheet(_("核对结果"))
        bold = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
        self._bad = book.add_format({"bg_color": "#FDE7E7", "font_color": "#A3161F", "border": 1})
        self._headings = headings
        self.line, self.bad = 1, 0
        for column, text in enumerate([_("原行号"), *headings, _("问题与改法")]):
            self._sheet.write_string(0, column, plain(text), bold)
        self._sheet.set_column(0, len(headings), 18)
        self._sheet.set_column(len(headings) + 1, len(headings) + 1, 80)
        self._sheet.freeze_panes(1, 1)

    def add(self, row: int, cells: "list[str] | Broken", problems: Problems) -> None:
        texts = [cells.value] if isinstance(cells, Broken) else cells
        faulty = {problem.column: problem for problem in problems}
        self._sheet.write_number(self.line, 0, row)
        for column, text in enumerate(texts[: len(self._headings) + 20]):
            heading = self._headings[column] if column < len(self._headings) else ""
            self._cell(column + 1, text, faulty.get(heading) if heading else None)
        if problems:
            self.bad += 1
            words = "\n".join(sentence(problem) for problem in problems)
            self._sheet.write_string(self.line, max(len(self._headings), len(texts)) + 1, plain(words), self._bad)
        self.line += 1

    def say_where_it_ends(self, row: int) -> None:
        """In the first column, so that nobody takes the part for the whole."""
        words = _(
            "本表只到这里：已列满 %(n)d 行，原文件第 %(row)d 行起未再列出。请先改正以上各行重新导入，再取其余的。"
        )
        self._sheet.write_string(self.line, 0, words % {"n": self.line - 1, "row": row}, self._bad)

    def _cell(self, column: int, text: str, problem: ImportProblem | None) -> None:
        if problem is None:
            self._sheet.write_string(self.line, column, plain(text))
            return
        self._sheet.write_string(self.line, column, plain(text), self._bad)
        if self.bad < WHOLE_FILE:
            self._sheet.write_comment(self.line, column, sentence(problem))


def sentence(problem: ImportProblem) -> str:
    """Column, rule and remedy in one line."""
    words = explain(problem.code)
    place = f"{problem.column}：" if problem.column else ""
    return f"{place}{words.rule}。{words.remedy}。"


def plain(text: str) -> str:
    """Text that a workbook can hold: no control characters, not too long. write_string never makes a formula."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(ch for ch in text if ch >= " " or ch in "\n\t")[:CELL]


def template_workbook() -> bytes:
    """The template: headings as text columns, and a second sheet that explains each column."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet, guide = book.add_worksheet(_("证书")), book.add_worksheet(INSTRUCTIONS)
        bold, text = (
            book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1}),
            book.add_format({"num_format": "@"}),
        )
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, len(TEMPLATE) - 1, 20, text)
        sheet.freeze_panes(1, 0)
        guide.set_column(0, 3, 28, wrapped)
        for column, heading in enumerate((_("列名"), _("是否必填"), _("填写要求"), _("示例"))):
            guide.write_string(0, column, heading, bold)
        for place, name in enumerate(TEMPLATE):
            field = BY_NAME[name]
            sheet.write_string(0, place, field.heading, bold)
            required = _("必填") if field.required else _("选填")
            for column, cell in enumerate((field.heading, required, str(field.hint), field.example)):
                guide.write_string(place + 1, column, cell, wrapped)
    return buffer.getvalue()


def template_csv() -> bytes:
    """The same headings as CSV with a byte order mark, so that spreadsheets read the Chinese."""
    text = io.StringIO()
    csv.writer(text).writerow(BY_NAME[name].heading for name in TEMPLATE)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
