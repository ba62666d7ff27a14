"""The papers by which a certification body acts on a certificate that it issued."""

from django.utils.translation import gettext_lazy as _

from apps.documents.paper_parts import BASIS, CONTACT, HEAD, F
from apps.documents.rules import Form, Paper

CERTIFICATE_PAPERS = (
    Paper(
        "cert_notice_intent",
        _("拟暂停、撤销认证证书告知书"),
        (
            *HEAD,
            F("certificate_number", _("证书编号"), most=64),
            F("act", _("拟作出的处理"), most=20),
            F("facts", _("查明的事实"), most=2000),
            BASIS,
            F("state_by", _("陈述期限"), Form.DAY),
            *CONTACT,
        ),
    ),
    Paper(
        "cert_notice_suspension",
        _("暂停认证证书通知书"),
        (
            *HEAD,
            F("certificate_number", _("证书编号"), most=64),
            F("cause", _("暂停原因"), most=100),
            F("facts", _("事实和理由"), most=2000),
            BASIS,
            F("until", _("暂停期限"), Form.DAY),
            F("duties", _("暂停期间的要求"), Form.LIST, most=20),
            *CONTACT,
        ),
    ),
    Paper(
        "cert_notice_resumption",
        _("恢复认证证书通知书"),
        (
            *HEAD,
            F("certificate_number", _("证书编号"), most=64),
            F("findings", _("验证情况"), most=2000),
            BASIS,
            *CONTACT,
        ),
    ),
    Paper(
        "cert_notice_revocation",
        _("撤销认证证书通知书"),
        (
            *HEAD,
            F("certificate_number", _("证书编号"), most=64),
            F("cause", _("撤销原因"), most=100),
            F("facts", _("事实和理由"), most=2000),
            F("statement", _("陈述情况"), most=2000),
            BASIS,
            F("duties", _("撤销后的要求"), Form.LIST, most=20),
            *CONTACT,
        ),
    ),
    Paper(
        "cert_notice_cancellation",
        _("注销认证证书通知书"),
        (
            *HEAD,
            F("certificate_number", _("证书编号"), most=64),
            F("cause", _("注销原因"), most=100),
            F("facts", _("事实和理由"), most=2000),
            BASIS,
            F("duties", _("注销后的要求"), Form.LIST, most=20),
            *CONTACT,
        ),
    ),
    Paper(
        "cert_release_letter",
        _("同意转出认证证书的函"),
        (
            *HEAD,
            F("certificate_number", _("证书编号"), most=64),
            F("receiving", _("接收机构"), most=200),
            F("valid_to", _("证书有效期至"), Form.DAY),
            F("audits", _("本认证周期的审核"), Form.LIST, required=False, most=30),
            F("findings", _("未关闭的不符合项"), Form.LIST, required=False, most=100),
            BASIS,
            *CONTACT,
        ),
    ),
)
