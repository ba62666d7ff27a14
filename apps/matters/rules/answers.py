"""Whether what an applicant wrote answers what a matter asks. Pure; registers are handed in."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.matters.constants import MAX_LINES, FieldKind, FieldRule
from apps.matters.rules.configuration import Question

LINE = ("code", "name", "model", "quantity", "unit")
MOST_TEXT, MOST_CELL = 2_000, 200
MOST = Decimal("999999999")


@dataclass(frozen=True, slots=True)
class Registers:
    """What codes are asked against: the catalogue of the day, the applicant's own certificates, correctable places."""

    on: dt.date
    ccc: Collection[str] = ()
    certificates: Collection[str] = ()
    places: Collection[str] = ()


def is_empty(value: Any) -> bool:
    return value in (None, "", [])


def answer_problems(question: Question, value: Any, registers: Registers) -> list[Problem]:
    """What is wrong with one answer; nothing is wrong with a gap, which the task list names."""
    if is_empty(value):
        return []
    if question.kind == FieldKind.LINES:
        return _line_problems(question, value, registers)
    text = str(value)
    if question.kind == FieldKind.NUMBER:
        return _number_problems(question, text)
    if question.kind == FieldKind.DATE:
        return _date_problems(question, text, registers.on)
    if question.kind == FieldKind.CODE:
        known = {
            FieldRule.CCC: registers.ccc,
            FieldRule.CERTIFICATE: registers.certificates,
            FieldRule.PLACE: registers.places,
        }
        if text not in known.get(FieldRule(question.rule), ()):
            return [_problem("code", question, text, _("没有这个代码"), _("请从列表中选择"))]
        return []
    if len(text) > MOST_TEXT:
        rule = _("不能超过 %(most)s 字") % {"most": MOST_TEXT}
        return [_problem("long", question, text[:20], rule, _("请精简，详情作为材料上传"))]
    return []


def _number_problems(question: Question, text: str) -> list[Problem]:
    number = number_of(text)
    if number is None:
        return [_problem("number", question, text, _("不是一个数字"), _("请填写数字，不带单位"))]
    if number > MOST or (question.rule == FieldRule.POSITIVE and number <= 0):
        return [_problem("range", question, text, _("数字应大于零并且不过大"), _("请核对"))]
    return []


def _date_problems(question: Question, text: str, on: dt.date) -> list[Problem]:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return [_problem("date", question, text, _("不是一个日期"), _("请按 2026-01-31 的格式填写"))]
    if question.rule == FieldRule.PAST and day > on:
        return [_problem("date", question, text, _("日期不能晚于今天"), _("请核对"))]
    if question.rule == FieldRule.FUTURE and day < on:
        return [_problem("date", question, text, _("日期不能早于今天"), _("请核对"))]
    return []


def _line_problems(question: Question, lines: Any, registers: Registers) -> list[Problem]:
    if not isinstance(lines, list) or len(lines) > MAX_LINES:
        rule = _("清单最多 %(most)s 行") % {"most": MAX_LINES}
        return [_problem("lines", question, "", rule, _("请合并或者分件申请"))]
    found = []
    for n, line in enumerate(lines, 1):
        found += [_at_line(question, n, *fault) for fault in _faults(question, line, registers)]
    return found


def _faults(question: Question, line: Mapping[str, str], registers: Registers) -> list[tuple[str, str, str]]:
    """(value, rule, remedy) of every fault of one line."""
    found = []
    if question.rule == FieldRule.CCC and line.get("code") not in registers.ccc:
        rule = _("产品代码不在现行强制性产品认证目录内")
        found.append((str(line.get("code", "")), rule, _("请从目录中选择；不在目录内的不需要免办")))
    if not str(line.get("name", "")).strip():
        found.append(("", _("名称必须填写"), _("请照发票或者合同填写")))
    quantity = number_of(str(line.get("quantity", "")))
    if quantity is None or not 0 < quantity <= MOST:
        found.append((str(line.get("quantity", "")), _("数量应是大于零的数字"), _("请核对数量")))
    if not str(line.get("unit", "")).strip():
        found.append(("", _("单位必须填写"), _("例如：台")))
    long = [str(line.get(name, ""))[:20] for name in LINE if len(str(line.get(name, ""))) > MOST_CELL]
    found += [(text, _("内容过长"), _("请精简")) for text in long]
    return found


def number_of(text: str) -> Decimal | None:
    """A plain decimal number of at most twenty characters, or None: no exponents, no infinities."""
    if len(text) > 20 or not text.isascii():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and "E" not in text.upper() else None


def _problem(code: str, question: Question, value: str, rule: str, remedy: str) -> Problem:
    return Problem(
        code, question.code, value, _("%(label)s：%(rule)s") % {"label": question.shown, "rule": rule}, remedy
    )


def _at_line(question: Question, n: int, value: str, rule: str, remedy: str) -> Problem:
    told = _("第 %(n)s 行%(rule)s") % {"n": n, "rule": _("：") + rule}
    return _problem("line", question, value, told, remedy)
