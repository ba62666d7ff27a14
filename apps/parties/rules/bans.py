"""When a ban runs, what may found one, and how long each law lets it last; the articles are in BASES."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.problems import Problem
from apps.parties.constants import BanState

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Basis:
    """A law that bars from the trade. `years`: the terms that it knows; `life`: whether it knows one without end."""

    code: str
    label: str | Promise
    years: tuple[float, ...] = ()
    life: bool = False


BASES = {
    basis.code: basis
    for basis in (
        Basis("car72", _("《认证认可条例》第七十二条（五年内不得再从事）"), (5,)),
        Basis("car62", _("《认证认可条例》第六十二条（停止执业六个月至二年）"), (0.5, 2)),
        Basis("food138", _("《食品安全法》第一百三十八条（十年；情节严重的终身）"), (10,), life=True),
        Basis("agri65", _("《农产品质量安全法》第六十五条（十年；情节严重的终身）"), (10,), life=True),
        Basis("soil90", _("《土壤污染防治法》第九十条（十年；构成犯罪的终身）"), (10,), life=True),
        Basis("seismic44", _("《建设工程抗震管理条例》第四十四条（终身）"), (), life=True),
        Basis("device96", _("《医疗器械监督管理条例》第九十六条（十年）"), (10,)),
        Basis("cosmetics71", _("《化妆品监督管理条例》第七十一条（十年）"), (10,)),
        Basis(OTHER, _("其他法律、行政法规（须写明条款）"), (), life=True),
    )
}


def state_on(starts_on: dt.date, ends_on: dt.date | None, lifted_on: dt.date | None, on: dt.date) -> BanState:
    """The state on a day. The last day still counts; the day of a lifting decision no longer does."""
    if lifted_on is not None and on >= lifted_on:
        return BanState.LIFTED
    if on < starts_on:
        return BanState.COMING
    return BanState.OVER if ends_on is not None and on > ends_on else BanState.RUNNING


def term_problems(basis: str, basis_text: str, starts_on: dt.date, ends_on: dt.date | None) -> list[Problem]:
    """A ban has an end, or a basis that knows none; and its law is named by the article."""
    law = BASES.get(basis)
    problems = []
    if law is None:
        problems.append(Problem("ban.basis", "basis", basis, _("没有这项法律依据"), _("请从列表中选择")))
    if not basis_text.strip():
        rule = _("须写明决定书所引的条款")
        problems.append(Problem("ban.article", "basis_text", "", rule, _("请照决定书抄录，例如“第七十二条第一款”")))
    if ends_on is None and law is not None and not law.life:
        rule = _("所选法律没有规定终身禁止")
        problems.append(Problem("ban.permanent", "ends_on", "", rule, _("请填写期满日期，或更正法律依据")))
    if ends_on is not None and ends_on < starts_on:
        rule = _("期满日期早于起始日期")
        problems.append(Problem("ban.reversed", "ends_on", ends_on.isoformat(), rule, _("请照决定书核对两个日期")))
    return problems


def lift_problems(starts_on: dt.date, lifted_on: dt.date, number: str, original: str, today: dt.date) -> list[Problem]:
    """Only another decision ends a ban early: it has its own number, and a day that has come."""
    problems = []
    if number.strip() == original:
        rule = _("与原决定文号相同")
        problems.append(Problem("ban.same_number", "lift_number", number, rule, _("请填写新的解除决定的文号")))
    if lifted_on < starts_on:
        rule = _("早于禁止的起始日期")
        problems.append(Problem("ban.lifted_before", "lifted_on", lifted_on.isoformat(), rule, _("请核对决定书")))
    if lifted_on > today:
        rule = _("解除日期尚未到来")
        problems.append(Problem("ban.lifted_later", "lifted_on", lifted_on.isoformat(), rule, _("请在生效当日登记")))
    return problems
