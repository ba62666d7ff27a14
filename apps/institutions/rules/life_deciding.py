"""The rows that revocation and cancellation decide by, the same in both: proposed by a reviewer, decided by somebody
without an earlier hand in it, or sent on to the authority that issued the licence, whose answer is recorded."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.institutions.rules import life_facts as guard
from apps.institutions.rules.terms import APPROVER, REVIEWER
from apps.workflow.process import APPLICANT, Guard, Step, step


def proposed(source: str, *, basis: str) -> Step:
    return step(
        "propose",
        source,
        "proposed",
        by=REVIEWER,
        label=_("提出处理意见"),
        message=_("处理意见已提出，待批准人决定。"),
        inputs=["proposal"],
        needs=[guard.proposal_made],
        reason_required=True,
        tells=APPROVER,
        basis=basis,
    )


def sent_back(target: str, *, basis: str) -> Step:
    return step(
        "send_back",
        "proposed",
        target,
        by=APPROVER,
        label=_("退回"),
        message=_("批准人退回，请重新提出处理意见。"),
        reason_required=True,
        tells=REVIEWER,
        basis=basis,
    )


def decided(code: str, target: str, *, apart_from: Sequence[str], stops: str, basis: str, **more: Any) -> Step:
    """A decision of the approver on what was proposed."""
    return step(
        code,
        "proposed",
        target,
        by=APPROVER,
        reason_required=True,
        apart_from=apart_from,
        decides=True,
        stops=stops,
        tells=[APPLICANT, REVIEWER],
        basis=basis,
        **more,
    )


def answered(code: str, target: str, *, basis: str, needs: Sequence[Guard] = (), **more: Any) -> Step:
    """What the authority above decided, recorded with its number and day."""
    return step(
        code,
        "forwarded",
        target,
        by=REVIEWER,
        inputs=["answer_number", "answered_on"],
        needs=[*needs, guard.answer_recorded],
        tells=APPLICANT,
        basis=basis,
        **more,
    )
