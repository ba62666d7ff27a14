"""A small process, known to these tests only: enough of one to exercise every column of a table."""

from dataclasses import dataclass

from apps.accounts.constants import Role
from apps.core.problems import Problem
from apps.workflow.process import APPLICANT, CLOCK, HOLDER, Inputs, Process, State, step

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
    if score is None or 0 <= int(score) <= 100:
        return None
    return Problem("range", "score", str(score), "评分应在 0 到 100 之间", "请核对评分")


SAMPLE = Process(
    "sample",
    label="示例业务",
    prefix="SL",
    start="draft",
    matters={"first": "首次", "renewal": "延续"},
    states=(
        State("draft", "草稿", waits=True),
        State("submitted", "待受理"),
        State("correction", "待补正", waits=True),
        State("accepted", "审查中"),
        State("concluded", "待审批"),
        State("granted", "已准予", final=True),
        State("refused", "不予许可", final=True),
        State("withdrawn", "已撤回", final=True),
    ),
    steps=(
        step(
            "submit",
            "draft",
            "submitted",
            by=APPLICANT,
            label="提交",
            message="申请已提交。",
            needs=[complete_form],
            starts=ACCEPT_LIMIT,
            tells=[CLERK],
        ),
        step(
            "accept",
            "submitted",
            "accepted",
            by=CLERK,
            label="受理",
            message="申请已受理。",
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
            label="告知补正",
            message="申请需要补正。",
            pauses=ACCEPT_LIMIT,
            reason_required=True,
            tells=[APPLICANT],
        ),
        step(
            "answer",
            "correction",
            "submitted",
            by=APPLICANT,
            label="提交补正",
            message="补正材料已提交。",
            resumes=ACCEPT_LIMIT,
            tells=[HOLDER],
        ),
        step(
            "deem",
            "submitted",
            "accepted",
            by=CLOCK,
            label="视为受理",
            message="逾期未作答复，申请视为受理。",
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
            label="审查通过",
            message="审查已完成。",
            inputs=["score"],
            needs=[score_in_range],
        ),
        step(
            "return",
            "concluded",
            "accepted",
            by=APPROVER,
            label="退回审查",
            message="审批人员退回审查。",
            reason_required=True,
            tells=[HOLDER],
        ),
        step(
            "grant",
            "concluded",
            "granted",
            by=APPROVER,
            label="准予",
            message="决定准予许可。",
            apart_from=["accept", "correct", "conclude"],
            decides=True,
            stops=DECIDE_LIMIT,
            publishes="decision",
            tells=[APPLICANT],
            consequence="决定作出后即公示，不能撤回。",
        ),
        step(
            "refuse",
            "concluded",
            "refused",
            by=APPROVER,
            label="不予许可",
            message="决定不予许可。",
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
            label="撤回申请",
            message="申请人撤回申请。",
            tells=[HOLDER],
        ),
    ),
)
