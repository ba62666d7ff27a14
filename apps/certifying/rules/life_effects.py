"""What a status means for the holder of a certificate: what may be made, shipped, sold and said, and by which rule.

CCC: CNCA announcement 2008 No. 19 and letter 2007 No. 132. A suspended certificate counts as invalid: nothing leaves
the factory; goods that had left it are weighed by the body. After cancellation they may be sold, after revocation not.
Management systems certify no product: what ends is the use of certificate and mark.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import Shape, Status
from apps.certifying.rules.life_terms import CAR_26, CCC_ENDING, CCC_LETTER

MARKS = "《认证证书和认证标志管理办法》"
CAR_66 = "《中华人民共和国认证认可条例》第六十六条"
Text = str | Promise


class Answer(StrEnum):
    """Whether it may be done. `WEIGHED`: the body says so in each case."""

    YES = "yes"
    NO = "no"
    WEIGHED = "weighed"


@dataclass(frozen=True, slots=True)
class StockDuty:
    """One question about goods or words, its answer, and the rule."""

    code: str
    question: Text
    answer: Answer
    words: Text
    basis: str

    @property
    def tone(self) -> str:
        return {Answer.YES: "ok", Answer.NO: "over", Answer.WEIGHED: "due"}[self.answer]

    @property
    def icon(self) -> str:
        return {Answer.YES: "check", Answer.NO: "ban", Answer.WEIGHED: "alert"}[self.answer]

    @property
    def label(self) -> Text:
        return {Answer.YES: _("可以"), Answer.NO: _("不可以"), Answer.WEIGHED: _("由发证机构评价")}[self.answer]


_FACTORY, _SHIPPED, _MAKING, _USE = (
    _("已经生产、还没有出厂的库存，可以出厂吗？"),
    _("此前已经出厂或者进口的产品，可以继续销售吗？"),
    _("可以继续加施认证标志吗？"),
    _("可以在宣传、投标和包装上使用证书和标志吗？"),
)
_PRODUCTS = _("产品本身可以继续销售吗？")


def _duty(code: str, question: Text, answer: Answer, words: Text, basis: str) -> StockDuty:
    return StockDuty(code, question, answer, words, basis)


_NO_USE = {
    Status.SUSPENDED: _("暂停期间不得使用证书和认证标志，已经发布的宣传应当停止。"),
    Status.REVOKED: _("撤销之日起不得使用证书和认证标志，并按发证机构的要求收回。"),
    Status.CANCELLED: _("注销之日起不得使用证书和认证标志。"),
    Status.EXPIRED: _("有效期届满后不得使用证书和认证标志。"),
}
_CCC: dict[Status, tuple[StockDuty, ...]] = {
    Status.SUSPENDED: (
        _duty(
            "factory",
            _FACTORY,
            Answer.NO,
            _("暂停期间证书视为无效，产品不得出厂、进口；恢复之后才能出厂。"),
            CCC_ENDING,
        ),
        _duty(
            "shipped",
            _SHIPPED,
            Answer.WEIGHED,
            _("发证机构按暂停原因评价安全隐患；可能危害人身安全的，应当停止销售并按通知处理。"),
            CCC_ENDING,
        ),
        _duty("making", _MAKING, Answer.NO, _("暂停期间出厂、销售的，按未经认证擅自出厂、销售处理。"), CCC_LETTER),
    ),
    Status.REVOKED: (
        _duty("factory", _FACTORY, Answer.NO, _("撤销之日起不得出厂、进口。"), CCC_ENDING),
        _duty("shipped", _SHIPPED, Answer.NO, _("撤销之日起不得销售，也不得在其他经营活动中使用。"), CCC_ENDING),
        _duty("making", _MAKING, Answer.NO, _("须重新取得认证。"), CAR_66),
    ),
    Status.CANCELLED: (
        _duty("factory", _FACTORY, Answer.NO, _("注销之日起不得继续出厂、进口。"), CCC_ENDING),
        _duty("shipped", _SHIPPED, Answer.YES, _("注销之前已经出厂、进口的产品可以继续销售或者使用。"), CCC_ENDING),
        _duty("making", _MAKING, Answer.NO, _("须重新取得认证。"), CAR_66),
    ),
    Status.EXPIRED: (
        _duty("factory", _FACTORY, Answer.NO, _("有效期届满未换发新证，不得出厂、进口。"), CAR_66),
        _duty("shipped", _SHIPPED, Answer.YES, _("有效期内已经出厂、进口的产品可以继续销售。"), CCC_ENDING),
        _duty("making", _MAKING, Answer.NO, _("须重新取得认证。"), CAR_66),
    ),
}
_ON_PRODUCT = _("未使用完的标志和印有标志的包装应当封存，已加施标志的产品按发证机构的要求处理。")


def duties_of(status: str, shape: int) -> tuple[StockDuty, ...]:
    """What the holder asks about goods and words in this status; nothing while the certificate is valid."""
    known = Status(status)
    if known == Status.VALID:
        return ()
    use = _duty("use", _USE, Answer.NO, _NO_USE[known], MARKS)
    if shape == Shape.CCC:
        return (*_CCC[known], use)
    if shape == Shape.MANAGEMENT:
        words = _("管理体系认证不是对产品的认证，产品可以销售，但不得以证书证明产品或者管理。")
        return (_duty("products", _PRODUCTS, Answer.YES, words, MARKS), use)
    words = _("产品本身可以销售，但不得再以认证产品的名义销售。")
    return (
        _duty("products", _PRODUCTS, Answer.YES, words, MARKS),
        _duty("making", _MAKING, Answer.NO, _ON_PRODUCT, CAR_26),
        use,
    )
