"""What the process of matters asks before a step: guards over facts that the app reads of its own rows. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.matters.constants import BodyAnswer
from apps.workflow.process import Inputs

GRANT, REFUSE = "grant", "refuse"


@dataclass(frozen=True, slots=True)
class Facts:
    """One case as its guards see it."""

    relay: bool = False
    consults: bool = False  # the certification body is asked first
    duties: bool = False  # the decision brings duties
    gaps: tuple[str, ...] = ()  # parts of the task list that are not complete
    bars: tuple[str, ...] = ()  # why this may not be applied for now
    correction_rounds: int = 0
    open_points: int = 0  # listed, and not yet told
    unanswered: int = 0
    correction_over: bool = False  # the limit for the correction has passed
    body_answer: str = ""
    record_fault: str = ""  # why the correction cannot be written as it was asked for
    duty_gaps: tuple[str, ...] = ()  # duties that were not shown
    late: bool = False  # the limit of the duties had passed before they were shown
    submitted_on: dt.date = dt.date.min
    on: dt.date = dt.date.max


def _problem(code: str, place: str, rule: str, remedy: str, value: str = "") -> Problem:
    return Problem(code, place, value, rule, remedy)


def complete(facts: Facts, _inputs: Inputs) -> Problem | None:
    """A draft with gaps is not handed in; every gap is named at once."""
    if not facts.gaps:
        return None
    gaps = _("、").join(facts.gaps)
    return _problem("incomplete", "form", _("申请尚未填写完整：%(gaps)s") % {"gaps": gaps}, _("请按任务清单逐项补全"))


def not_barred(facts: Facts, _inputs: Inputs) -> Problem | None:
    """What closes the matter to this applicant today, with its reason."""
    if not facts.bars:
        return None
    return _problem("barred", "form", "；".join(facts.bars), _("请在障碍消除后再申请"))


def nothing_listed(facts: Facts, _inputs: Inputs) -> Problem | None:
    """What is listed as deficient is told or taken off the list before the application is accepted."""
    if not facts.open_points:
        return None
    rule = _("还有 %(n)s 项待补正内容没有告知") % {"n": facts.open_points}
    return _problem("points", "points", rule, _("请告知补正，或者将其划去"))


def something_listed(facts: Facts, _inputs: Inputs) -> Problem | None:
    """A correction tells everything at once: the list is not empty."""
    if facts.open_points:
        return None
    return _problem("no_points", "points", _("还没有列出需要补正的内容"), _("请逐项列出全部问题"))


def first_correction(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Told once, listing everything: there is no second notice of corrections."""
    if not facts.correction_rounds:
        return None
    return _problem("second_correction", "points", _("补正只能一次性告知，不能再次要求"), _("请受理，或者不予受理"))


def all_answered(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Each point has its own answer before all of them go back."""
    if not facts.unanswered:
        return None
    rule = _("还有 %(n)s 项没有答复") % {"n": facts.unanswered}
    return _problem("unanswered", "points", rule, _("请逐项答复后再提交"))


def correction_over(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Nobody is turned away for silence while they may still answer."""
    if facts.correction_over:
        return None
    return _problem("correction_runs", "points", _("补正期限还没有届满"), _("请等待申请人补正"))


def proposal_known(_facts: Facts, inputs: Inputs) -> Problem | None:
    """The reviewer proposes one of two things; a missing one is said by the engine."""
    given = str(inputs.get("proposal") or "")
    if given in ("", GRANT, REFUSE):
        return None
    return _problem("choice", "proposal", _("审查建议只能是准予或者不予"), _("请从列表中选择"), given)


def grantable_proposed(facts: Facts, inputs: Inputs) -> Problem | None:
    """A proposal to grant stands on the body's answer where the matter asks for one."""
    return body_agrees(facts, inputs) if inputs.get("proposal") == GRANT else None


def body_agrees(facts: Facts, _inputs: Inputs) -> Problem | None:
    """The record is the body's: what it does not confirm is not written over (only the body vouches for it)."""
    if not facts.consults or facts.body_answer == BodyAnswer.AGREES:
        return None
    if facts.body_answer == BodyAnswer.DISAGREES:
        return _problem("body_disagrees", "body_answer", _("认证机构不同意更正"), _("请办理不予批准并告知理由"))
    return _problem("body_silent", "body_answer", _("认证机构的答复还没有登记"), _("请先征求认证机构意见"))


def answer_known(facts: Facts, inputs: Inputs) -> Problem | None:
    """The body's answer is one of the two that are known."""
    given = str(inputs.get("body_answer") or "")
    if not given or given in BodyAnswer.values:
        return None
    return _problem("choice", "body_answer", _("没有这种答复"), _("请从列表中选择"), given)


def answer_day(facts: Facts, inputs: Inputs) -> Problem | None:
    """Nobody answers before they were asked, or tomorrow."""
    given = str(inputs.get("answered_on") or "")
    if not given:
        return None
    try:
        day = dt.date.fromisoformat(given)
    except ValueError:
        return _problem("day", "answered_on", _("答复日期不是一个日期"), _("请按 2026-01-31 的格式填写"), given)
    if facts.submitted_on <= day <= facts.on:
        return None
    rule = _("答复日期应在收件日 %(first)s 至今日 %(last)s 之间") % {"first": facts.submitted_on, "last": facts.on}
    return _problem("day", "answered_on", rule, _("请照答复文件填写"), given)


def record_unchanged(facts: Facts, _inputs: Inputs) -> Problem | None:
    """The record still says what was complained of, and may take what was asked for."""
    if not facts.record_fault:
        return None
    return _problem("record", "certificate", facts.record_fault, _("请退回审查，核对证书现在的记载"))


def duties_shown(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Every duty has its day, its account and its papers before the holder sends them; all gaps at once."""
    if not facts.duty_gaps:
        return None
    gaps = _("；").join(facts.duty_gaps)
    return _problem("duty_gaps", "duties", _("义务证明还不完整：%(gaps)s") % {"gaps": gaps}, _("请逐项补全后再提交"))


def decided_here(facts: Facts) -> bool:
    """Own or delegated competence: the bureau decides."""
    return not facts.relay


def decided_above(facts: Facts) -> bool:
    """Relay: the bureau examines first and forwards; the province decides."""
    return facts.relay


def plain(facts: Facts) -> bool:
    return not facts.duties


def grants_plainly(facts: Facts) -> bool:
    return not facts.relay and not facts.duties


def grants_with_duties(facts: Facts) -> bool:
    return not facts.relay and facts.duties


def with_duties(facts: Facts) -> bool:
    return facts.duties


def asks_body(facts: Facts) -> bool:
    return facts.consults


def in_time(facts: Facts) -> bool:
    return not facts.late


def too_late(facts: Facts) -> bool:
    return facts.late
