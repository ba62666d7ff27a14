"""What the guards of the application read, and the guards: each says what is missing, by which rule, and what to do."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.certifications.rules import next_validity, number_key
from apps.certifying.constants import Kind, Stage
from apps.certifying.rules.stages import STATE_OF, stages, states
from apps.core.problems import Problem
from apps.workflow.process import Applies, Guard, Inputs

NUMBER_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Facts:
    """An application as the table sees it. `gaps`: what is not filled in; `obstacles`: what the scheme has against it;
    `unfit_body`: why the chosen body cannot take it; `told_first`: points of one kind were told before.
    """

    group: str
    shape: int
    kind: str
    on: dt.date
    gaps: tuple[str, ...] = ()
    obstacles: tuple[Problem, ...] = ()
    unfit_body: str = ""
    untold: int = 0
    unanswered: int = 0
    unsettled: int = 0
    completions_told: bool = False
    planned: bool = False
    led: bool = False
    barred_team: tuple[Problem, ...] = ()
    reported: frozenset[str] = frozenset()
    advice: str = ""
    validity_months: int = 36
    keeps_number: bool = False
    predecessor_number: str = ""
    predecessor_ends: dt.date | None = None
    predecessor_status: str = ""
    taken_numbers: frozenset[str] = frozenset()

    @property
    def stages(self) -> tuple[Stage, ...]:
        return stages(self.group, self.shape, self.kind)

    @property
    def states(self) -> tuple[str, ...]:
        return states(self.group, self.shape, self.kind)

    @property
    def adds_period(self) -> bool:
        """Recertified under the unchanged number: one more period of the same certificate."""
        return self.kind == Kind.RECERTIFICATION and self.keeps_number and bool(self.predecessor_number)


def begins_with(state: str) -> Applies:
    """Schemes whose first examination is done in that state."""

    def applies(facts: Facts) -> bool:
        return facts.states[0] == state

    return applies


def goes_on(state: str, to: str) -> Applies:
    """Schemes in which one examination is followed by the other."""

    def applies(facts: Facts) -> bool:
        return (state, to) in zip(facts.states, facts.states[1:], strict=False)

    return applies


def makes_new_certificate(facts: Facts) -> bool:
    return facts.kind != Kind.SCOPE and not facts.adds_period


def adds_period(facts: Facts) -> bool:
    return facts.adds_period


def changes_scope(facts: Facts) -> bool:
    return facts.kind == Kind.SCOPE


def is_organic(facts: Facts) -> bool:
    return facts.group == "organic"


def is_ccc(facts: Facts) -> bool:
    return facts.group == "ccc"


def complete(facts: Facts, inputs: Inputs) -> Problem | None:
    if not facts.gaps:
        return None
    missing = _("、").join(facts.gaps)
    return Problem("incomplete", "tasks", missing, _("还有未填的内容：%(gaps)s") % {"gaps": missing}, _("请补全后提交"))


def nothing_against(facts: Facts, inputs: Inputs) -> Problem | None:
    """What the scheme's own rules have against it (schemes.may_apply): the first one; the page lists all."""
    return facts.obstacles[0] if facts.obstacles else None


def body_fits(facts: Facts, inputs: Inputs) -> Problem | None:
    if not facts.unfit_body:
        return None
    return Problem("body", "body", "", facts.unfit_body, _("请另选认证机构"))


def nothing_untold(facts: Facts, inputs: Inputs) -> Problem | None:
    if not facts.untold:
        return None
    rule = _("已列出 %(n)s 项尚未告知申请人的内容") % {"n": facts.untold}
    return Problem("listed", "points", str(facts.untold), rule, _("请告知申请人，或者先划去"))


def something_untold(facts: Facts, inputs: Inputs) -> Problem | None:
    if facts.untold:
        return None
    return Problem("nothing_listed", "points", "", _("还没有列出任何一项"), _("请先逐项列出"))


def asked_once(facts: Facts, inputs: Inputs) -> Problem | None:
    """Everything that is missing is asked for once."""
    if not facts.completions_told:
        return None
    rule = _("需要补充的内容只能一次性告知")
    return Problem("second_time", "points", "", rule, _("请受理，或者说明理由不予受理"), barred=True)


def all_answered(facts: Facts, inputs: Inputs) -> Problem | None:
    if not facts.unanswered:
        return None
    rule = _("还有 %(n)s 项没有答复") % {"n": facts.unanswered}
    return Problem("unanswered", "points", str(facts.unanswered), rule, _("请逐项答复后提交"))


