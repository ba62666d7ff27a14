"""A list back to its author, with every faulty cell marked; and the empty template to begin from."""

import csv
import io
from typing import Any, NamedTuple

import xlsxwriter
from django.utils.translation import gettext as _

from apps.core.tables.columns import Columns
from apps.core.tables.reading import INSTRUCTIONS

CELL = 32_000  # XLSX holds 32,767 characters a cell


class Marked(NamedTuple):
    """A fault in a row: the heading of its column (empty: the whole row) and what to say about it."""

    column: str
    sentence: str


class AnnotatedSheet:
    """The sheet being written: original row number, the original columns, what is wrong."""

    def __init__(self, book: Any, headings: list[str], *, comments: int) -> None:
        """`comments`: how many bad rows also get a comment on the cell; a sheet of thousands opens slowly."""
        self._sheet = book.add_worksheet(_("核对结果"))
        bold = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
        self._bad = book.add_format({"bg_color": "#FDE7E7", "font_color": "#A3161F", "border": 1})
        self._headings, self._comments = headings, comments
        self.line, self.bad = 1, 0
        for column, text in enumerate([_("原行号"), *headings, _("问题与改法")]):
            self._sheet.write_string(0, column, plain(text), bold)
        self._sheet.set_column(0, len(headings), 18)
        self._sheet.set_column(len(headings) + 1, len(headings) + 1, 80)
        self._sheet.freeze_panes(1, 1)

    def add(self, row: int, texts: list[str], problems: list[Marked]) -> None:
        faulty = {problem.column: problem for problem in problems}
        self._sheet.write_number(self.line, 0, row)
        for column, text in enumerate(texts[: len(self._headings) + 20]):
            heading = self._headings[column] if column < len(self._headings) else ""
            self._cell(column + 1, text, faulty.get(heading) if heading else None)
        if problems:
            self.bad += 1
            words = "\n".join(problem.sentence for problem in problems)
            self._sheet.write_string(self.line, max(len(self._headings), len(texts)) + 1, plain(words), self._bad)
        self.line += 1

    def say_where_it_ends(self, row: int) -> None:
        """In the first column, so that nobody takes the part for the whole."""
        words = _(
            "本表只到这里：已列满 %(n)d 行，原文件第 %(row)d 行起未再列出。请先改正以上各行重新导入，再取其余的。"
        )
        self._sheet.write_string(self.line, 0, words % {"n": self.line - 1, "row": row}, self._bad)

    def _cell(self, column: int, text: str, problem: Marked | None) -> None:
        if problem is None:
            self._sheet.write_string(self.line, column, plain(text))
            return
        self._sheet.write_string(self.line, column, plain(text), self._bad)
        if self.bad < self._comments:
            self._sheet.write_comment(self.line, column, problem.sentence)


def plain(text: str) -> str:
    """Text that a workbook can hold: no control characters, not too long. write_string never makes a formula."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(ch for ch in text if ch >= " " or ch in "\n\t")[:CELL]


def template_workbook(name: str, columns: Columns) -> bytes:
    """The template: headings as text columns, and a second sheet that explains each column."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet, guide = book.add_worksheet(name), book.add_worksheet(INSTRUCTIONS)
        bold, text = (
            book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1}),
            book.add_format({"num_format": "@"}),
        )
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, len(columns.template) - 1, 20, text)
        sheet.freeze_panes(1, 0)
        guide.set_column(0, 3, 28, wrapped)
        for column, heading in enumerate((_("列名"), _("是否必填"), _("填写要求"), _("示例"))):
            guide.write_string(0, column, heading, bold)
        for place, field in enumerate(columns.by_name[name] for name in columns.template):
            sheet.write_string(0, place, field.heading, bold)
            required = _("必填") if field.required else _("选填")
            for column, cell in enumerate((field.heading, required, str(field.hint), field.example)):
                guide.write_string(place + 1, column, cell, wrapped)
    return buffer.getvalue()


def template_csv(columns: Columns) -> bytes:
    """The same headings as CSV with a byte order mark, so that spreadsheets read the Chinese."""
    text = io.StringIO()
    csv.writer(text).writerow(columns.by_name[name].heading for name in columns.template)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
