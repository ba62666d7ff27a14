"""Revocation of a certificate (撤销), as one table worked by its body: told, heard, proposed, decided by another.

It must follow where a suspension ended without correction (CAR 26, CNCA-QMS-01:2025): the daily round begins the case
of office, its clock runs at once, and nothing but revocation ends it while that stands.
"""

from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import ReasonClass
from apps.certifying.rules import life_facts as guard
from apps.certifying.rules.life_shared import NOTICED, TO_DECIDE, TO_PROPOSE, decided, heard, proposed, sent_back
from apps.certifying.rules.life_terms import CAR_26, DECISION, GB_27021, PLANNING, REVOKE, STATE
from apps.workflow.process import APPLICANT, Process, State, step

EARLIER = ["notify", "propose"]
REASONS = (
    ReasonClass.NONCONFORMITY,
    ReasonClass.SPOT_CHECK_FAILED,
    ReasonClass.MAJOR_ACCIDENT,
    ReasonClass.NOT_CORRECTED,
    ReasonClass.SURVEILLANCE_MISSED,
    ReasonClass.BODY_LOST_APPROVAL,
)

STATES = (
    State("found", _("待告知持证人")),
    State("noticed", NOTICED, waits=True),
    State("heard", TO_PROPOSE),
    State("proposed", TO_DECIDE),
    State("revoked", _("已撤销证书"), final=True),
    State("kept", _("不予撤销"), final=True),
)

STEPS = (
    step(
        "notify",
        "found",
        "noticed",
        by=PLANNING,
        label=_("告知拟撤销"),
        message=_("拟撤销认证证书，请在期限内陈述意见。"),
        needs=[guard.act_open],
        starts=STATE,
        issues="cert_notice_intent",
        tells=[APPLICANT, DECISION],
        basis=GB_27021,
        consequence=_("拟撤销的事实和依据随告知书送达持证人。"),
    ),
    *heard(GB_27021),
    proposed(basis=CAR_26),
    sent_back(),
    decided(
        "revoke",
        "revoked",
        label=_("撤销证书"),
        message=_("认证证书已撤销，理由和撤销后的要求见通知书。"),
        needs=[guard.act_open],
        apart_from=EARLIER,
        issues="cert_notice_revocation",
        basis=CAR_26,
        consequence=_("撤销后证书不能恢复，并即公示；因自身原因被撤销的，一定期限内不得再次申请。"),
    ),
    decided(
        "keep",
        "kept",
        label=_("不予撤销"),
        message=_("发证机构决定不撤销认证证书。"),
        needs=[guard.may_keep],
        apart_from=EARLIER,
        basis=CAR_26,
    ),
)

REVOCATION = Process(
    "cert_revoke",
    label=_("认证证书撤销"),
    prefix="RZC",
    start="found",
    states=STATES,
    steps=STEPS,
    matters={str(reason): reason.label for reason in REASONS},
    starts=(REVOKE,),
    opened_by=frozenset({PLANNING}),
    handled=True,
)
