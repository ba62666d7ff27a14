"""What the processes about an issued certificate ask before a step: guards over facts that the app reads. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.certifications.constants import ReasonClass, SurveillanceResult
from apps.core.problems import Problem
from apps.workflow.process import Inputs

DO, DO_NOT = "do", "do_not"
YES = "yes"
# On these reasons the body finds a fact against the holder, who is heard before it suspends. The others are known from
# the calendar or from the holder, or bear no delay.
HEARD_FIRST = frozenset({ReasonClass.NONCONFORMITY, ReasonClass.SPOT_CHECK_FAILED})
WISHES = frozenset({ReasonClass.HOLDER_REQUEST})
RESULTS = (SurveillanceResult.CONFORMING, SurveillanceResult.MINOR, SurveillanceResult.MAJOR)


@dataclass(frozen=True, slots=True)
class LifeFacts:
    """One case about a certificate as its guards see it.

    `why_not`: what stands against the act today, empty if nothing does. `must`: why the act has to follow, empty where
    the body weighs it. `until`, `seasonal`: as proposed. `latest`, `latest_seasonal`: the last day that a suspension
    from today may have.
    """

    today: dt.date
    reason: str = ""
    why_not: str = ""
    must: str = ""
    ccc: bool = False
    until: dt.date | None = None
    seasonal: bool = False
    latest: dt.date | None = None
    latest_seasonal: dt.date | None = None
    suspended_until: dt.date | None = None
    asked_on: dt.date | None = None  # of a resumption: when the holder asked for it
    evidence: int = 0  # documents that the holder handed in since the body last asked
    opened_on: dt.date | None = None
    findings: tuple[str, ...] = ()  # grades of the findings written down in this case
    open_major: int = 0


def _problem(code: str, place: str, rule: str, remedy: str, value: str = "") -> Problem:
    return Problem(code, place, value, rule, remedy)


def act_open(facts: LifeFacts, _inputs: Inputs) -> Problem | None:
    """The certificate is in a status that this act may leave, for this reason."""
    if not facts.why_not:
        return None
    return _problem("act", "certificate", facts.why_not, _("请核对证书现在的状态和原因"))


def proposal_made(_facts: LifeFacts, inputs: Inputs) -> Problem | None:
    """One of two things is proposed."""
    given = str(inputs.get("proposal") or "")
    if given in ("", DO, DO_NOT):
        return None  # missing is said by the engine
    return _problem("choice", "proposal", _("处理建议只能是列出的两种之一"), _("请从列表中选择"), given)


def until_proposed(facts: LifeFacts, inputs: Inputs) -> Problem | None:
    """Whoever proposes to suspend says until when, within what the rules allow from today."""
    if inputs.get("proposal") != DO:
        return None
    given, seasonal = str(inputs.get("until") or ""), inputs.get("seasonal") == YES
    if seasonal and not (facts.ccc and facts.reason in (ReasonClass.HOLDER_REQUEST, ReasonClass.PRODUCTION_STOPPED)):
        rule = _("季节性暂停只适用于强制性产品认证，由持证人因季节性生产或者按订单生产提出")
        return _problem("seasonal", "seasonal", rule, _("请取消勾选，或者改用相应的原因"))
    latest = facts.latest_seasonal if seasonal else facts.latest
    span = _("暂停期自今日起，最迟到 %(latest)s。") % {"latest": latest}
    if not given:
        return _problem("required", "until", _("建议暂停的，必须写明暂停期限"), span)
    day = _day(given)
    if day is None:
        return _problem("day", "until", _("暂停期限不是一个日期"), _("请按 2026-01-31 的格式填写"), given)
    if latest is not None and facts.today < day <= latest:
        return None
    return _problem("until", "until", _("暂停期限超出允许范围"), span, given)


def until_holds(facts: LifeFacts, _inputs: Inputs) -> Problem | None:
    """What was proposed some days ago still lies ahead, and was proposed at all."""
    if facts.until is not None and facts.until > facts.today:
        return None
    return _problem("until", "until", _("没有提出可以执行的暂停期限"), _("请退回，重新提出处理意见"))


def may_keep(facts: LifeFacts, _inputs: Inputs) -> Problem | None:
    """What has to follow cannot be waived: the rule leaves no choice."""
    if not facts.must:
        return None
    return _problem("must", "certificate", facts.must, _("规则没有留下选择的余地，请作出相应决定"))


def in_the_period(facts: LifeFacts, _inputs: Inputs) -> Problem | None:
    """Whoever asked within the suspension is judged by that day: the body's lateness costs the holder nothing."""
    asked = facts.asked_on or facts.today
    if facts.suspended_until is None or asked <= facts.suspended_until:
        return None
    rule = _("暂停期已于 %(day)s 届满，申请在届满之后提出") % {"day": facts.suspended_until}
    return _problem("late", "certificate", rule, _("暂停期满未恢复的，发证机构必须撤销证书"))


