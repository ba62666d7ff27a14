"""Changing a rule takes two people: one proposes the new value with its article, another approves it."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import record
from apps.certifications.constants import RuleUnit
from apps.certifications.selectors.schemes import open_rule
from apps.certifications.services.schemes import NewValue, replace_rule, rule_problems
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.schemes.constants import ProposalState
from apps.schemes.models import RuleProposal

EDIT = Permission.SCHEME_EDIT
SUBJECT = "rule_proposal"
MOST_MONTHS = 240


def propose_rule(*, actor: Actor, now: dt.datetime, new: NewValue, reason: str) -> RuleProposal:
    """Put a new value before a colleague. Writes the proposal and the trail; no rule changes yet."""
    require(actor, EDIT)
    assert actor.user_id is not None, "a proposal is a person's"
    if problems := [*rule_problems(open_rule(new.scheme, new.code), new), *_problems(new, reason)]:
        raise ProblemsFound(*problems)
    try:
        with transaction.atomic():
            made = RuleProposal.objects.create(
                **_fields(new), reason=reason.strip(), proposed_by_id=actor.user_id, proposed_at=now
            )
            _record(actor, now, made, "propose", reason)
    except IntegrityError as fault:
        rule = _("这条规则已有一项修改等待审核")
        raise ProblemsFound(Problem("waiting", "code", new.code, rule, _("请先审核或撤回该修改"))) from fault
    return made


def decide_proposal(
    *, actor: Actor, now: dt.datetime, proposal_id: int, version: int, approved: bool, opinion: str = ""
) -> RuleProposal:
    """Approve or reject what somebody else proposed; approved, the rule changes in the same transaction."""
    with transaction.atomic():
        found = _locked(actor, proposal_id, version)
        if found.proposed_by_id == actor.user_id:
            raise Refused("separation", _("修改由另一人审核，提出人不能审核自己的修改。"))
        if not approved and not opinion.strip():
            rule = _("不通过须说明理由")
            raise ProblemsFound(Problem("required", "opinion", "", rule, _("请填写审核意见")))
        if approved:
            replace_rule(actor=actor, now=now, new=_new_value(found), reason=found.reason)
        _close(actor, now, found, ProposalState.APPROVED if approved else ProposalState.REJECTED, opinion)
    return found


def withdraw_proposal(*, actor: Actor, now: dt.datetime, proposal_id: int, version: int) -> RuleProposal:
    """Take back one's own proposal."""
    with transaction.atomic():
        found = _locked(actor, proposal_id, version)
        if found.proposed_by_id != actor.user_id:
            raise Refused("not_yours", _("只有提出人可以撤回。"))
        _close(actor, now, found, ProposalState.WITHDRAWN, "")
    return found


def _locked(actor: Actor, pk: int, version: int) -> RuleProposal:
    found = RuleProposal.objects.select_for_update().get(pk=pk)
    require(actor, EDIT)
    if found.state != ProposalState.OPEN:
        raise Refused("state", _("该修改已经办结。"))
    if found.version != version:
        raise StaleVersion
    return found


def _close(actor: Actor, now: dt.datetime, found: RuleProposal, state: ProposalState, opinion: str) -> None:
    found.state, found.opinion = state, opinion.strip()
    found.decided_by_id, found.decided_at = actor.user_id, now
    found.version += 1
    found.save()
    _record(actor, now, found, str(state), opinion)


def _problems(new: NewValue, reason: str) -> list[Problem]:
    found = []
    if new.unit == RuleUnit.YES_NO and new.value not in (0, 1, None):
        rule = _("“是否”类规则的数值为 1（是）或 0（否）")
        found.append(Problem("range", "value", str(new.value), rule, _("请填写 1 或 0")))
    if new.unit == RuleUnit.MONTH and (new.value or 0) > MOST_MONTHS:
        rule = _("期间不超过 %(most)d 个月") % {"most": MOST_MONTHS}
        found.append(Problem("range", "value", str(new.value), rule, _("请核对公告原文")))
    if not reason.strip():
        found.append(Problem("required", "reason", "", _("修改规则须说明理由"), _("请填写理由")))
    return found


def _new_value(found: RuleProposal) -> NewValue:
    return NewValue(
        scheme=found.scheme,
        code=found.code,
        unit=found.unit,
        value=found.value,
        effective_from=found.effective_from,
        basis=found.basis,
        note=found.note,
        verified=found.verified,
        applies_to_running=found.applies_to_running,
    )


def _fields(new: NewValue) -> dict[str, Any]:
    return {
        "scheme": new.scheme,
        "code": new.code,
        "unit": new.unit,
        "value": new.value,
        "effective_from": new.effective_from,
        "basis": new.basis.strip(),
        "note": new.note.strip(),
        "verified": new.verified,
        "applies_to_running": new.applies_to_running,
    }


def _record(actor: Actor, now: dt.datetime, proposal: RuleProposal, act: str, reason: str) -> None:
    record(
        actor=actor,
        now=now,
        action=f"schemes.rule_proposal.{act}",
        subject_kind=SUBJECT,
        subject_id=proposal.pk,
        after={
            "scheme": proposal.scheme,
            "code": proposal.code,
            "value": proposal.value,
            "effective_from": proposal.effective_from.isoformat(),
            "state": str(proposal.state),
        },
        reason=reason,
    )
