"""What a certificate asks of its holder, what follows if it is not done, and by which rule."""

import datetime as dt
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import QMS, Shape

Words = str | Promise

# How many days ahead a duty is shown. Recertification is prepared from half a year before.
EXPIRY_HORIZON = dt.timedelta(days=180)
SURVEILLANCE_HORIZON = dt.timedelta(days=90)
# A lapsed certificate stays on the list this long, so that nobody overlooks that it may not be used any more.
LAPSED_FOR = dt.timedelta(days=30)
SOON = 30  # days


class Duty(StrEnum):
    EXPIRY = "expiry"
    SURVEILLANCE = "surveillance"
    SUSPENSION = "suspension"


_NAMES: dict[Duty, Words] = {
    Duty.EXPIRY: _("到期前再认证或换证"),
    Duty.SURVEILLANCE: _("接受监督"),
    Duty.SUSPENSION: _("暂停期内完成整改"),
}
_OVERDUE_QMS = _(
    "已超过监督期限：发证机构必须暂停证书并报告；暂停期满仍未完成监督审核的，必须撤销证书。请立即联系发证机构。"
)
_OVERDUE = _("已超过监督期限：发证机构应当暂停证书，仍不接受监督的予以撤销。请立即联系发证机构。")
_CCC_EXPIRED = _(
    "到期未换发新证，产品不得出厂、销售或者进口；违者处五万元以上二十万元以下罚款，"
    "货值金额不足一万元的处货值金额二倍以下罚款，没收违法所得。"
)
_SUSPENDED_QMS = _("期满仍未整改合格，发证机构将撤销证书；因自身原因被撤销的，一年内不得再申请质量管理体系认证。")
_CAR_26 = _("《认证认可条例》第二十六条")


def duty_name(duty: Duty) -> Words:
    return _NAMES[duty]


def duties_consequence(duty: Duty, shape: int, *, group: str = "", overdue: bool = False) -> Words:
    """What happens if the day passes, or what must follow now that it has, said to the holder.

    `group` is that of the certification project: some rules hold for quality management systems alone
    (CNCA-QMS-01:2025). The fine for goods without a certificate: CAR 66.
    """
    if overdue and duty == Duty.SURVEILLANCE:
        return _OVERDUE_QMS if group == QMS else _OVERDUE
    if duty == Duty.EXPIRY and shape == Shape.CCC:
        return _CCC_EXPIRED
    if duty == Duty.EXPIRY:
        return _("到期未完成再认证，证书次日自动失效，不得继续使用证书和认证标志；之后按初次认证办理。")
    if duty == Duty.SURVEILLANCE:
        return _("期限内未接受监督，发证机构将暂停证书；暂停期间不得使用证书和认证标志。")
    return _SUSPENDED_QMS if group == QMS else _("期满仍未整改合格，发证机构将撤销证书；撤销的证书不能恢复。")


def duties_basis(duty: Duty, shape: int, group: str = "") -> Words:
    """The rule behind the consequence."""
    if duty == Duty.EXPIRY:
        return _("《认证认可条例》第六十六条") if shape == Shape.CCC else _("证书所载有效期")
    if group == QMS and duty in (Duty.SURVEILLANCE, Duty.SUSPENSION):
        return _("《认证认可条例》第二十六条；CNCA-QMS-01:2025《质量管理体系认证规则》")
    return _CAR_26
