"""The papers of what the bureau decides itself: receipt, letter to a certification body, decision, refusal."""

from django.utils.translation import gettext_lazy as _

from apps.documents.paper_parts import BASIS, CONTACT, HEAD, REMEDIES, F
from apps.documents.rules import Form, Paper

PRODUCT_COLUMNS = ("code", "name", "model", "quantity", "unit")

MATTER_PAPERS = (
    Paper(
        "matter_receipt",
        _("收件回执"),
        (
            *HEAD,
            F("materials", _("收到的材料"), Form.LIST, required=False, most=100),
            F("limit", _("答复期限"), most=300),
            *CONTACT,
        ),
    ),
    Paper(
        "matter_enquiry",
        _("征求意见函"),
        (
            *HEAD,
            F("applicant", _("申请单位"), most=200),
            F("subject", _("征求意见的事项"), Form.LIST, most=20),
            BASIS,
            F("respond_by", _("答复期限"), Form.DAY),
            *CONTACT,
        ),
    ),
    Paper(
        "matter_decision",
        _("批准决定书"),
        (
            *HEAD,
            F("applied_on", _("申请日期"), Form.DAY),
            F("ground", _("适用情形"), required=False, most=300),
            F("findings", _("审查情况"), most=2000),
            BASIS,
            F("facts", _("批准的内容"), Form.ROWS, required=False, most=40, columns=("label", "value")),
            F("products", _("产品清单"), Form.ROWS, required=False, most=50, columns=PRODUCT_COLUMNS),
            F("valid_from", _("有效期起"), Form.DAY, required=False),
            F("valid_to", _("有效期至"), Form.DAY, required=False),
            F("duties", _("应当履行的义务"), Form.LIST, required=False, most=30),
            F("duty_by", _("义务期限"), Form.DAY, required=False),
            *REMEDIES,
            *CONTACT,
        ),
    ),
    Paper(
        "matter_refusal",
        _("不予批准决定书"),
        (
            *HEAD,
            F("applied_on", _("申请日期"), Form.DAY),
            F("reasons", _("不予批准的理由"), Form.LIST, most=30),
            BASIS,
            *REMEDIES,
            *CONTACT,
        ),
    ),
)
