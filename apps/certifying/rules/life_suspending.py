"""Suspension of a certificate (暂停), as one table worked by its body: told, heard where due, proposed, decided.

CAR 26 makes the body suspend once conformity is lost; CNCA-QMS-01:2025 makes it suspend over a missed surveillance.
The holder may ask for it too: CCC goods made in season rest up to twelve months.
"""

from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import ReasonClass
from apps.certifying.rules import life_facts as guard
from apps.certifying.rules.life_shared import (
    NOTICED,
    TO_DECIDE,
    TO_PROPOSE,
    decided,
    heard,
    proposed,
    sent_back,
    withdrawn,
)
from apps.certifying.rules.life_terms import CAR_26, DECISION, GB_27021, PLANNING, STATE, SUSPEND
from apps.workflow.process import APPLICANT, Process, State, step

EARLIER = ["begin", "notify", "propose"]
REASONS = (
    ReasonClass.SURVEILLANCE_MISSED,
    ReasonClass.NONCONFORMITY,
    ReasonClass.SPOT_CHECK_FAILED,
    ReasonClass.MAJOR_ACCIDENT,
    ReasonClass.HOLDER_REQUEST,
    ReasonClass.PRODUCTION_STOPPED,
    ReasonClass.RULE_CHANGED,
)

STATES = (
    State("found", _("待处理")),
    State("noticed", NOTICED, waits=True),
    State("heard", TO_PROPOSE),
    State("proposed", TO_DECIDE),
    State("suspended", _("已暂停证书"), final=True),
    State("kept", _("不予暂停"), final=True),
    State("withdrawn", _("已撤回"), final=True),
)

STEPS = (
    step(
        "ask",
        "found",
        "heard",
        by=APPLICANT,
        label=_("申请暂停"),
        message=_("暂停证书的申请已提交。"),
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
        label=_("提出暂停"),
        message=_("已出现应当暂停证书的情形，发证机构开始处理。"),
        needs=[guard.act_open],
        applies=guard.at_once,
        tells=[APPLICANT, DECISION],
        basis=CAR_26,
    ),
    step(
        "notify",
        "found",
        "noticed",
        by=PLANNING,
        label=_("告知拟暂停"),
        message=_("拟暂停认证证书，请在期限内陈述意见。"),
        needs=[guard.act_open],
        applies=guard.heard_first,
        starts=STATE,
        issues="cert_notice_intent",
        tells=[APPLICANT, DECISION],
        basis=GB_27021,
        consequence=_("拟暂停的事实和依据随告知书送达持证人。"),
    ),
    *heard(GB_27021),
    proposed(
        basis=CAR_26, optional=["until", "seasonal"], needs=[guard.proposal_made, guard.until_proposed, guard.act_open]
    ),
    sent_back(),
    decided(
        "suspend",
        "suspended",
        label=_("暂停证书"),
        message=_("认证证书已暂停，期限、原因和暂停期间的要求见通知书。"),
        needs=[guard.act_open, guard.until_holds],
        apart_from=EARLIER,
        issues="cert_notice_suspension",
        basis=CAR_26,
        consequence=_("决定后证书即告暂停并公示；期满没有恢复的，必须撤销。"),
    ),
    decided(
        "keep",
        "kept",
        label=_("不予暂停"),
        message=_("发证机构决定不暂停认证证书。"),
        needs=[guard.may_keep],
        apart_from=EARLIER,
        basis=CAR_26,
    ),
    withdrawn(["heard", "proposed"]),
)

SUSPENSION = Process(
    "cert_suspend",
    label=_("认证证书暂停"),
    prefix="RZT",
    start="found",
    states=STATES,
    steps=STEPS,
    matters={str(reason): reason.label for reason in REASONS},
    starts=(SUSPEND,),
    opened_by=frozenset({APPLICANT, PLANNING}),
    handled=True,
)
