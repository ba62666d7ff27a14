"""The next legal step of a holder, and its last day. Pure."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.certifications.constants import RuleCode, Status
from apps.certifications.rules.obligations import Duty, duties_basis, duties_consequence
from apps.certifications.rules.schemes import RuleSet
from apps.core.calendar import add_months
from apps.schemes.rules.applying import Loss, first_day_after

Words = str | Promise


class Step(StrEnum):
    CORRECT = "correct"
    SURVEILLANCE = "surveillance"
    SURVEILLANCE_OVERDUE = "surveillance_overdue"
    APPLY_RENEWAL = "apply_renewal"
    RECERTIFY = "recertify"
    WAIT = "wait"
    APPLY_ANEW = "apply_anew"


@dataclass(frozen=True, slots=True)
class Situation:
    """How a certificate stands: `status` the effective one, `reason_class` why, `since` from when."""

    status: str
    shape: int
    group: str
    valid_to: dt.date | None = None
    surveillance_due: dt.date | None = None
    suspended_until: dt.date | None = None
    since: dt.date | None = None
    reason_class: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class LegalStep:
    """What comes next: do it by `last_day` (None: no day is set), or not before `from_day`."""

    code: str
    label: Words
    last_day: dt.date | None
    basis: Words
    consequence: Words
    from_day: dt.date | None = None

    def days_left(self, on: dt.date) -> int | None:
        return None if self.last_day is None else (self.last_day - on).days


def next_step(at: Situation, rules: RuleSet, on: dt.date) -> LegalStep:
    """The one thing that is due next; of a certificate that holds, whatever has the earliest day."""
    if at.status == Status.SUSPENDED:
        return _correct(at, rules)
    if at.status == Status.VALID:
        return _keep(at, rules, on)
    return _anew(at, rules, on)


def _correct(at: Situation, rules: RuleSet) -> LegalStep:
    """Until the end that was set, else until the longest end that the scheme allows."""
    last, months = at.suspended_until, rules.suspension_max_months
    if last is None and at.since is not None and months is not None:
        last = add_months(at.since, months)
    consequence, basis = _said(Duty.SUSPENSION, at)
    return LegalStep(Step.CORRECT, _("在暂停期内整改，由发证机构确认后恢复证书"), last, basis, consequence)


def _keep(at: Situation, rules: RuleSet, on: dt.date) -> LegalStep:
    due = at.surveillance_due
    if due is not None and due < on:
        consequence = duties_consequence(Duty.SURVEILLANCE, at.shape, group=at.group, overdue=True)
        basis = duties_basis(Duty.SURVEILLANCE, at.shape, at.group)
        return LegalStep(Step.SURVEILLANCE_OVERDUE, _("立即联系发证机构补做监督"), due, basis, consequence)
    ahead = [step for step in (_surveillance(at), _apply(at, rules, on), _recertify(at, rules)) if step is not None]
    if not ahead:
        return LegalStep(Step.RECERTIFY, _("来源没有报送期限，请向发证机构核实"), None, "", "")
    assert all(step.last_day is not None for step in ahead), "each of them ends on a day"
    return min(ahead, key=lambda step: step.last_day or on)


def _surveillance(at: Situation) -> LegalStep | None:
    if at.surveillance_due is None:
        return None
    consequence, basis = _said(Duty.SURVEILLANCE, at)
    return LegalStep(Step.SURVEILLANCE, _("接受监督"), at.surveillance_due, basis, consequence)


def _apply(at: Situation, rules: RuleSet, on: dt.date) -> LegalStep | None:
    """Where the scheme wants the renewal applied for some months before the end."""
    months = rules.renewal_apply_months
    if months is None or at.valid_to is None or (last := add_months(at.valid_to, -months)) < on:
        return None
    basis = rules.basis(RuleCode.RENEWAL_APPLY_MONTHS)
    consequence = _("逾期提出的，可能来不及在到期前完成再认证。")
    return LegalStep(Step.APPLY_RENEWAL, _("提出再认证申请"), last, basis, consequence)


def _recertify(at: Situation, rules: RuleSet) -> LegalStep | None:
    if at.valid_to is None:
        return None
    consequence, basis = _said(Duty.EXPIRY, at)
    basis = rules.basis(RuleCode.RECERTIFY_BEFORE_EXPIRY) or basis
    return LegalStep(Step.RECERTIFY, _("在到期前完成再认证或换证"), at.valid_to, basis, consequence)


def _anew(at: Situation, rules: RuleSet, on: dt.date) -> LegalStep:
    """After the end: when a new application may be made."""
    months, basis = rules.bar_months_after_fault, rules.basis(RuleCode.BAR_MONTHS_AFTER_FAULT)
    lost = Loss(at.status, at.since, at.reason_class, at.number)
    barred = at.status == Status.REVOKED or (
        at.status == Status.CANCELLED and rules.flag(RuleCode.BAR_AFTER_CANCELLATION)
    )
    if barred and lost.own_fault and at.since is not None and months is not None:
        free = first_day_after(at.since, months)
        if on < free:
            label = _("%(day)s 起方可重新申请") % {"day": free}
            return LegalStep(Step.WAIT, label, None, basis, _("在此之前任何认证机构不得受理。"), from_day=free)
    label = _("需要继续认证的，按初次认证重新申请")
    return LegalStep(Step.APPLY_ANEW, label, None, "", _("没有有效证书，不得使用证书和认证标志。"))


def _said(duty: Duty, at: Situation) -> tuple[Words, Words]:
    return duties_consequence(duty, at.shape, group=at.group), duties_basis(duty, at.shape, at.group)
