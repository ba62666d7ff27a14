"""The verdict: what the public page says first. Eight answers, each with its own word, colour, icon and sentence."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import Status
from apps.certifications.rules.freshness import is_stale
from apps.certifications.rules.status import effective_status
from apps.certifications.rules.words import Words


class Kind(StrEnum):
    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    STALE = "stale"
    NOT_FOUND = "not_found"
    CANNOT_CHECK = "cannot_check"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`tone` is the class of the card; `chip` the class of the small mark in lists."""

    kind: Kind
    word: Words
    sentence: Words
    tone: str
    chip: str
    icon: str


_VERDICTS = (
    Verdict(Kind.VALID, _("有效"), _("本证书在有效期内，未被暂停、撤销或注销。"), "ok", "ok", "circle-check"),
    Verdict(
        Kind.SUSPENDED,
        _("暂停"),
        _("发证机构已暂停本证书。暂停期间不得使用证书和认证标志。"),
        "warn",
        "due",
        "pause",
    ),
    Verdict(Kind.REVOKED, _("撤销"), _("发证机构已撤销本证书，自撤销之日起无效，不能恢复。"), "bad", "over", "ban"),
    Verdict(Kind.CANCELLED, _("注销"), _("本证书已注销，不再有效。注销不等于违规。"), "gone", "wait", "circle-x"),
    Verdict(Kind.EXPIRED, _("过期失效"), _("本证书有效期已届满，未见再认证记录。"), "past", "past", "calendar-due"),
    Verdict(
        Kind.STALE,
        _("状态待核对"),
        _("最近一次核对时证书有效，但来源没有按承诺更新，现在的状态可能已经变化。请向发证机构核实。"),
        "info",
        "done",
        "history",
    ),
    Verdict(
        Kind.NOT_FOUND,
        _("未查到"),
        _("本平台收到的数据里没有这张证书。未查到不等于伪造：可能尚未报送，也可能编号有误。"),
        "unknown",
        "wait",
        "question",
    ),
    Verdict(
        Kind.CANNOT_CHECK,
        _("暂时无法核验"),
        _("本平台现在读不到数据，不能判断证书是否有效。请稍后再试，或向发证机构核实。"),
        "offline",
        "wait",
        "cloud-off",
    ),
)
_BY_KIND = {verdict.kind: verdict for verdict in _VERDICTS}


def verdict_of(kind: str) -> Verdict:
    """The words of a kind of verdict."""
    return _BY_KIND[Kind(kind)]


def judge(
    status: str,
    valid_to: dt.date | None,
    *,
    confirmed_at: dt.datetime,
    cadence_days: int,
    now: dt.datetime,
    today: dt.date,
) -> Verdict:
    """What may be said now of a certificate.

    Only "valid" can become stale: that a certificate was revoked, cancelled or has run out does not grow doubtful with
    age, and a suspension is told as such, with its age beside it.
    """
    holds = effective_status(status, valid_to, today)
    if holds == Status.VALID and is_stale(confirmed_at, cadence_days, now):
        return _BY_KIND[Kind.STALE]
    return _BY_KIND[Kind(str(holds))]
