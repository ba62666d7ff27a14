"""What the parameters of a paper must be. Pure: a table of fields, and the problems of some values."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _

from apps.core.problems import Problem


class Form(Enum):
    """The shape of a parameter. All are plain JSON."""

    TEXT = "one line or paragraph"
    DAY = "a date, YYYY-MM-DD"
    URL = "an http(s) address"
    LIST = "a list of texts"
    ROWS = "a list of objects, each with every column a text"


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter. `most`: characters of a text, or entries of a list; a cell or an entry has at most 2,000."""

    name: str
    label: Any
    form: Form = Form.TEXT
    required: bool = True
    most: int = 500
    columns: tuple[str, ...] = ()


ENTRY = 2_000


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of document that the portal makes. `revision` grows when its words change."""

    code: str
    label: Any
    fields: tuple[Field, ...]
    revision: int = 1

    def problems(self, params: Mapping[str, Any]) -> list[Problem]:
        """Everything wrong with the parameters, at once."""
        known = {field.name for field in self.fields}
        found = [
            _problem("paper.unknown", name, "", _("该文书没有这个参数"), _("请去掉这个参数"))
            for name in sorted(set(params) - known)
        ]
        for field in self.fields:
            found += _field_problems(field, params.get(field.name))
        return found


def texts_of(value: Any) -> list[str]:
    """Every text inside plain JSON, keys left out."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for part in value.values() for text in texts_of(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in texts_of(part)]
    return []


def _field_problems(field: Field, value: Any) -> list[Problem]:
    if value in (None, "", []):
        missing = _problem("paper.missing", field.name, "", _("缺少“%(label)s”"), _("请补充后重新生成"), field)
        return [missing] if field.required else []
    return _CHECKS[field.form](field, value)


def _text_problems(field: Field, value: Any) -> list[Problem]:
    return _text(field, field.name, value, field.most)


def _text(field: Field, place: str, value: Any, most: int) -> list[Problem]:
    if not isinstance(value, str):
        return [_problem("paper.form", place, str(value), _("“%(label)s”须为文字"), _("请改为文字"), field)]
    if len(value) > most:
        rule = _("“%(label)s”最长%(n)d字") % {"label": field.label, "n": most}
        return [_problem("paper.long", place, value[:50], rule, _("请缩短后重新生成"))]
    if any(unicodedata.category(ch) in ("Cc", "Cs", "Cn") and ch != "\n" for ch in value):
        return [_problem("paper.control", place, "", _("“%(label)s”含控制字符"), _("请删去不可见字符"), field)]
    return []


def _day_problems(field: Field, value: Any) -> list[Problem]:
    try:
        dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return [_problem("paper.day", field.name, str(value)[:50], _("“%(label)s”须为日期"), _("如 2026-07-01"), field)]
    return []


def _url_problems(field: Field, value: Any) -> list[Problem]:
    if not isinstance(value, str) or not value.startswith(("https://", "http://")) or len(value) > 300:
        rule = _("“%(label)s”须为网址")
        return [_problem("paper.url", field.name, str(value)[:50], rule, _("请填写完整网址"), field)]
    return _text(field, field.name, value, 300)


def _list_problems(field: Field, value: Any) -> list[Problem]:
    if not isinstance(value, list) or len(value) > field.most:
        rule = _("“%(label)s”须为列表，最多%(n)d项") % {"label": field.label, "n": field.most}
        return [_problem("paper.list", field.name, "", rule, _("请分开填写或减少条目"))]
    return [problem for n, text in enumerate(value, 1) for problem in _text(field, f"{field.name} {n}", text, ENTRY)]


def _row_problems(field: Field, value: Any) -> list[Problem]:
    if not isinstance(value, list) or len(value) > field.most:
        rule = _("“%(label)s”须为表格，最多%(n)d行") % {"label": field.label, "n": field.most}
        return [_problem("paper.rows", field.name, "", rule, _("请减少行数"))]
    found: list[Problem] = []
    for n, row in enumerate(value, 1):
        if not isinstance(row, Mapping) or set(row) != set(field.columns):
            rule, remedy = _("“%(label)s”第%(n)d行的列不符"), _("列须为：%(columns)s")
            said = {"label": field.label, "n": n, "columns": "、".join(field.columns)}
            found.append(_problem("paper.row", f"{field.name} {n}", "", rule % said, remedy % said))
            continue
        for column in field.columns:
            found += _text(field, f"{field.name} {n} {column}", row[column], ENTRY)
    return found


_CHECKS = {
    Form.TEXT: _text_problems,
    Form.DAY: _day_problems,
    Form.URL: _url_problems,
    Form.LIST: _list_problems,
    Form.ROWS: _row_problems,
}


def _problem(code: str, place: str, value: str, rule: str, remedy: str, field: Field | None = None) -> Problem:
    return Problem(code, place, value, rule % {"label": field.label} if field else rule, remedy)
