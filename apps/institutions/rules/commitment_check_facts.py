"""What a check on site asks before a step: guards over the facts of one check (rules.commitment_check). Pure."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.workflow.process import Inputs

FEWEST_CHECKERS = 2


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """One check as its guards see it. Findings are counted by verdict; `missing`: chapters without a finding."""

    checkers: int = 0
    signed: int = 0
    visit_set: bool = False
    missing: tuple[str, ...] = ()
    defects: int = 0
    false: int = 0
    unanswered: int = 0
    unsettled: int = 0
    lacking: int = 0  # of the unsettled: rechecked by an officer, who wrote what is missing
    overdue: bool = False  # the time to rectify is over
    licence_live: bool = True
    stage: str = ""


def _problem(code: str, place: str, rule: str, remedy: str) -> Problem:
    return Problem(code, place, "", rule, remedy)


def staffed(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    """Two officers at least, as for every inspection."""
    if facts.checkers >= FEWEST_CHECKERS:
        return None
    return _problem("checkers", "checkers", _("现场核查须有两名以上核查人员"), _("请指定核查人员"))


def dated(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    if facts.visit_set:
        return None
    return _problem("no_day", "visit_on", _("还没有确定核查日期"), _("请填写核查日期"))


def all_found(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    """Every chapter of the criteria has its finding."""
    if not facts.missing:
        return None
    rule = _("还没有核查结果：%(names)s") % {"names": _("、").join(facts.missing)}
    return _problem("missing", "findings", rule, _("请逐项填写核查结果"))


def all_signed(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    """Every checker signed the findings as they stand."""
    if facts.checkers and facts.signed == facts.checkers:
        return None
    rule = _("还有 %(n)s 名核查人员没有签署") % {"n": facts.checkers - facts.signed}
    return _problem("unsigned", "findings", rule, _("请全部核查人员签署"))


def nothing_wrong(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    if not facts.defects and not facts.false:
        return None
    return _problem("defects", "findings", _("核查结果不全部属实"), _("请责令整改，或者认定承诺不实"))


def only_defects(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    """Basically true: something is to be rectified, nothing is seriously untrue."""
    if facts.false:
        return _problem("false", "findings", _("核查结果有严重不实或者虚假的内容"), _("请认定承诺不实"))
    if facts.defects:
        return None
    return _problem("no_defects", "findings", _("核查结果全部属实，无需整改"), _("请认定承诺属实"))


def all_answered(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    if not facts.unanswered:
        return None
    rule = _("还有 %(n)s 项没有答复") % {"n": facts.unanswered}
    return _problem("unanswered", "findings", rule, _("请逐项说明整改情况后再提交"))


def all_settled(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    if not facts.unsettled:
        return None
    rule = _("还有 %(n)s 项整改未确认") % {"n": facts.unsettled}
    return _problem("unsettled", "findings", rule, _("请逐项确认，或者退回整改"))


def some_unsettled(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    """What goes back has to be told: at least one point is not settled."""
    if facts.unsettled:
        return None
    return _problem("settled", "findings", _("整改已全部确认，没有需要退回的内容"), _("请提交复查结果"))


def untrue(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    """Seriously untrue or false; or basically true, and not rectified in time or, as an officer wrote, in vain."""
    late = facts.stage == "rectification" and facts.overdue
    in_vain = facts.stage == "recheck" and facts.lacking > 0
    if facts.false or late or in_vain:
        return None
    rule = _("没有认定严重不实，整改期限没有届满，也没有复查不合格的记录")
    return _problem("not_untrue", "findings", rule, _("请先责令整改，逾期或者整改不合格的再认定承诺不实"))


def licence_gone(facts: CheckFacts, _inputs: Inputs) -> Problem | None:
    if not facts.licence_live:
        return None
    return _problem("live", "licence", _("许可仍然有效，核查不能终止"), _("请继续核查"))