def evidence_given(facts: LifeFacts, _inputs: Inputs) -> Problem | None:
    """A correction is shown, not only said."""
    if facts.evidence:
        return None
    return _problem("no_evidence", "evidence", _("还没有上传整改的证明材料"), _("请先上传至少一份证明材料"))


def day_planned(facts: LifeFacts, inputs: Inputs) -> Problem | None:
    """An audit is planned for a day that has not passed."""
    given = str(inputs.get("planned_on") or "")
    if not given:
        return None
    day = _day(given)
    if day is None:
        return _problem("day", "planned_on", _("审核日期不是一个日期"), _("请按 2026-01-31 的格式填写"), given)
    if day >= facts.today:
        return None
    return _problem("past", "planned_on", _("审核日期已经过去"), _("请填写今天或者以后的日期"), given)


def audit_held(facts: LifeFacts, inputs: Inputs) -> Problem | None:
    """An audit was held between the beginning of the case and today."""
    given = str(inputs.get("held_on") or "")
    if not given:
        return None
    day = _day(given)
    if day is None:
        return _problem("day", "held_on", _("审核日期不是一个日期"), _("请按 2026-01-31 的格式填写"), given)
    if day > facts.today:
        return _problem("future", "held_on", _("审核日期尚未到来"), _("请在实施后登记"), given)
    if facts.opened_on is not None and day < facts.opened_on:
        rule = _("审核日期早于本件建立之日（%(day)s）") % {"day": facts.opened_on}
        return _problem("before", "held_on", rule, _("请核对日期"), given)
    return None


def result_fits(facts: LifeFacts, inputs: Inputs) -> Problem | None:
    """The result is the gravest of what was found: no finding is left out of it, none made up by it."""
    given = str(inputs.get("result") or "")
    if not given:
        return None
    if given not in RESULTS:
        return _problem("choice", "result", _("结果只能是列出的几种之一"), _("请从列表中选择"), given)
    gravest = max((RESULTS.index(SurveillanceResult(grade)) for grade in facts.findings), default=0)
    if RESULTS.index(SurveillanceResult(given)) == gravest:
        return None
    label = SurveillanceResult(RESULTS[gravest]).label
    rule = _("已登记的不符合项表明结果应为“%(result)s”") % {"result": label}
    return _problem("result", "result", rule, _("请核对结果，或者先补充、更正不符合项"), given)


def nothing_grave_open(facts: LifeFacts, _inputs: Inputs) -> Problem | None:
    """A certificate is not kept up over a major nonconformity that nobody closed."""
    if not facts.open_major:
        return None
    rule = _("还有 %(n)s 项严重不符合没有关闭") % {"n": facts.open_major}
    return _problem("open_major", "findings", rule, _("请先验证整改并关闭，或者转暂停"))


def at_wish(facts: LifeFacts) -> bool:
    """The holder asked for it."""
    return facts.reason in WISHES


def of_office(facts: LifeFacts) -> bool:
    return not at_wish(facts)


def heard_first(facts: LifeFacts) -> bool:
    """The holder states their view before anything is proposed."""
    return facts.reason in HEARD_FIRST


def at_once(facts: LifeFacts) -> bool:
    """Nobody waits for a statement: the calendar says it, or goods endanger people."""
    return of_office(facts) and not heard_first(facts)


def after_spot_check(facts: LifeFacts) -> bool:
    """The bureau recorded a failed national spot check."""
    return facts.reason == ReasonClass.SPOT_CHECK_FAILED


def as_planned(facts: LifeFacts) -> bool:
    return not after_spot_check(facts)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
