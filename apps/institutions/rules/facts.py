"""What the licence process asks before a step: guards over facts that the app reads of its own rows. Pure.

Each guard says one thing that must hold, with its reason; a step lists the guards that it needs (rules.licensing).
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.institutions.rules.licence import BadNumber, parse_number
from apps.workflow.process import Inputs

GRANT, REFUSE = "grant", "refuse"
# False material or concealed facts (ALL 78): in a matter of safety, which bars for a year, or in another.
IN_SAFETY, ELSEWHERE = "safety", "other"


@dataclass(frozen=True, slots=True)
class Opinion:
    """Who of the review team signed, as what, and when; `sequence` orders signatures beyond any clock.

    `same_team`: nobody joined or left the team since.
    """

    leader: bool
    sequence: int | None
    same_team: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """One application as its guards see it."""

    relay: bool = False
    review: bool = True
    gaps: tuple[str, ...] = ()  # parts of the task list that are not complete
    bars: tuple[str, ...] = ()  # why this may not be applied for now
    correction_rounds: int = 0
    open_demands: int = 0  # listed and not yet told to the applicant, or told and not settled
    unanswered: int = 0
    unsettled: int = 0
    review_from: dt.date | None = None
    review_days: int | None = None
    opinions: tuple[Opinion, ...] = ()
    submitted_on: dt.date = dt.date.min  # a draft has no such day, and nobody answers it
    on: dt.date = dt.date.max  # today
    paper_done: bool = False
    paper_failed: bool = False
    commitment: bool = False  # the informed-commitment route was chosen (rules.commitment_guards)
    route_refusals: tuple[str, ...] = ()  # why that route is closed today
    signed: bool = False  # the commitment was signed, for the application as it now stands
    signed_before: bool = False  # it was signed, and the application changed since
    commitment_paper: bool = False
    licence_fault: str = ""  # why the licence that is to be changed or renewed does not carry it, asked at the decision
    order_fault: str = ""  # the order to rectify that stands on the licence to be renewed, asked at the decision
    barred: tuple[str, ...] = ()  # people under a ban whom the application names, asked at the decision
    ended: str = ""  # by which act the licence ended between the decision and the seal
    makes_licence: bool = False  # a grant makes a licence of its own number; any other changes the one there is


def _problem(code: str, place: str, rule: str, remedy: str, value: str = "") -> Problem:
    return Problem(code, place, value, rule, remedy)


def complete(facts: Facts, _inputs: Inputs) -> Problem | None:
    """A draft with gaps is not handed in; every gap is named at once."""
    if not facts.gaps:
        return None
    gaps = _("、").join(facts.gaps)
    return _problem("incomplete", "form", _("申请尚未填写完整：%(gaps)s") % {"gaps": gaps}, _("请按任务清单逐项补全"))


def not_barred(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Locks after false material or fraud (ALL 78, 79), a running ban, another open application for the same."""
    if not facts.bars:
        return None
    return _problem("barred", "form", "；".join(facts.bars), _("请在障碍消除后再申请"))


def nothing_listed(facts: Facts, _inputs: Inputs) -> Problem | None:
    """What is listed as deficient is told or taken off the list before the application is accepted."""
    if not facts.open_demands:
        return None
    rule = _("还有 %(n)s 项待补正内容未告知或者未解决") % {"n": facts.open_demands}
    return _problem("demands", "demands", rule, _("请告知补正，或者将其划去"))


def something_listed(facts: Facts, _inputs: Inputs) -> Problem | None:
    """A correction tells everything at once (ALL 32): the list is not empty."""
    if facts.open_demands:
        return None
    return _problem("no_demands", "demands", _("还没有列出需要补正的内容"), _("请逐项列出全部问题"))


