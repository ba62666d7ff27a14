"""May this organisation apply for this certification today? Every bar with its article and the day that ends it. Pure.

A span of months after an event is counted as the Civil Code does (art. 201, 202): the day of the event is not counted,
and the span ends with the corresponding day, or with the month's last day where there is none. The first day on which
one may act is the day after: revoked on 29 February 2028, barred to the end of 28 February 2029, free on 1 March.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from apps.certifications.constants import ReasonClass, RuleCode, Status
from apps.certifications.rules.schemes import RuleSet
from apps.core.calendar import add_months
from apps.core.problems import Problem


class Kind(StrEnum):
    """What is applied for. Bars after a lost certificate stand before a new beginning and before another body."""

    INITIAL = "initial"
    RECERTIFICATION = "recertification"
    SCOPE = "scope"
    TRANSFER = "transfer"


# Why a certificate was lost, where that is the holder's own doing. A source that gives no reason says nothing.
OWN_FAULT = frozenset(
    {
        ReasonClass.SURVEILLANCE_MISSED,
        ReasonClass.NONCONFORMITY,
        ReasonClass.SPOT_CHECK_FAILED,
        ReasonClass.MAJOR_ACCIDENT,
        ReasonClass.NOT_CORRECTED,
    }
)


@dataclass(frozen=True, slots=True)
class Loss:
    """One move of a certificate of the same scheme to suspended, revoked or cancelled. `on` None: not reported."""

    status: str
    on: dt.date | None
    reason_class: str
    number: str

    @property
    def own_fault(self) -> bool:
        """A revocation without a reason counts: the law knows no other ground for it than the holder's (CAR 26)."""
        silent = self.status == Status.REVOKED and self.reason_class == ReasonClass.REPORTED
        return self.reason_class in OWN_FAULT or silent


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the applicant. None: nobody has said; the certification body will ask."""

    kind: str = Kind.INITIAL
    losses: Sequence[Loss] = ()
    operating_since: dt.date | None = None
    dishonest: bool | None = None
    fee_paid_by_client: bool | None = None
    accident_on: dt.date | None = None
    valid_to: dt.date | None = None  # of the certificate to be renewed
    predecessor_status: str = ""


@dataclass(frozen=True, slots=True)
class Obstacle(Problem):
    """A bar: `code` names the rule, `basis` its article; on `changes_on` the answer is another one, None: not by
    waiting."""

    basis: str = ""
    changes_on: dt.date | None = None


def first_day_after(event: dt.date, months: int) -> dt.date:
    """The first day after a span of months that began with the event."""
    return add_months(event, months) + dt.timedelta(days=1)


def obstacles(rules: RuleSet, facts: Facts, on: dt.date) -> list[Obstacle]:
    """Everything that stands in the way on the day, the bar that lasts longest first."""
    found = [obstacle for check in _CHECKS for obstacle in check(rules, facts, on)]
    return sorted(found, key=lambda one: (one.changes_on is not None, -(one.changes_on or on).toordinal()))


def _fault(rules: RuleSet, facts: Facts, on: dt.date) -> Iterable[Obstacle]:
    """One year after a certificate was lost (in the newer rules: or suspended) for the holder's own fault."""
    months = rules.bar_months_after_fault
    if months is None or facts.kind not in (Kind.INITIAL, Kind.TRANSFER):
        return
    counted = {Status.REVOKED}
    counted |= {Status.SUSPENDED} if rules.flag(RuleCode.BAR_AFTER_SUSPENSION) else set()
    counted |= {Status.CANCELLED} if rules.flag(RuleCode.BAR_AFTER_CANCELLATION) else set()
    for loss in facts.losses:
        if loss.status in counted and loss.own_fault:
            yield from _barred(rules, RuleCode.BAR_MONTHS_AFTER_FAULT, loss, months, on)


def _body_lost(rules: RuleSet, facts: Facts, on: dt.date) -> Iterable[Obstacle]:
    """Three months after the body itself lost its approval: the holder did nothing wrong, but must wait."""
    months = rules.value(RuleCode.BAR_MONTHS_AFTER_BODY_LOST)
    if months is None or facts.kind not in (Kind.INITIAL, Kind.TRANSFER):
        return
    for loss in facts.losses:
        if loss.reason_class == ReasonClass.BODY_LOST_APPROVAL:
            yield from _barred(rules, RuleCode.BAR_MONTHS_AFTER_BODY_LOST, loss, months, on)


