"""A small process, known to these tests only: enough of one to exercise every column of a table."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language

from apps.accounts.constants import Role
from apps.core.problems import Problem
from apps.workflow.process import APPLICANT, CLOCK, HOLDER, Inputs, Process, State, step

ENGLISH = {
    "示例业务": "Sample process",
    "首次": "First",
    "延续": "Renewal",
    "草稿": "Draft",
    "待受理": "To be accepted",
    "待补正": "To be completed",
    "审查中": "Under review",
    "待审批": "To be decided",
    "已准予": "Granted",
    "不予许可": "Refused",
    "已撤回": "Withdrawn",
    "提交": "Submit",
    "申请已提交。": "The application was submitted.",
    "受理": "Accept",
    "申请已受理。": "The application was accepted.",
    "告知补正": "Ask for completion",
    "申请需要补正。": "The application must be completed.",
    "提交补正": "Hand in completion",
    "补正材料已提交。": "The missing papers were handed in.",
    "视为受理": "Deemed accepted",
    "逾期未作答复，申请视为受理。": "No answer came in time; the application is deemed accepted.",
    "审查通过": "Conclude the review",
    "审查已完成。": "The review is concluded.",
    "退回审查": "Return to review",
    "审批人员退回审查。": "The approver returned the file to review.",
    "准予": "Grant",
    "决定准予许可。": "The licence was granted.",
    "决定作出后即公示，不能撤回。": "The decision is published at once and cannot be taken back.",
    "决定不予许可。": "The licence was refused.",
    "撤回申请": "Withdraw",
    "申请人撤回申请。": "The applicant withdrew the application.",
}


def _(text: str) -> Any:
    """A text of the table in the language of the page, without a catalogue for tests."""
    return lazy(lambda: ENGLISH[text] if (get_language() or "").startswith("en") else text, str)()


CLERK, REVIEWER, APPROVER, LEADER = Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER, Role.LEADER
ACCEPT_LIMIT, DECIDE_LIMIT = "CMA.ACCEPT", "CMA.DECIDE"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards of the sample read: whether the form is complete, and the route."""

    complete: bool = True
    quick: bool = False


def complete_form(facts: Facts, inputs: Inputs) -> Problem | None:
    """A form with gaps is not submitted."""
    if facts.complete:
        return None
    return Problem("incomplete", "form", "", "申请表还有未填的项目", "请补全后再提交")


def score_in_range(facts: Facts, inputs: Inputs) -> Problem | None:
    """The score of a review lies between 0 and 100."""
    score = inputs.get("score")
    if score in (None, "") or 0 <= int(score) <= 100:
        return None
    return Problem("range", "score", str(score), "评分应在 0 到 100 之间", "请核对评分")


SAMPLE = Process(
    "sample",
    label=_("示例业务"),
    prefix="SL",
    start="draft",
    matters={"first": _("首次"), "renewal": _("延续")},
    states=(
        State("draft", _("草稿"), waits=True),
        State("submitted", _("待受理")),
        State("correction", _("待补正"), waits=True),
        State("accepted", _("审查中")),
        State("concluded", _("待审批")),
        State("granted", _("已准予"), final=True),
        State("refused", _("不予许可"), final=True),
        State("withdrawn", _("已撤回"), final=True),
    ),
    steps=(
        step(
            "submit",
            "draft",
            "submitted",
            by=APPLICANT,
            label=_("提交"),
            message=_("申请已提交。"),
            needs=[complete_form],
            starts=ACCEPT_LIMIT,
            tells=[CLERK],
        ),
        step(
            "accept",
            "submitted",
            "accepted",
            by=CLERK,
            label=_("受理"),
            message=_("申请已受理。"),
            stops=ACCEPT_LIMIT,
            starts=DECIDE_LIMIT,
            tells=[APPLICANT],
            basis="行政许可法第三十二条",
        ),
        step(
            "correct",
            "submitted",
            "correction",
            by=CLERK,
            label=_("告知补正"),
            message=_("申请需要补正。"),
            pauses=ACCEPT_LIMIT,
            reason_required=True,
            tells=[APPLICANT],
        ),
        step(
            "answer",
            "correction",
            "submitted",
            by=APPLICANT,
            label=_("提交补正"),
            message=_("补正材料已提交。"),
            resumes=ACCEPT_LIMIT,
            tells=[HOLDER],
        ),
        step(
            "deem",
            "submitted",
            "accepted",
            by=CLOCK,
            label=_("视为受理"),
            message=_("逾期未作答复，申请视为受理。"),
            on_lapse=ACCEPT_LIMIT,
            starts=DECIDE_LIMIT,
            tells=[APPLICANT, CLERK],
            basis="行政许可法第三十二条",
        ),
        step(
            "conclude",
            "accepted",
            "concluded",
            by=REVIEWER,
            label=_("审查通过"),
            message=_("审查已完成。"),
            inputs=["score"],
            needs=[score_in_range],
        ),
        step(
            "return",
            "concluded",
            "accepted",
            by=APPROVER,
            label=_("退回审查"),
            message=_("审批人员退回审查。"),
            reason_required=True,
            tells=[HOLDER],
        ),
        step(
            "grant",
            "concluded",
            "granted",
            by=APPROVER,
            label=_("准予"),
            message=_("决定准予许可。"),
            apart_from=["accept", "correct", "conclude"],
            decides=True,
            stops=DECIDE_LIMIT,
            publishes="decision",
            tells=[APPLICANT],
            consequence=_("决定作出后即公示，不能撤回。"),
        ),
        step(
            "refuse",
            "concluded",
            "refused",
            by=APPROVER,
            label=_("不予许可"),
            message=_("决定不予许可。"),
            apart_from=["accept", "correct", "conclude"],
            decides=True,
            stops=DECIDE_LIMIT,
            reason_required=True,
            tells=[APPLICANT],
        ),
        step(
            "withdraw",
            ["submitted", "correction", "accepted", "concluded"],
            "withdrawn",
            by=APPLICANT,
            label=_("撤回申请"),
            message=_("申请人撤回申请。"),
            tells=[HOLDER],
        ),
    ),
)