def first_correction(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Told once, listing everything (ALL 32): there is no second notice of corrections."""
    if not facts.correction_rounds:
        return None
    return _problem(
        "second_correction", "demands", _("补正只能一次性告知，不能再次要求补正"), _("请受理，或者不予受理")
    )


def all_answered(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Each demand has its own answer before all of them go back."""
    if not facts.unanswered:
        return None
    rule = _("还有 %(n)s 项没有答复") % {"n": facts.unanswered}
    return _problem("unanswered", "demands", rule, _("请逐项答复后再提交"))


def all_settled(facts: Facts, _inputs: Inputs) -> Problem | None:
    """The leader accepts each rectification before the review is concluded."""
    if not facts.unsettled:
        return None
    rule = _("还有 %(n)s 项整改未确认") % {"n": facts.unsettled}
    return _problem("unsettled", "demands", rule, _("请逐项确认整改结果"))


def planned(facts: Facts, _inputs: Inputs) -> Problem | None:
    """The applicant is told how long the review takes (ALL 45): it has a first day and a length."""
    if facts.review_from and facts.review_days:
        return None
    return _problem("no_plan", "plan", _("技术评审方案没有确定开始日期和所需时间"), _("请先填写评审方案"))


def team_named(facts: Facts, _inputs: Inputs) -> Problem | None:
    """A leader and at least one expert, of those who did not step back."""
    leaders = sum(opinion.leader for opinion in facts.opinions)
    if leaders == 1 and len(facts.opinions) > 1:
        return None
    return _problem("no_team", "team", _("评审组须有一名组长和至少一名评审员"), _("请指定评审组成员"))


def signed_in_order(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Every expert signs, then the leader: on those opinions as they stand, of the team as it stands."""
    if any(opinion.sequence is None for opinion in facts.opinions if not opinion.leader):
        return _problem("unsigned", "opinions", _("还有评审员没有签署意见"), _("请等待全部评审员签署"))
    leader = next((opinion.sequence for opinion in facts.opinions if opinion.leader and opinion.same_team), None)
    latest = max((opinion.sequence or 0 for opinion in facts.opinions if not opinion.leader), default=0)
    if leader is None or leader < latest:
        return _problem(
            "leader_unsigned",
            "opinions",
            _("组长意见尚未签署，或者在其后评审员的意见、评审组的成员有变动"),
            _("请组长重新签署评审结论"),
        )
    return None


def proposal_known(_facts: Facts, inputs: Inputs) -> Problem | None:
    """The reviewer proposes one of two things."""
    if inputs.get("proposal") in (None, "", GRANT, REFUSE):
        return None  # missing is said by the engine
    given = str(inputs["proposal"])
    return _problem("choice", "proposal", _("审查建议只能是准予或者不予许可"), _("请选择准予或者不予许可"), given)


def false_material_known(_facts: Facts, inputs: Inputs) -> Problem | None:
    """Whether it is refused for false material is one of three things."""
    given = str(inputs.get("false_material") or "")
    if given in ("", IN_SAFETY, ELSEWHERE):
        return None
    return _problem("choice", "false_material", _("没有这个选项"), _("请从列表中选择"), given)


def answer_sound(facts: Facts, inputs: Inputs) -> Problem | None:
    """The province's answer as it was recorded: a day since the submission, and a licence number of twelve digits."""
    if inputs.get("answered_on") and (problem := _answer_day(facts, str(inputs["answered_on"]))):
        return problem
    try:
        parse_number(str(inputs.get("licence_number") or "262400000001"))
    except BadNumber:
        given = str(inputs["licence_number"])
        return _problem("number", "licence_number", _("证书编号应为十二位数字"), _("请核对省局的证书"), given)
    return None


def licence_carries(facts: Facts, _inputs: Inputs) -> Problem | None:
    """What died on the way is not put in force again by a decision on a change; every desk can still refuse it."""
    if not facts.licence_fault:
        return None
    return _problem("licence_dead", "licence", facts.licence_fault, _refuse_or_anew())


def no_order_open(facts: Facts, _inputs: Inputs) -> Problem | None:
    """A licence whose order to rectify is not over is not renewed: the new one would hold as if nothing was found."""
    if not facts.order_fault:
        return None
    remedy = _("请先办结责令改正（复查合格后恢复有效）再作决定；不再符合许可条件的，请办理不予许可")
    return _problem("order_open", "licence", facts.order_fault, remedy)


def nobody_barred(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Nobody under a ban becomes a signatory, a head or a representative by a decision."""
    if not facts.barred:
        return None
    return _problem("person_barred", "form", "；".join(facts.barred), _refuse_or_anew())


def _refuse_or_anew() -> str:
    return _("请办理不予许可并告知理由，或者由申请人撤回本件后重新申请")


def _answer_day(facts: Facts, given: str) -> Problem | None:
    """From the answer's day the licence runs: nobody answers before they were asked, or tomorrow."""
    try:
        day = dt.date.fromisoformat(given)
    except ValueError:
        return _problem("day", "answered_on", _("答复日期不是一个日期"), _("请按 2026-01-31 的格式填写"), given)
    if facts.submitted_on <= day <= facts.on:
        return None
    rule = _("答复日期应在收件日 %(first)s 至今日 %(last)s 之间") % {"first": facts.submitted_on, "last": facts.on}
    return _problem("day", "answered_on", rule, _("请照省局的答复填写"), given)


def number_given(facts: Facts, inputs: Inputs) -> Problem | None:
    """A licence that the province grants has the province's number; a change keeps the number it has."""
    if not facts.makes_licence or str(inputs.get("licence_number") or "").strip():
        return None
    return _problem("required", "licence_number", _("此项必须填写"), _("请照省局颁发的证书填写证书编号"))


def licence_stands(facts: Facts, _inputs: Inputs) -> Problem | None:
    """No certificate leaves the house for a licence that was revoked or cancelled meanwhile."""
    if not facts.ended:
        return None
    return _problem("licence_ended", "licence", facts.ended, _("不能再用印发证，请办理终止发证"))


def licence_ended(facts: Facts, _inputs: Inputs) -> Problem | None:
    """What was granted is issued, unless the licence ended in between."""
    if facts.ended:
        return None
    return _problem("licence_stands", "licence", _("资质认定没有被撤销或者注销"), _("请用印发证"))


def paper_ready(facts: Facts, _inputs: Inputs) -> Problem | None:
    """Nothing is sealed that is not there: the certificate was typeset and stored."""
    if facts.paper_done:
        return None
    if facts.paper_failed:
        return _problem("paper_failed", "certificate", _("证书生成失败"), _("请查看失败原因，改正后重新生成"))
    return _problem("paper_waits", "certificate", _("证书尚未生成"), _("请稍候刷新本页"))


def needs_review(facts: Facts) -> bool:
    return facts.review


def needs_no_review(facts: Facts) -> bool:
    return not facts.review


def decided_here(facts: Facts) -> bool:
    """Own or delegated competence: the bureau decides, and its seal follows."""
    return not facts.relay


def decided_above(facts: Facts) -> bool:
    """Relay: the bureau examines first and forwards; the province decides."""
    return facts.relay
