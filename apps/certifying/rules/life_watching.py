"""Surveillance of a certificate (监督审核), as one table worked by its body: planned, held, decided by another.

After a failed national spot check the bureau orders a short-notice audit within thirty days (CNCA-QMS-01:2025); when
the day passes, the bureau is told and the file stays late until the audit was held.
"""

from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import ReasonClass
from apps.certifying.rules import life_facts as guard
from apps.certifying.rules.life_shared import TO_DECIDE, decided, sent_back
from apps.certifying.rules.life_terms import (
    AUDIT,
    CAR_26,
    DECISION,
    LEADER,
    OFFICER,
    PLANNING,
    QMS_RULE,
    SHORT_NOTICE,
    SUPERVISOR,
)
from apps.workflow.process import APPLICANT, CLOCK, Process, State, step

SURVEILLANCE = "surveillance"
SPOT_CHECK = str(ReasonClass.SPOT_CHECK_FAILED)
EARLIER = ["order", "plan", "drop", "report"]
INSPECTORS = (OFFICER, SUPERVISOR)

STATES = (
    State("found", _("待安排")),
    State("ordered", _("待安排特殊审核")),
    State("planned", _("待实施")),
    State("overdue", _("特殊审核逾期")),
    State("reported", TO_DECIDE),
    State("maintained", _("保持证书"), final=True),
    State("failed", _("转暂停程序"), final=True),
    State("dropped", _("取消安排"), final=True),
)

STEPS = (
    step(
        "order",
        "found",
        "ordered",
        by=INSPECTORS,
        label=_("通知特殊审核"),
        message=_("国家监督抽查不合格，发证机构须在三十日内实施提前较短时间通知的审核。"),
        applies=guard.after_spot_check,
        starts=SHORT_NOTICE,
        tells=[PLANNING, SUPERVISOR],
        basis=QMS_RULE,
        consequence=_("登记后期限即开始计算，逾期将通知监管人员和负责人。"),
    ),
    step(
        "plan",
        ["found", "ordered", "overdue"],
        "planned",
        by=PLANNING,
        label=_("安排审核"),
        message=_("监督审核已经安排，日期见办件概要。"),
        inputs=["planned_on"],
        needs=[guard.day_planned],
        tells=[APPLICANT, AUDIT],
        basis=CAR_26,
    ),
    step(
        "late",
        ["ordered", "planned"],
        "overdue",
        by=CLOCK,
        label=_("特殊审核逾期"),
        message=_("三十日内没有实施特殊审核，已通知监管人员和负责人。"),
        on_lapse=SHORT_NOTICE,
        tells=[PLANNING, DECISION, SUPERVISOR, LEADER],
        basis=QMS_RULE,
    ),
    step(
        "drop",
        "planned",
        "dropped",
        by=PLANNING,
        label=_("取消安排"),
        message=_("本次监督审核的安排已取消。"),
        applies=guard.as_planned,
        reason_required=True,
        tells=[APPLICANT, AUDIT],
        basis=CAR_26,
    ),
    step(
        "report",
        ["planned", "overdue"],
        "reported",
        by=AUDIT,
        label=_("登记审核结果"),
        message=_("监督审核已经实施，待认证决定。"),
        inputs=["held_on", "result"],
        needs=[guard.audit_held, guard.result_fits],
        reason_required=True,
        stops=SHORT_NOTICE,
        tells=[DECISION, PLANNING],
        basis=CAR_26,
    ),
    sent_back("planned", source="reported", tells=(AUDIT, PLANNING)),
    decided(
        "maintain",
        "maintained",
        source="reported",
        label=_("保持证书"),
        message=_("监督审核通过，证书继续有效。"),
        needs=[guard.nothing_grave_open],
        apart_from=EARLIER,
        basis=CAR_26,
        consequence=_("监督结果随即公示，下次监督自实施之日起算。"),
    ),
    decided(
        "fail",
        "failed",
        source="reported",
        label=_("转暂停程序"),
        message=_("监督审核没有通过，转暂停程序处理。"),
        apart_from=EARLIER,
        basis=CAR_26,
        consequence=_("决定后即建立暂停件，由认证方案管理人员告知持证人。"),
    ),
)

WATCHING = Process(
    "cert_watch",
    label=_("认证监督审核"),
    prefix="RZG",
    start="found",
    states=STATES,
    steps=STEPS,
    matters={SURVEILLANCE: _("定期监督"), SPOT_CHECK: _("监督抽查不合格后的特殊审核")},
    named_only=frozenset({AUDIT}),
    opened_by=frozenset({PLANNING, *INSPECTORS}),
    handled=True,
)
