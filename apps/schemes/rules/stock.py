"""What may still be done with goods of a CCC certificate that does not hold. Pure.

Suspended: for that time the certificate counts as invalid, nothing under it may leave the factory (CNCA letter 2007
No. 132; acting against it is acting uncertified, CAR 66). Cancelled or expired: nothing more leaves the factory, what
had left may be sold. Revoked: whatever does not conform may not be sold either; which goods those are the body says
(rule of the compulsory certification, art. 29 of the text of 2009). None was compared with the text in force.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import Shape, Status

Words = str | Promise


@dataclass(frozen=True, slots=True)
class StockDuty:
    """`in_factory`: goods made but not shipped; `shipped`: goods that had left before; `holder`: what must be done."""

    in_factory: Words
    shipped: Words
    holder: Words
    basis: Words


_FACTORY = _("未出厂的：自该日起不得出厂、销售、进口或者在其他经营活动中使用。")
_ENDED = StockDuty(
    _FACTORY,
    _("已出厂、已进口的：证书有效期间出厂且加施认证标志的，可以继续销售。"),
    _("停止使用证书和认证标志，清点库存并留存出厂记录。"),
    _("《强制性产品认证管理规定》；《强制性产品认证证书注销、暂停、撤销实施规则》（据认证机构转载，未核对原文）"),
)
_DUTIES: dict[str, StockDuty] = {
    Status.SUSPENDED: StockDuty(
        _("未出厂的：暂停期间证书视为无效，不得出厂、销售、进口。"),
        _("已出厂的：暂停前出厂且符合认证要求的可以继续销售；不符合认证要求的不得销售。"),
        _("立即停止出厂，清点库存；整改经发证机构确认恢复后，库存产品方可出厂。"),
        _("国认法函〔2007〕132号；《认证认可条例》第六十六条（函据转载，未核对原文）"),
    ),
    Status.REVOKED: StockDuty(
        _FACTORY,
        _("已出厂的：不符合认证要求的不得继续销售；具体产品和批次由发证机构确定，请先向发证机构核实。"),
        _("停止出厂和使用认证标志，按发证机构确定的范围停售、召回。"),
        _("《认证认可条例》第二十六条、第六十六条；《强制性产品认证管理规定》第二十九条（2009年文本，未核对现行文本）"),
    ),
    Status.CANCELLED: _ENDED,
    Status.EXPIRED: _ENDED,
}


def stock_duty(shape: int, status: str) -> StockDuty | None:
    """None where goods may be shipped as ever, or where certification is not compulsory."""
    return _DUTIES.get(status) if shape == Shape.CCC else None