def all_settled(facts: Facts, inputs: Inputs) -> Problem | None:
    """No advice to certify while a non-conformity is open."""
    if not facts.unsettled:
        return None
    rule = _("还有 %(n)s 项不符合没有关闭") % {"n": facts.unsettled}
    return Problem("unsettled", "points", str(facts.unsettled), rule, _("请验证整改后逐项关闭，或者要求整改"))


def planned(facts: Facts, inputs: Inputs) -> Problem | None:
    if facts.planned:
        return None
    return Problem("unplanned", "plan", "", _("还没有审核计划"), _("请填写审核日期和人日"))


def led(facts: Facts, inputs: Inputs) -> Problem | None:
    if facts.led:
        return None
    return Problem("no_leader", "team", "", _("审核组还没有组长"), _("请指定一名审核组长"))


def nobody_barred(facts: Facts, inputs: Inputs) -> Problem | None:
    return facts.barred_team[0] if facts.barred_team else None


def reported(state: str) -> Guard:
    """The examinations of a state were written up."""

    def guard(facts: Facts, inputs: Inputs) -> Problem | None:
        here = {str(stage) for stage in facts.stages if STATE_OF[stage] == state}
        return None if here <= facts.reported else _unreported(facts)

    return guard


def everything_reported(facts: Facts, inputs: Inputs) -> Problem | None:
    return None if {*map(str, facts.stages)} <= facts.reported else _unreported(facts)


def _unreported(facts: Facts) -> Problem:
    missing = _("、").join(str(stage.label) for stage in facts.stages if stage not in facts.reported)
    rule = _("还没有登记结果：%(stages)s") % {"stages": missing}
    return Problem("unreported", "stages", missing, rule, _("请先登记审核、检查或者检测的结果"))


def advised(facts: Facts, inputs: Inputs) -> Problem | None:
    if facts.advice == "grant":
        return None
    return Problem(
        "advice", "advice", facts.advice, _("审核组没有推荐认证"), _("请退回审核组，或者不予认证"), barred=True
    )


def number_free(facts: Facts, inputs: Inputs) -> Problem | None:
    """The body's own number, which it has not given before."""
    number = str(inputs.get("certificate_number", ""))
    key = number_key(number)
    if not key or len(number) > NUMBER_LENGTH:
        rule = _("证书编号为 1 至 64 个字符")
        return Problem("number", "certificate_number", number[:NUMBER_LENGTH], rule, _("请填写本机构编列的证书编号"))
    if key in facts.taken_numbers:
        rule = _("本机构已有这一证书编号")
        return Problem("number_known", "certificate_number", number, rule, _("请核对编号"))
    return None


def term_holds(facts: Facts, inputs: Inputs) -> Problem | None:
    """No longer than the scheme allows; not before today, which is the day of the decision, unless a period goes on."""
    days = [_day(inputs.get(name)) for name in ("valid_from", "valid_to")]
    if None in days:
        return Problem("day", "valid_to", "", _("有效期应当是日期"), _("如 2026-11-24"))
    first, last = days
    assert first is not None, "both are days"
    assert last is not None, "both are days"
    latest = next_validity(first, facts.validity_months)
    if not first <= last <= latest:
        rule = _("有效期最长 %(months)s 个月，最迟至 %(latest)s")
        said = rule % {"months": facts.validity_months, "latest": latest.isoformat()}
        return Problem("term", "valid_to", last.isoformat(), said, _("请核对有效期"))
    if first < facts.on:
        remedy = _("请填写今天或者以后的日期")
        return Problem("past", "valid_from", first.isoformat(), _("有效期不能早于认证决定之日开始"), remedy)
    return None


def in_time(facts: Facts, inputs: Inputs) -> Problem | None:
    """Recertification is finished before the certificate expires, or one starts over (QMS); where the number is kept,
    the register takes the new period even after."""
    ends = facts.predecessor_ends
    if facts.kind != Kind.RECERTIFICATION or facts.keeps_number or ends is None or facts.on <= ends:
        return None
    rule = _("原证书已于 %(day)s 到期，再认证未在到期前完成") % {"day": ends.isoformat()}
    return Problem("expired", "predecessor", ends.isoformat(), rule, _("请按初次认证重新申请"), barred=True)


def predecessor_lives(facts: Facts, inputs: Inputs) -> Problem | None:
    """Nothing is built on a certificate that was revoked or cancelled."""
    if facts.predecessor_status not in ("revoked", "cancelled"):
        return None
    rule = _("原证书已被撤销或者注销")
    return Problem("predecessor", "predecessor", facts.predecessor_status, rule, _("请按初次认证申请"), barred=True)


def _day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None
