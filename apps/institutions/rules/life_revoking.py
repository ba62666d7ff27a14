"""Revocation of a licence (撤销, ALL 69), as one table: established, told, heard, decided.

ALL 7 gives the holder the right to state and defend; SAMR's rules of licensing procedure (Order 16) give five days for
it, and a hearing to whoever asks; sixty days from the discovery to the decision, twenty more with the leader's word.
"""

from django.utils.translation import gettext_lazy as _

from apps.institutions.licence_constants import Cause
from apps.institutions.rules import life_facts as guard
from apps.institutions.rules.life_deciding import answered, decided, proposed, sent_back
from apps.institutions.rules.terms import ALL_69, APPROVER, LEADER, LEGAL, ORDER_16, REVIEWER
from apps.workflow.process import APPLICANT, CLOCK, Process, State, step

DECIDE, EXTENSION = "CMA.REVOKE.DECIDE", "CMA.REVOKE.EXTENSION"
STATE, HEARING = "CMA.REVOKE.STATE", "CMA.REVOKE.HEARING"
EARLIER = ["begin", "notify", "propose", "appoint_hearing", "close_hearing", "extend"]

STATES = (
    State("found", _("待核查")),
    State("examining", _("核查中")),
    State("noticed", _("已告知，待陈述申辩"), waits=True),
    State("hearing", _("待听证")),
    State("heard", _("待提出处理意见")),
    State("proposed", _("待决定")),
    State("forwarded", _("已转报发证机关，待答复")),
    State("revoked", _("已撤销许可"), final=True),
    State("kept", _("不予撤销"), final=True),
    State("dropped", _("终止核查"), final=True),
)

EXAMINING = (
    step(
        "begin",
        "found",
        "examining",
        by=REVIEWER,
        label=_("开始核查"),
        message=_("已对许可是否应当撤销开始核查。"),
        needs=[guard.act_open],
        starts=DECIDE,
        tells=LEADER,
        basis=ORDER_16,
    ),
    step(
        "notify",
        "examining",
        "noticed",
        by=REVIEWER,
        label=_("告知拟撤销"),
        message=_("拟撤销资质认定，请在五日内陈述、申辩或者要求听证。"),
        needs=[guard.act_open],
        starts=STATE,
        issues="notice_revocation",
        tells=[APPLICANT, LEADER],
        basis=ORDER_16,
        consequence=_("拟撤销的事实、理由和依据随告知书送达机构。"),
    ),
    step(
        "drop",
        "examining",
        "dropped",
        by=REVIEWER,
        label=_("终止核查"),
        message=_("经核查不存在应当撤销的情形，核查终止。"),
        reason_required=True,
        stops=DECIDE,
        tells=LEADER,
        basis=ORDER_16,
        consequence=_("终止后本件办结；证书因承诺核查被责令改正的，同时恢复有效。"),
    ),
)

HEARD = (
    step(
        "defend",
        "noticed",
        "heard",
        by=APPLICANT,
        label=_("提交陈述申辩"),
        message=_("陈述申辩意见已提交。"),
        reason_required=True,
        stops=STATE,
        tells=[APPLICANT, REVIEWER],
        basis=ORDER_16,
        consequence=_("陈述申辩只提交一次；提交后不再要求听证。"),
    ),
    step(
        "ask_hearing",
        "noticed",
        "hearing",
        by=APPLICANT,
        label=_("要求听证"),
        message=_("已要求听证，二十日内组织；听证所需时间不计入作出决定的期限。"),
        reason_required=True,
        stops=STATE,
        pauses=DECIDE,
        starts=HEARING,
        tells=[APPLICANT, LEGAL, LEADER],
        basis=ORDER_16,
    ),
    step(
        "silent",
        "noticed",
        "heard",
        by=CLOCK,
        label=_("视为放弃陈述申辩"),
        message=_("逾期未陈述、申辩，视为放弃该权利。"),
        on_lapse=STATE,
        tells=[APPLICANT, REVIEWER],
        basis=ORDER_16,
    ),
    step(
        "appoint_hearing",
        "hearing",
        "hearing",
        by=LEGAL,
        label=_("通知听证"),
        message=_("听证的时间和地点已经确定，见听证通知书。"),
        inputs=["hearing_on", "hearing_place"],
        needs=[guard.hearing_in_time],
        issues="notice_hearing",
        tells=[APPLICANT, REVIEWER],
        basis="《行政许可法》第四十八条",
    ),
    step(
        "close_hearing",
        "hearing",
        "heard",
        by=LEGAL,
        label=_("登记听证笔录"),
        message=_("听证已经结束，笔录已经登记。"),
        needs=[guard.hearing_held],
        reason_required=True,
        stops=HEARING,
        resumes=DECIDE,
        tells=[APPLICANT, REVIEWER],
        basis="《行政许可法》第四十八条",
    ),
    proposed("heard", basis=ALL_69),
)

DECIDED = (
    sent_back("heard", basis=ALL_69),
    decided(
        "revoke",
        "revoked",
        label=_("撤销许可"),
        message=_("已作出撤销资质认定的决定，理由和救济途径见决定书。"),
        needs=[guard.act_open],
        applies=guard.decided_here,
        issues="decision_revocation",
        publishes="cma.revoked",
        consequence=_("决定作出后证书即告撤销并公示；依法限制再次申请的，期限自今日起算。"),
        apart_from=EARLIER,
        stops=DECIDE,
        basis=ALL_69,
    ),
    decided(
        "forward",
        "forwarded",
        label=_("转报发证机关"),
        message=_("核查材料已转报发证机关，由其作出决定。"),
        applies=guard.decided_above,
        apart_from=EARLIER,
        stops=DECIDE,
        basis=ALL_69,
    ),
    decided(
        "keep",
        "kept",
        label=_("不予撤销"),
        message=_("决定不予撤销资质认定，理由见决定书。"),
        issues="decision_not_revoked",
        consequence=_("决定后本件办结；证书因承诺核查被责令改正的，同时恢复有效。"),
        apart_from=EARLIER,
        stops=DECIDE,
        basis=ALL_69,
    ),
    answered(
        "record_revocation",
        "revoked",
        label=_("登记发证机关撤销"),
        message=_("发证机关已撤销资质认定。"),
        publishes="cma.revoked_above",
        needs=[guard.act_open],
        basis=ALL_69,
    ),
    answered(
        "record_kept",
        "kept",
        label=_("登记发证机关不予撤销"),
        message=_("发证机关决定不予撤销资质认定。"),
        basis=ALL_69,
    ),
    step(
        "extend",
        "proposed",
        "proposed",
        by=LEADER,
        label=_("延长决定期限"),
        message=_("作出决定的期限延长二十日。"),
        reason_required=True,
        extends=[(DECIDE, EXTENSION)],
        tells=[APPLICANT, APPROVER],
        basis=ORDER_16,
        consequence=_("延长只能一次。"),
    ),
)

REVOCATION = Process(
    "cma_revoke",
    label=_("资质认定撤销"),
    prefix="CMAR",
    start="found",
    states=STATES,
    steps=(*EXAMINING, *HEARD, *DECIDED),
    matters={str(cause): cause.label for cause in (Cause.AUTHORITY_ERROR, Cause.FRAUD, Cause.UNTRUE_COMMITMENT)},
    opened_by=frozenset({REVIEWER}),
)
