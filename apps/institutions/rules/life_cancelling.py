"""Cancellation of a licence (注销, ALL 70), as one table: of office, or at the holder's wish, who applies for it."""

from django.utils.translation import gettext_lazy as _

from apps.institutions.licence_constants import Cause
from apps.institutions.rules import life_facts as guard
from apps.institutions.rules.life_deciding import answered, decided, proposed, sent_back
from apps.institutions.rules.terms import ALL_70, REVIEWER
from apps.workflow.process import APPLICANT, Process, State, step

DECIDE = "CMA.CANCEL.DECIDE"
EARLIER = ["begin", "propose", "drop"]

STATES = (
    State("found", _("待提出")),
    State("received", _("待审查")),
    State("proposed", _("待决定")),
    State("forwarded", _("已转报发证机关，待答复")),
    State("cancelled", _("已注销"), final=True),
    State("declined", _("不予注销"), final=True),
    State("withdrawn", _("已撤回"), final=True),
)

STEPS = (
    step(
        "ask",
        "found",
        "received",
        by=APPLICANT,
        label=_("申请注销"),
        message=_("注销申请已提交。"),
        needs=[guard.act_open],
        applies=guard.at_wish,
        starts=DECIDE,
        tells=[APPLICANT, REVIEWER],
        basis=ALL_70,
    ),
    step(
        "begin",
        "found",
        "received",
        by=REVIEWER,
        label=_("提出注销"),
        message=_("因出现依法应当注销的情形，已提出注销。"),
        needs=[guard.act_open],
        applies=guard.of_office,
        starts=DECIDE,
        tells=APPLICANT,
        basis=ALL_70,
    ),
    proposed("received", basis=ALL_70),
    step(
        "drop",
        "received",
        "withdrawn",
        by=REVIEWER,
        label=_("撤回注销"),
        message=_("不存在应当注销的情形，本件撤回。"),
        applies=guard.of_office,
        reason_required=True,
        stops=DECIDE,
        tells=APPLICANT,
        basis=ALL_70,
    ),
    sent_back("received", basis=ALL_70),
    decided(
        "cancel",
        "cancelled",
        label=_("准予注销"),
        message=_("已办理资质认定注销手续，证书自今日起失效。"),
        needs=[guard.act_open],
        applies=guard.decided_here,
        issues="decision_cancellation",
        publishes="cma.cancelled",
        consequence=_("注销后证书不能恢复，需要时须重新申请。"),
        apart_from=EARLIER,
        stops=DECIDE,
        basis=ALL_70,
    ),
    decided(
        "decline",
        "declined",
        label=_("不予注销"),
        message=_("决定不予注销，理由和救济途径见决定书。"),
        issues="decision_not_cancelled",
        apart_from=EARLIER,
        stops=DECIDE,
        basis=ALL_70,
    ),
    decided(
        "forward",
        "forwarded",
        label=_("转报发证机关"),
        message=_("注销材料已转报发证机关，由其办理。"),
        applies=guard.decided_above,
        apart_from=EARLIER,
        stops=DECIDE,
        basis=ALL_70,
    ),
    answered(
        "record_cancellation",
        "cancelled",
        label=_("登记发证机关注销"),
        message=_("发证机关已办理资质认定注销手续。"),
        publishes="cma.cancelled_above",
        needs=[guard.act_open],
        basis=ALL_70,
    ),
    answered(
        "record_declined",
        "declined",
        label=_("登记发证机关不予注销"),
        message=_("发证机关决定不予注销。"),
        basis=ALL_70,
    ),
    step(
        "withdraw",
        ["received", "proposed"],
        "withdrawn",
        by=APPLICANT,
        label=_("撤回注销申请"),
        message=_("机构已撤回注销申请。"),
        applies=guard.at_wish,
        stops=DECIDE,
        tells=[APPLICANT, REVIEWER],
        basis=ALL_70,
        consequence=_("撤回后证书继续有效，本件办结。"),
    ),
)

CANCELLATION = Process(
    "cma_cancel",
    label=_("资质认定注销"),
    prefix="CMAC",
    start="found",
    states=STATES,
    steps=STEPS,
    matters={
        str(cause): cause.label
        for cause in (Cause.WISH, Cause.UNRENEWED, Cause.DISSOLVED, Cause.ENDED, Cause.IMPOSSIBLE)
    },
    opened_by=frozenset({APPLICANT, REVIEWER}),
)
