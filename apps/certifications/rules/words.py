"""What a status means, in words for anyone: the four acts get four different sentences, never one "invalid"."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import QMS, ReasonClass, Shape, Status

Words = str | Promise


@dataclass(frozen=True, slots=True)
class StatusWords:
    """`tone` picks colour and icon of the verdict (ok, wait, over, done); `sentence` explains; `icon` is a name."""

    verdict: Words
    sentence: Words
    tone: str
    icon: str


_WORDS = {
    Status.VALID: StatusWords(_("有效"), _("本证书在有效期内，未被暂停、撤销或注销。"), "ok", "circle-check"),
    Status.SUSPENDED: StatusWords(
        _("暂停"),
        _("发证机构已暂停本证书。暂停期间不得使用证书和认证标志；整改合格后可以恢复，逾期未改将被撤销。"),
        "wait",
        "player-pause",
    ),
    Status.REVOKED: StatusWords(
        _("撤销"),
        _("发证机构因不再符合认证要求等原因撤销了本证书。自撤销之日起证书无效，不能恢复。"),
        "over",
        "ban",
    ),
    Status.CANCELLED: StatusWords(
        _("注销"),
        _("本证书已应持证人申请或因停产、规则调整等注销。注销不等于违规，但证书不再有效。"),
        "done",
        "circle-x",
    ),
    Status.EXPIRED: StatusWords(
        _("过期失效"),
        _("本证书有效期已届满，未见再认证记录。有效期届满后不得继续使用。"),
        "over",
        "calendar-off",
    ),
}


def status_words(status: str) -> StatusWords:
    """The verdict for a status."""
    return _WORDS[Status(status)]


def next_legal_step(status: str, reason_class: str = "", shape: int = Shape.MANAGEMENT, group: str = "") -> Words:
    """What must or may follow now, so that nobody is left with a bare status.

    The bar of one year after a revocation stands in the rule for quality management systems alone (CNCA-QMS-01:2025).
    """
    if status == Status.VALID:
        return _("按期接受监督，并在有效期届满前完成再认证或换证。")
    if status == Status.SUSPENDED:
        return _after_suspension(reason_class, shape)
    if status == Status.REVOKED:
        return _REVOKED_QMS if group == QMS else _("撤销的证书不能恢复；需要继续认证的，应当重新申请。")
    if status == Status.CANCELLED:
        return _("需要继续认证的，应当重新申请；强制性产品在注销前已出厂的可以继续销售。")
    return _("应当重新申请认证；未完成再认证的，按初次认证办理。")


_REVOKED_QMS = _(
    "因自身原因被撤销的，一年内任何认证机构不得受理其质量管理体系认证申请（CNCA-QMS-01:2025《质量管理体系认证规则》）。"
)


def _after_suspension(reason_class: str, shape: int) -> Words:
    if shape == Shape.CCC:
        return _("暂停期间产品不得出厂、销售或者进口；整改经发证机构确认后恢复，逾期未改的撤销。")
    if reason_class == ReasonClass.SURVEILLANCE_MISSED:
        return _("暂停期内补做监督审核并合格的恢复；期满仍未接受监督审核的，发证机构必须撤销证书。")
    return _("持证单位应当在暂停期内完成整改；发证机构确认合格后恢复，逾期未改的撤销。")


_CONSEQUENCES = {
    Status.VALID: _("恢复后，公开页面立即显示“有效”，恢复记录永久保留。"),
    Status.SUSPENDED: _("登记后，公开页面立即显示“暂停”及期限，持证单位和发证机构会收到暂停期满提醒。"),
    Status.REVOKED: _("登记后不可恢复：公开页面永久显示“撤销”，持证单位需重新申请认证。"),
    Status.CANCELLED: _("登记后不可恢复：公开页面永久显示“注销”，相关提醒停止发送。"),
    Status.EXPIRED: _("登记后，公开页面显示“过期失效”；只有登记新的有效期（再认证）才能恢复。"),
}


def consequence(to_status: str) -> Words:
    """What recording a move to this status brings about; the form says it before the button."""
    return _CONSEQUENCES[Status(to_status)]
