"""The papers of an application for certification: what a body tells an applicant, and the certificate itself."""

from django.utils.translation import gettext_lazy as _

from apps.documents.rules import Field, Form, Paper

F = Field
_HEAD = (
    F("authority", _("认证机构"), most=200),
    F("number", _("文号"), most=60),
    F("addressee", _("主送单位"), most=200),
    F("case_number", _("申请编号"), most=60),
    F("matter", _("认证项目"), most=200),
    F("date", _("成文日期"), Form.DAY),
    F("contact", _("联系人"), required=False, most=60),
    F("phone", _("联系电话"), required=False, most=40),
    F("address", _("联系地址"), required=False, most=300),
)
CERTIFICATION_PAPERS = (
    Paper(
        "certification_receipt",
        _("认证申请受理回执"),
        (
            *_HEAD,
            F("scope", _("申请的认证范围"), most=2000),
            F("materials", _("收到的材料"), Form.LIST, required=False),
        ),
    ),
    Paper(
        "certification_completion",
        _("认证申请补正通知"),
        (
            *_HEAD,
            F("deficiencies", _("需要补充的内容"), Form.ROWS, most=100, columns=("item", "problem", "remedy")),
            F("respond_by", _("补充期限"), Form.DAY),
        ),
    ),
    Paper(
        "certification_refusal",
        _("不予受理或者不予认证通知"),
        (*_HEAD, F("outcome", _("结果"), most=40), F("reasons", _("理由"), Form.LIST, most=20)),
    ),
    Paper(
        "certification_plan",
        _("审核计划通知书"),
        (
            *_HEAD,
            F("stages", _("审核阶段"), Form.LIST, most=10),
            F("plan_from", _("审核开始日期"), Form.DAY),
            F("plan_to", _("审核结束日期"), Form.DAY),
            F("plan_days", _("审核人日"), most=10),
            F("plan_note", _("审核内容"), required=False, most=2000),
            F("sites", _("审核场所"), Form.LIST, most=300),
            F("team", _("审核组"), Form.ROWS, most=30, columns=("name", "role", "field")),
        ),
    ),
    Paper(
        "certification_certificate",
        _("认证证书"),
        (
            F("authority", _("认证机构"), most=200),
            F("approval", _("批准号"), required=False, most=40),
            F("number", _("证书编号"), most=64),
            F("holder", _("获证组织"), most=200),
            F("uscc", _("统一社会信用代码"), required=False, most=18),
            F("project", _("认证项目"), most=200),
            F("project_en", _("认证项目英文名称"), most=200),
            F("standard", _("认证依据"), required=False, most=300),
            F("scope", _("认证范围"), most=2000),
            F("sites", _("场所"), Form.LIST, required=False, most=300),
            F("lines", _("产品"), Form.ROWS, required=False, most=300, columns=("product", "place", "area", "output")),
            F("first_issued_on", _("初次获证日期"), Form.DAY, required=False),
            F("date", _("发证日期"), Form.DAY),
            F("valid_from", _("有效期自"), Form.DAY),
            F("valid_to", _("有效期至"), Form.DAY),
            F("verify_url", _("核验网址"), Form.URL),
        ),
    ),
)
