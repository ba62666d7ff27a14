"""The rows by which an application on the informed-commitment route (告知承诺) goes through the table of licensing.

The form is checked, the decision made at once, and what was promised is checked on site afterwards: that is a process
of its own (rules.commitment_check). Guards ask again at each desk, for a penalty in between closes the route.
"""

from django.utils.translation import gettext_lazy as _

from apps.institutions.rules import commitment_guards as commitment
from apps.institutions.rules import facts as guard
from apps.institutions.rules.deciding import EARLIER
from apps.institutions.rules.terms import (
    ACCEPT,
    ALL_32,
    ALL_34,
    ALL_38,
    APPROVER,
    CLERK,
    INFORMED_DECIDE,
    INFORMED_ISSUE,
    REVIEW,
    REVIEWER,
    SEAL,
)
from apps.workflow.process import APPLICANT, CLOCK, State, step

PROMISED = State("promised", _("已受理（告知承诺），待当场决定"))

COMMITMENT = (
    step(
        "accept_informed",
        "submitted",
        "promised",
        by=CLERK,
        label=_("受理（告知承诺）"),
        message=_("申请已按告知承诺程序受理，当场作出决定。"),
        needs=[guard.nothing_listed, commitment.route_open, commitment.signed, commitment.commitment_paper_ready],
        applies=commitment.by_commitment,
        stops=ACCEPT,
        starts=INFORMED_DECIDE,
        issues="notice_acceptance",
        tells=[APPLICANT, APPROVER],
        basis=ALL_32,
    ),
    step(
        "deem_informed",
        "submitted",
        "promised",
        by=CLOCK,
        label=_("视为受理（告知承诺）"),
        message=_("逾期未告知补正，自收到申请材料之日起即为受理，转入当场决定。"),
        applies=commitment.by_commitment,
        on_lapse=ACCEPT,
        starts=INFORMED_DECIDE,
        tells=[APPLICANT, CLERK, APPROVER],
        basis=ALL_32,
    ),
    step(
        "grant_informed",
        "promised",
        "decided",
        by=APPROVER,
        label=_("准予许可（告知承诺）"),
        message=_("已根据告知承诺书当场作出准予许可的决定；三个月内对承诺内容进行现场核查。"),
        needs=[
            commitment.route_open,
            commitment.signed,
            guard.licence_carries,
            guard.no_order_open,
            guard.nobody_barred,
        ],
        applies=guard.decided_here,
        reason_required=True,
        apart_from=EARLIER,
        decides=True,
        stops=INFORMED_DECIDE,
        starts=INFORMED_ISSUE,
        issues="decision_grant",
        publishes="cma.granted_by_commitment",
        tells=[APPLICANT, SEAL],
        basis=ALL_34,
        consequence=_("决定作出后即公示，并编列证书号，不能撤回；发证之日起自动列入现场核查。"),
    ),
    step(
        "to_general",
        "promised",
        "accepted",
        by=APPROVER,
        label=_("转一般程序"),
        message=_("本件不适用告知承诺程序，已转为一般程序办理，理由见办理过程。"),
        reason_required=True,
        stops=INFORMED_DECIDE,
        starts=REVIEW,
        tells=[APPLICANT, REVIEWER],
        basis=ALL_38,
        consequence=_("转为一般程序后，本件须经技术评审，不能再转回告知承诺程序。"),
    ),
)
