"""The rows that the processes about a certificate share: told, heard, proposed, decided by somebody else."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.certifying.rules import life_facts as guard
from apps.certifying.rules.life_terms import DECISION, GB_27021, PLANNING, STATE
from apps.workflow.process import APPLICANT, CLOCK, Step, step

NOTICED = _("已告知，待陈述")
TO_PROPOSE = _("待提出处理意见")
TO_DECIDE = _("待认证决定")


def heard(basis: str) -> tuple[Step, ...]:
    """The holder states their view, or lets the time for it pass."""
    return (
        step(
            "state",
            "noticed",
            "heard",
            by=APPLICANT,
            label=_("提交陈述"),
            message=_("持证人的陈述意见已提交。"),
            reason_required=True,
            stops=STATE,
            tells=[APPLICANT, PLANNING],
            basis=basis,
            consequence=_("陈述只提交一次。"),
        ),
        step(
            "silent",
            "noticed",
            "heard",
            by=CLOCK,
            label=_("逾期未陈述"),
            message=_("持证人在期限内没有陈述。"),
            on_lapse=STATE,
            tells=[APPLICANT, PLANNING],
            basis=basis,
        ),
    )


def proposed(source: str = "heard", *, basis: str, **more: Any) -> Step:
    """What the people of the scheme propose; others decide."""
    return step(
        "propose",
        source,
        "proposed",
        by=PLANNING,
        label=_("提出处理意见"),
        message=_("处理意见已提出，待认证决定。"),
        **{"inputs": ["proposal"], "needs": [guard.proposal_made], **more},
        reason_required=True,
        tells=DECISION,
        basis=basis,
    )


def sent_back(target: str = "heard", *, source: str = "proposed", tells: Sequence[str] = (PLANNING,)) -> Step:
    return step(
        "send_back",
        source,
        target,
        by=DECISION,
        label=_("退回"),
        message=_("认证决定人员退回，请重新提出处理意见。"),
        reason_required=True,
        tells=tells,
        basis=GB_27021,
    )


def decided(code: str, target: str, *, apart_from: Sequence[str], source: str = "proposed", **more: Any) -> Step:
    """A decision by somebody who neither examined nor proposed."""
    return step(
        code,
        source,
        target,
        by=DECISION,
        reason_required=True,
        apart_from=apart_from,
        decides=True,
        tells=[APPLICANT, PLANNING],
        **more,
    )


def withdrawn(sources: Sequence[str]) -> Step:
    """The holder thinks better of their own wish."""
    return step(
        "withdraw",
        sources,
        "withdrawn",
        by=APPLICANT,
        label=_("撤回申请"),
        message=_("持证人已撤回申请。"),
        applies=guard.at_wish,
        tells=[APPLICANT, PLANNING],
        basis=GB_27021,
        consequence=_("撤回后证书状态不变，本件办结。"),
    )