def _barred(rules: RuleSet, code: RuleCode, loss: Loss, months: int, on: dt.date) -> Iterable[Obstacle]:
    what = {"number": loss.number, "status": Status(loss.status).label, "months": months, "day": loss.on}
    if loss.on is None:
        sentence = _("证书 %(number)s 曾被%(status)s，来源没有报送日期；%(months)d 个月内不得受理申请。") % what
        yield _obstacle(rules, code, loss.number, sentence, _("请向原发证机构取得决定日期的证明。"))
        return
    free = first_day_after(loss.on, months)
    if loss.on <= on < free:
        if code == RuleCode.BAR_MONTHS_AFTER_BODY_LOST:
            text = _("证书 %(number)s 的发证机构于 %(day)s 被撤销资质，%(months)d 个月内不得受理申请。")
        else:
            text = _("证书 %(number)s 因自身原因于 %(day)s 被%(status)s，%(months)d 个月内任何机构不得受理申请。")
        yield _obstacle(rules, code, loss.number, text % what, _from(free), free)


def _operation(rules: RuleSet, facts: Facts, on: dt.date) -> Iterable[Obstacle]:
    """A system must have run for some months before anybody can audit it."""
    months, since = rules.min_operation_months, facts.operating_since
    if months is None or since is None or facts.kind not in (Kind.INITIAL,):
        return
    ripe = first_day_after(since, months)
    if on < ripe:
        sentence = _("体系自 %(day)s 起运行，未满 %(months)d 个月。") % {"day": since, "months": months}
        yield _obstacle(rules, RuleCode.MIN_OPERATION_MONTHS, since.isoformat(), sentence, _from(ripe), ripe)


def _accident(rules: RuleSet, facts: Facts, on: dt.date) -> Iterable[Obstacle]:
    """A year without a grave accident for which operations were stopped."""
    months, day = rules.value(RuleCode.BAR_MONTHS_AFTER_ACCIDENT), facts.accident_on
    if months is None or day is None or day > on:
        return
    free = first_day_after(day, months)
    if on < free:
        sentence = _("%(day)s 发生重大事故，%(months)d 个月内不得受理申请。") % {"day": day, "months": months}
        yield _obstacle(rules, RuleCode.BAR_MONTHS_AFTER_ACCIDENT, day.isoformat(), sentence, _from(free), free)


def _honest(rules: RuleSet, facts: Facts, _on: dt.date) -> Iterable[Obstacle]:
    if rules.flag(RuleCode.NOT_DISHONEST) and facts.dishonest:
        sentence = _("组织列入严重违法失信名单，不得受理申请。")
        yield _obstacle(rules, RuleCode.NOT_DISHONEST, "", sentence, _("移出名单后即可申请，请先办理信用修复。"))


def _fee(rules: RuleSet, facts: Facts, _on: dt.date) -> Iterable[Obstacle]:
    if rules.fee_paid_by_client and facts.fee_paid_by_client is False:
        sentence = _("认证费用须由申请组织直接支付，不得由第三方代付。")
        yield _obstacle(rules, RuleCode.FEE_PAID_BY_CLIENT, "", sentence, _("改由本组织付款后即可申请。"))


def _renewal(rules: RuleSet, facts: Facts, on: dt.date) -> Iterable[Obstacle]:
    """Recertification ends before the certificate does, or one starts over as at first."""
    if facts.kind != Kind.RECERTIFICATION:
        return
    ended = facts.predecessor_status in (Status.REVOKED, Status.CANCELLED)
    late = rules.recertify_before_expiry and facts.valid_to is not None and on > facts.valid_to
    if ended:
        word = Status(facts.predecessor_status).label
        sentence = _("原证书已被%(status)s，不能再认证。") % {"status": word}
    elif late:
        sentence = _("原证书于 %(day)s 到期，再认证须在到期前完成。") % {"day": facts.valid_to}
    else:
        return
    value = facts.valid_to.isoformat() if facts.valid_to else ""
    yield _obstacle(rules, RuleCode.RECERTIFY_BEFORE_EXPIRY, value, sentence, _("请按初次认证重新申请。"))


def _from(day: dt.date) -> str:
    return _("%(day)s 起可以申请。") % {"day": day}


def _obstacle(
    rules: RuleSet, code: RuleCode, value: str, sentence: str, remedy: str, changes_on: dt.date | None = None
) -> Obstacle:
    return Obstacle(
        code=str(code),
        place="organisation",
        value=value,
        rule=sentence,
        remedy=remedy,
        barred=True,
        basis=rules.basis(code),
        changes_on=changes_on,
    )


_CHECKS: tuple[Callable[[RuleSet, Facts, dt.date], Iterable[Obstacle]], ...] = (
    _fault,
    _body_lost,
    _operation,
    _accident,
    _honest,
    _fee,
    _renewal,
)
