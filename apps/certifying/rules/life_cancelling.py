"""Cancellation of a certificate (注销), as one table worked by its body: at the holder's wish, or because production,
rule or body came to an end. No fault is found, so nobody is barred by it.
"""

from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import ReasonClass
from apps.certifying.rules import life_facts as guard
from apps.certifying.rules.life_shared import TO_DECIDE, TO_PROPOSE, decided, proposed, sent_back, withdrawn
from apps.certifying.rules.life_terms import CANCEL, CAR_26, PLANNING
from apps.workflow.process import APPLICANT, Process, State, step

EARLIER = ["begin", "propose"]
REASONS = (
    ReasonClass.HOLDER_REQUEST,
    ReasonClass.PRODUCTION_STOPPED,
    ReasonClass.RULE_CHANGED,
    ReasonClass.BODY_LOST_APPROVAL,
)

STATES = (
    State("found", _("待处理")),
    State("heard", TO_PROPOSE),
    State("proposed", TO_DECIDE),
    State("cancelled", _("已注销证书"), final=True),
    State("kept", _("不予注销"), final=True),
    State("withdrawn", _("已撤回"), final=True),
)

STEPS = (
    step(
        "ask",
        "found",
        "heard",
        by=APPLICANT,
        label=_("申请注销"),
        message=_("注销证书的申请已提交。"),
        needs=[guard.act_open],
        applies=guard.at_wish,
        tells=[APPLICANT, PLANNING],
        basis=CAR_26,
    ),
    step(
        "begin",
        "found",
        "heard",
        by=PLANNING,
        label=_("提出注销"),
        message=_("已出现应当注销证书的情形，发证机构开始处理。"),
        needs=[guard.act_open],
        applies=guard.of_office,
        tells=APPLICANT,
        basis=CAR_26,
    ),
    proposed(basis=CAR_26),
    sent_back(),
    decided(
        "cancel",
        "cancelled",
        label=_("注销证书"),
        message=_("认证证书已注销，注销后的要求见通知书。"),
        needs=[guard.act_open],
        apart_from=EARLIER,
        issues="cert_notice_cancellation",
        basis=CAR_26,
        consequence=_("注销后证书不能恢复，需要时须重新申请认证。"),
    ),
    decided(
        "keep",
        "kept",
        label=_("不予注销"),
        message=_("发证机构决定不注销认证证书。"),
        apart_from=EARLIER,
        basis=CAR_26,
    ),
    withdrawn(["heard", "proposed"]),
)

CANCELLATION = Process(
    "cert_cancel",
    label=_("认证证书注销"),
    prefix="RZZ",
    start="found",
    states=STATES,
    steps=STEPS,
    matters={str(reason): reason.label for reason in REASONS},
    starts=(CANCEL,),
    opened_by=frozenset({APPLICANT, PLANNING}),
    handled=True,
)
