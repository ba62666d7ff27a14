"""Resumption of a suspended certificate (恢复), as one table: asked for with evidence, verified, decided by another.

The body confirms the correction inside the suspension; what was asked for in time is decided also afterwards.
"""

from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import ReasonClass
from apps.certifying.rules import life_facts as guard
from apps.certifying.rules.life_shared import TO_DECIDE, decided, sent_back
from apps.certifying.rules.life_terms import AUDIT, CAR_26, DECISION, GB_27021, PLANNING, RESUME
from apps.workflow.process import APPLICANT, Process, State, step

VERIFIERS = (AUDIT, PLANNING)
EARLIER = ["verify", "more"]

STATES = (
    State("found", _("待提交整改材料"), waits=True),
    State("asked", _("待验证整改")),
    State("lacking", _("待补充整改材料"), waits=True),
    State("verified", TO_DECIDE),
    State("resumed", _("已恢复证书"), final=True),
    State("refused", _("不予恢复"), final=True),
    State("withdrawn", _("已撤回"), final=True),
)

STEPS = (
    step(
        "ask",
        "found",
        "asked",
        by=APPLICANT,
        label=_("申请恢复"),
        message=_("恢复证书的申请和整改材料已提交。"),
        needs=[guard.act_open, guard.evidence_given],
        reason_required=True,
        starts=RESUME,
        tells=[APPLICANT, PLANNING],
        basis=CAR_26,
    ),
    step(
        "verify",
        "asked",
        "verified",
        by=VERIFIERS,
        label=_("登记验证结论"),
        message=_("整改已经验证，待认证决定。"),
        inputs=["proposal"],
        needs=[guard.proposal_made],
        reason_required=True,
        tells=DECISION,
        basis=CAR_26,
    ),
    step(
        "more",
        "asked",
        "lacking",
        by=VERIFIERS,
        label=_("要求补充"),
        message=_("整改材料不足以证明已经符合要求，请按所列内容补充。"),
        reason_required=True,
        pauses=RESUME,
        tells=APPLICANT,
        basis=GB_27021,
    ),
    step(
        "answer",
        "lacking",
        "asked",
        by=APPLICANT,
        label=_("提交补充材料"),
        message=_("补充的整改材料已提交。"),
        needs=[guard.evidence_given],
        reason_required=True,
        resumes=RESUME,
        tells=[APPLICANT, PLANNING],
        basis=GB_27021,
    ),
    sent_back("asked", source="verified"),
    decided(
        "resume",
        "resumed",
        source="verified",
        label=_("恢复证书"),
        message=_("整改合格，认证证书自今日起恢复有效。"),
        needs=[guard.act_open, guard.in_the_period],
        apart_from=EARLIER,
        issues="cert_notice_resumption",
        basis=CAR_26,
        consequence=_("决定后证书恢复有效并公示。"),
    ),
    decided(
        "refuse",
        "refused",
        source="verified",
        label=_("不予恢复"),
        message=_("整改没有达到要求，证书继续暂停。"),
        apart_from=EARLIER,
        basis=CAR_26,
        consequence=_("证书继续暂停；暂停期满仍未恢复的，必须撤销。"),
    ),
    step(
        "withdraw",
        ["found", "asked", "lacking"],
        "withdrawn",
        by=APPLICANT,
        label=_("撤回申请"),
        message=_("持证人已撤回恢复申请。"),
        tells=[APPLICANT, PLANNING],
        basis=GB_27021,
        consequence=_("撤回后证书状态不变，本件办结。"),
    ),
)

RESUMPTION = Process(
    "cert_resume",
    label=_("认证证书恢复"),
    prefix="RZH",
    start="found",
    states=STATES,
    steps=STEPS,
    matters={str(ReasonClass.CORRECTED): ReasonClass.CORRECTED.label},
    opened_by=frozenset({APPLICANT}),
    handled=True,
)
