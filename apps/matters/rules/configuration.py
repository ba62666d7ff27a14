"""What a matter may be made of: the rows of a configuration, read and checked. Pure.

A matter is data, so that the bureau adds the next one on a page. What it can say is closed: documents, fields of five
kinds, grounds, duties. Everything wrong is said at once, each problem at its row.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.matters.constants import MAX_ROWS, DutyKind, Effect, FieldKind, FieldRule

CODE = re.compile(r"[a-z][a-z0-9_]{1,30}")
RULES_OF: dict[str, frozenset[str]] = {
    FieldKind.TEXT: frozenset({FieldRule.NONE}),
    FieldKind.NUMBER: frozenset({FieldRule.NONE, FieldRule.POSITIVE}),
    FieldKind.DATE: frozenset({FieldRule.NONE, FieldRule.PAST, FieldRule.FUTURE}),
    FieldKind.CODE: frozenset({FieldRule.CCC, FieldRule.CERTIFICATE, FieldRule.PLACE}),
    FieldKind.LINES: frozenset({FieldRule.NONE, FieldRule.CCC}),
}
# What a correction reads: which certificate, which place on it, and what should stand there.
CORRECTS = {"certificate": FieldRule.CERTIFICATE, "place": FieldRule.PLACE, "right": FieldRule.NONE}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A row with a code and a label in both languages."""

    code: str
    label: str
    label_en: str

    @property
    def shown(self) -> str:
        return self.label_en if (get_language() or "").startswith("en") else self.label


@dataclass(frozen=True, slots=True)
class Asked(Labelled):
    """A document that is asked for."""

    required: bool = True
    description: str = ""
    description_en: str = ""

    @property
    def about(self) -> str:
        return self.description_en if (get_language() or "").startswith("en") else self.description


@dataclass(frozen=True, slots=True)
class Question(Labelled):
    """A field that is asked. `unit` stands behind numbers."""

    kind: str = FieldKind.TEXT
    unit: str = ""
    required: bool = True
    rule: str = FieldRule.NONE

    @property
    def told(self) -> str:
        """Kind and rule in the reader's words."""
        words = [FieldKind(self.kind).label, FieldRule(self.rule).label if self.rule else ""]
        return " · ".join(str(word) for word in words if word)


@dataclass(frozen=True, slots=True)
class Ground(Labelled):
    """Why a matter may be granted: its article, what it demands, and whether we saw that in the law."""

    article: str = ""
    demands: str = ""
    demands_en: str = ""
    verified: bool = False

    @property
    def asks(self) -> str:
        return self.demands_en if (get_language() or "").startswith("en") else self.demands


@dataclass(frozen=True, slots=True)
class Duty(Labelled):
    """What the holder owes after the decision. `papers`: a document has to prove it."""

    kind: str = DutyKind.USE
    papers: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """The four lists of a configuration."""

    documents: tuple[Asked, ...] = ()
    fields: tuple[Question, ...] = ()
    grounds: tuple[Ground, ...] = ()
    duties: tuple[Duty, ...] = ()


SHAPES: dict[str, type[Any]] = {"documents": Asked, "fields": Question, "grounds": Ground, "duties": Duty}


def read_rows(lists: Mapping[str, Sequence[Mapping[str, Any]]]) -> Rows:
    """The lists as they are stored; names that a row does not have are not read."""
    return Rows(
        **{
            name: tuple(
                shape(**{key: value for key, value in row.items() if key in shape.__dataclass_fields__})
                for row in lists.get(name, ())
            )
            for name, shape in SHAPES.items()
        }
    )


def row_problems(rows: Rows, effect: str) -> list[Problem]:
    """Everything that is wrong with the lists of a configuration."""
    found = [*_list_problems(rows)]
    for n, question in enumerate(rows.fields):
        if question.kind not in RULES_OF or question.rule not in RULES_OF[question.kind]:
            rule = _("字段“%(label)s”的种类与规则不能搭配") % {"label": question.label}
            found.append(_problem("rule", f"fields-{n}", question.rule, rule, _("请按页面说明选择规则")))
    if sum(question.kind == FieldKind.LINES for question in rows.fields) > 1:
        found.append(_problem("lines", "fields", "", _("一个事项最多有一份清单"), _("请合并清单")))
    if effect == Effect.CORRECT:
        have = {question.code: question.rule for question in rows.fields if question.required}
        missing = [code for code, rule in CORRECTS.items() if have.get(code) != rule]
        if missing:
            rule = _("更正证书信息的事项必须有字段：%(codes)s") % {"codes": _("、").join(missing)}
            found.append(_problem("corrects", "fields", "", rule, _("请补上这些必填字段")))
    return found


def _list_problems(rows: Rows) -> Iterable[Problem]:
    for name in SHAPES:
        listed: tuple[Labelled, ...] = getattr(rows, name)
        if len(listed) > MAX_ROWS:
            yield _problem("many", name, str(len(listed)), _("最多 %(n)s 行") % {"n": MAX_ROWS}, _("请精简"))
        for code, n in Counter(row.code for row in listed).items():
            if n > 1:
                yield _problem("twice", name, code, _("代码“%(code)s”重复") % {"code": code}, _("请改用不同代码"))
        for n, row in enumerate(listed):
            if not CODE.fullmatch(row.code):
                rule = _("代码由小写字母开头，只含小写字母、数字和下划线，2 至 31 位")
                yield _problem("code", f"{name}-{n}", row.code, rule, _("例如 use_proof"))
            if not row.label.strip() or not row.label_en.strip():
                yield _problem("label", f"{name}-{n}", row.code, _("中文和英文名称都要填写"), _("请补全名称"))


def day_problems(first: dt.date | None, last: dt.date | None, on: dt.date) -> list[Problem]:
    """From when and to when a version holds: never for days that have passed."""
    if first is None:
        return [_problem("required", "effective_from", "", _("生效日期必须填写"), _("请填写今天或者以后的日期"))]
    if first < on:
        return [_problem("past", "effective_from", str(first), _("生效日期不能早于今天"), _("请改为今天或者以后"))]
    if last is not None and last < first:
        return [_problem("order", "effective_to", str(last), _("失效日期早于生效日期"), _("请核对两个日期"))]
    return []


def limit_problems(codes: Mapping[str, str], known: Iterable[str]) -> list[Problem]:
    """A limit of a matter is one that the clock knows, and of the stage for which it stands."""
    found, names = [], set(known)
    for place, code in codes.items():
        stage = place.removeprefix("limit_").upper()
        parts = code.split(".")
        if parts[0] != "MATTER" or parts[-1] != stage or len(parts) not in (2, 3) or code not in names:
            rule = _("“%(code)s”不是这一环节的时限") % {"code": code}
            remedy = _("请选择 MATTER.%(stage)s，或者先登记 MATTER.….%(stage)s 的时限") % {"stage": stage}
            found.append(_problem("limit", place, code, rule, remedy))
    return found


def _problem(code: str, place: str, value: str, rule: str, remedy: str) -> Problem:
    return Problem(code, place, value, rule, remedy)
