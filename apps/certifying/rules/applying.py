"""The way from an application to a certificate, worked by a certification body (CAR: 认证认可条例).

Which examinations there are follows from the scheme and the kind of application (rules.stages); a step that a scheme
does not know does not apply to its files. `check_process` proves the table; the engine is its only reader that writes.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.certifying.constants import CCC_ISSUE, CERTIFICATE_PAPER, COMPLETE, ORGANIC_ACCEPT, RECTIFY, Kind, Stage
from apps.certifying.rules import facts as guard
from apps.certifying.rules.stages import EXAMINED_IN
from apps.parties.constants import BodyDuty
from apps.workflow.process import APPLICANT, Process, State, Step, handler, step

REVIEW, PLAN = handler(BodyDuty.CONTRACT_REVIEW), handler(BodyDuty.PLANNING)
AUDIT, DECIDE = handler(BodyDuty.AUDIT), handler(BodyDuty.DECISION)
CAR = "《认证认可条例》关于认证程序和认证结论的规定（条号未核对）"

STATES = (
    State("draft", _("草稿"), waits=True),
    State("submitted", _("待合同评审")),
    State("correction", _("待申请人补充"), waits=True),
    State("accepted", _("已受理，待安排审核")),
    State(Stage.STAGE1, _("第一阶段审核中")),
    State(Stage.STAGE2, _("第二阶段审核中")),
    State(Stage.TYPE_TEST, _("型式试验中")),
    State(Stage.FACTORY, _("工厂检查中")),
    State(Stage.FIELD, _("现场检查和抽样检测中")),
    State(Stage.DOCUMENTS, _("转换文件评审中")),
    State("rectification", _("待申请人整改"), waits=True),
    State("verification", _("整改验证中")),
    State("recommended", _("待认证决定")),
    State("certified", _("已发证"), final=True),
    State("not_accepted", _("不予受理"), final=True),
    State("refused", _("不予认证"), final=True),
    State("withdrawn", _("已撤回"), final=True),
)

INTAKE = (
    step(
        "submit",
        "draft",
        "submitted",
        by=APPLICANT,
        label=_("提交认证申请"),
        message=_("认证申请已提交给认证机构。"),
        needs=[guard.complete, guard.predecessor_lives, guard.in_time, guard.nothing_against, guard.body_fits],
        starts=ORGANIC_ACCEPT,
        where={ORGANIC_ACCEPT: guard.is_organic},
        issues="certification_receipt",
        tells=[APPLICANT, REVIEW],
        basis=CAR,
    ),
    step(
        "discard",
        "draft",
        "withdrawn",
        by=APPLICANT,
        label=_("放弃草稿"),
        message=_("认证申请草稿已放弃。"),
        consequence=_("草稿放弃后不能恢复。"),
    ),
    step(
        "accept",
        "submitted",
        "accepted",
        by=REVIEW,
        label=_("受理申请"),
        message=_("认证机构已受理申请。"),
        needs=[guard.nothing_untold],
        stops=ORGANIC_ACCEPT,
        starts=CCC_ISSUE,
        where={CCC_ISSUE: guard.is_ccc},
        tells=[APPLICANT, PLAN],
        basis=CAR,
    ),
    step(
        "correct",
        "submitted",
        "correction",
        by=REVIEW,
        label=_("告知补充内容"),
        message=_("申请需要补充，请逐项答复。"),
        needs=[guard.something_untold, guard.asked_once],
        pauses=ORGANIC_ACCEPT,
        starts=COMPLETE,
        issues="certification_completion",
        tells=APPLICANT,
        consequence=_("需要补充的内容只能一次性告知，发出后不能再增加。"),
    ),
    step(
        "answer",
        "correction",
        "submitted",
        by=APPLICANT,
        label=_("提交补充内容"),
        message=_("补充内容已提交。"),
        needs=[guard.all_answered],
        stops=COMPLETE,
        resumes=ORGANIC_ACCEPT,
        tells=[APPLICANT, REVIEW],
    ),
    step(
        "not_accept",
        "submitted",
        "not_accepted",
        by=REVIEW,
        label=_("不予受理"),
        message=_("认证机构不予受理申请，理由见通知书。"),
        reason_required=True,
        stops=ORGANIC_ACCEPT,
        issues="certification_refusal",
        tells=APPLICANT,
        consequence=_("通知书送达申请人，本件办结。"),
    ),
)


def _plan(state: str) -> Step:
    """The audit is planned; the first examination of the scheme begins."""
    return step(
        f"plan_{state}",
        "accepted",
        state,
        by=PLAN,
        label=_("下达审核计划"),
        message=_("审核计划已下达，日期和审核组见通知书。"),
        needs=[guard.planned, guard.led, guard.nobody_barred],
        applies=guard.begins_with(state),
        issues="certification_plan",
        tells=[APPLICANT, AUDIT],
        basis=CAR,
    )


def _go_on(code: str, state: str, to: str, label: Any, message: Any) -> Step:
    """One examination is over, the next begins."""
    return step(
        code,
        state,
        to,
        by=AUDIT,
        label=label,
        message=message,
        needs=[guard.reported(state)],
        applies=guard.goes_on(state, to),
        tells=APPLICANT,
    )


EXAMINATION = (
    *(_plan(state) for state in EXAMINED_IN),
    _go_on(
        "to_stage2",
        Stage.STAGE1,
        Stage.STAGE2,
        _("转入第二阶段"),
        _("第一阶段审核已完成，转入第二阶段审核。"),
    ),
    _go_on(
        "to_factory",
        Stage.TYPE_TEST,
        Stage.FACTORY,
        _("转入工厂检查"),
        _("型式试验已完成，转入工厂检查。"),
    ),
    step(
        "demand",
        [*EXAMINED_IN, "verification"],
        "rectification",
        by=AUDIT,
        label=_("要求整改"),
        message=_("审核发现不符合项，请逐项整改并提交证据。"),
        needs=[guard.something_untold],
        starts=RECTIFY,
        tells=APPLICANT,
    ),
    step(
        "rectify",
        "rectification",
        "verification",
        by=APPLICANT,
        label=_("提交整改"),
        message=_("整改结果已提交，等待审核组验证。"),
        needs=[guard.all_answered],
        stops=RECTIFY,
        tells=[APPLICANT, AUDIT],
    ),
    step(
        "recommend",
        [*EXAMINED_IN, "verification"],
        "recommended",
        by=AUDIT,
        label=_("提出推荐意见"),
        message=_("审核组已提出推荐意见，等待认证决定。"),
        inputs=["advice"],
        needs=[guard.everything_reported, guard.nothing_untold, guard.all_settled],
        tells=[APPLICANT, DECIDE],
        basis=CAR,
    ),
)
EARLIER = ("accept", "correct", "not_accept", *(f"plan_{state}" for state in EXAMINED_IN))
EARLIER += ("to_stage2", "to_factory", "demand", "recommend")


def _certify(code: str, label: Any, applies: Any, inputs: list[str], needs: list[Any]) -> Step:
    """The decision to certify: what is written in the register follows from the kind of application."""
    return step(
        code,
        "recommended",
        "certified",
        by=DECIDE,
        label=label,
        message=_("认证机构决定予以认证，证书已登记。"),
        inputs=inputs,
        needs=[guard.advised, guard.nobody_barred, guard.predecessor_lives, *needs],
        applies=applies,
        apart_from=EARLIER,
        decides=True,
        stops=CCC_ISSUE,
        issues=CERTIFICATE_PAPER,
        tells=APPLICANT,
        basis=CAR,
        consequence=_("决定作出后证书即登记并公开，不能撤回。"),
    )


TERM = ["valid_from", "valid_to"]
DECISION = (
    _certify(
        "certify",
        _("予以认证并登记证书"),
        guard.makes_new_certificate,
        ["certificate_number", *TERM],
        [guard.number_free, guard.term_holds, guard.in_time],
    ),
    _certify("renew", _("予以再认证，编号不变"), guard.adds_period, TERM, [guard.term_holds]),
    _certify("change_scope", _("准予变更认证范围"), guard.changes_scope, [], []),
    step(
        "send_back",
        "recommended",
        "verification",
        by=DECIDE,
        label=_("退回审核组"),
        message=_("认证决定人员退回审核组补充。"),
        reason_required=True,
        tells=AUDIT,
    ),
    step(
        "refuse",
        "recommended",
        "refused",
        by=DECIDE,
        label=_("不予认证"),
        message=_("认证机构决定不予认证，理由见通知书。"),
        reason_required=True,
        apart_from=EARLIER,
        decides=True,
        stops=CCC_ISSUE,
        issues="certification_refusal",
        tells=APPLICANT,
        basis=CAR,
        consequence=_("通知书送达申请人，本件办结。"),
    ),
    step(
        "withdraw",
        ["submitted", "correction", "accepted", *EXAMINED_IN, "rectification", "verification", "recommended"],
        "withdrawn",
        by=APPLICANT,
        label=_("撤回申请"),
        message=_("申请人撤回认证申请。"),
        tells=[REVIEW],
        consequence=_("撤回后本件办结；已发生的费用按合同约定处理。"),
    ),
)

APPLYING = Process(
    "certification",
    label=_("认证申请"),
    prefix="RZ",
    start="draft",
    matters={kind.value: kind.label for kind in Kind},
    states=STATES,
    steps=(*INTAKE, *EXAMINATION, *DECISION),
    named_only=frozenset({AUDIT}),
    opened_by=frozenset({APPLICANT}),
    handled=True,
)
