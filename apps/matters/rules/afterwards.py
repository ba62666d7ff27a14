"""The rows of the table after a decision with duties: shown, found late, told upwards, closed."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Role
from apps.matters.constants import DUTY, ESCALATE
from apps.matters.rules import facts as guard
from apps.workflow.process import APPLICANT, CLOCK, HOLDER, step

SUPERVISOR, LEADER = Role.SUPERVISOR, Role.LEADER
DECISION_SAYS = "批准决定书所附义务"

DUTIES = (
    step(
        "show",
        ["duties", "overdue", "escalated"],
        "shown",
        by=APPLICANT,
        label=_("提交义务证明"),
        message=_("义务证明已提交，由监管人员核实。"),
        needs=[guard.duties_shown],
        pauses=[DUTY, ESCALATE],
        tells=[APPLICANT, SUPERVISOR],
        basis=DECISION_SAYS,
    ),
    step(
        "fall_due",
        "duties",
        "overdue",
        by=CLOCK,
        label=_("义务逾期"),
        message=_("义务期限已过，没有收到证明。请立即提交，逾期情况将报负责人并移送监管。"),
        on_lapse=DUTY,
        starts=ESCALATE,
        tells=[APPLICANT, HOLDER, SUPERVISOR, LEADER],
        basis=DECISION_SAYS,
    ),
    step(
        "escalate",
        "overdue",
        "escalated",
        by=CLOCK,
        label=_("报负责人督办"),
        message=_("义务逾期仍未履行，已报负责人督办，并作为线索转监管。"),
        on_lapse=ESCALATE,
        tells=[APPLICANT, HOLDER, SUPERVISOR, LEADER],
        basis=DECISION_SAYS,
    ),
    step(
        "confirm",
        "shown",
        "fulfilled",
        by=SUPERVISOR,
        label=_("核实无误，办结"),
        message=_("义务已经核实履行，本件办结。"),
        applies=guard.in_time,
        stops=DUTY,
        tells=APPLICANT,
        basis=DECISION_SAYS,
    ),
    step(
        "close_late",
        "shown",
        "closed",
        by=SUPERVISOR,
        label=_("逾期履行，办结"),
        message=_("义务已经履行，逾期情况记录在案，本件办结。"),
        applies=guard.too_late,
        reason_required=True,
        stops=[DUTY, ESCALATE],
        tells=[APPLICANT, LEADER],
        basis=DECISION_SAYS,
    ),
    step(
        "ask_again",
        "shown",
        "duties",
        by=SUPERVISOR,
        label=_("证明不足，退回"),
        message=_("义务证明不足，请补充后重新提交。"),
        applies=guard.in_time,
        reason_required=True,
        resumes=DUTY,
        tells=APPLICANT,
        basis=DECISION_SAYS,
    ),
    step(
        "ask_again_late",
        "shown",
        "escalated",
        by=SUPERVISOR,
        label=_("证明不足，退回（已逾期）"),
        message=_("义务证明不足，请立即补充后重新提交。"),
        applies=guard.too_late,
        reason_required=True,
        stops=ESCALATE,
        tells=[APPLICANT, LEADER],
        basis=DECISION_SAYS,
    ),
    step(
        "transfer",
        "escalated",
        "transferred",
        by=LEADER,
        label=_("移送监管，办结"),
        message=_("义务没有履行，已移送监管处理。"),
        reason_required=True,
        tells=[APPLICANT, SUPERVISOR],
        basis=DECISION_SAYS,
        consequence=_("移送后本件办结，由监管另行处理。"),
    ),
)
