"""Every paper that the portal makes, with its parameters. The words stand in typst/<code>.typ.

Parameters are plain JSON: texts, dates as YYYY-MM-DD, lists and rows of texts. Names of authorities, courts and
articles of law are parameters, because deciding authority and remedies follow the competence of each matter.
"""

from django.utils.translation import gettext_lazy as _

from apps.documents.rules import Field, Form, Paper

F = Field
SCOPE_COLUMNS = ("n", "category", "object", "parameter", "standard", "restriction", "site")

_HEAD = (
    F("authority", _("发文机关"), most=60),
    F("number", _("文号"), most=60),
    F("addressee", _("主送单位"), most=200),
    F("case_number", _("办件编号"), most=60),
    F("matter", _("事项名称"), most=200),
    F("date", _("成文日期"), Form.DAY),
)
_CONTACT = (
    F("contact", _("联系人"), required=False, most=60),
    F("phone", _("联系电话"), required=False, most=40),
    F("address", _("联系地址"), required=False, most=200),
    F("verify_url", _("核验网址"), Form.URL, required=False),
)
_REMEDIES = (
    F("reconsideration_authority", _("行政复议机关"), most=100),
    F("court", _("有管辖权的人民法院"), most=100),
)
_BASIS = F("basis", _("法律依据"), Form.LIST, most=20)

PAPERS = {
    paper.code: paper
    for paper in (
        Paper(
            "notice_acceptance",
            _("受理通知书"),
            (
                *_HEAD,
                F("applied_on", _("申请日期"), Form.DAY),
                _BASIS,
                F("limit", _("办理期限"), most=300),
                F("materials", _("收到的材料"), Form.LIST, required=False, most=100),
                *_CONTACT,
            ),
        ),
        Paper(
            "notice_correction",
            _("补正告知书"),
            (
                *_HEAD,
                F("applied_on", _("申请日期"), Form.DAY),
                _BASIS,
                F("deficiencies", _("需要补正的内容"), Form.ROWS, most=200, columns=("item", "problem", "remedy")),
                F("respond_by", _("补正期限"), Form.DAY),
                *_CONTACT,
            ),
        ),
        Paper(
            "notice_non_acceptance",
            _("不予受理决定书"),
            (
                *_HEAD,
                F("applied_on", _("申请日期"), Form.DAY),
                F("reasons", _("不予受理的理由"), Form.LIST, most=30),
                _BASIS,
                F("proper_authority", _("应向其申请的机关"), required=False, most=100),
                *_REMEDIES,
                *_CONTACT,
            ),
        ),
        Paper(
            "notice_review_time",
            _("技术评审时间告知书"),
            (
                *_HEAD,
                F("accepted_on", _("受理日期"), Form.DAY),
                F("review_from", _("技术评审起始日期"), Form.DAY),
                F("duration", _("技术评审所需时间"), most=100),
                F("manner", _("评审方式"), most=100),
                _BASIS,
                F("notes", _("请配合的事项"), Form.LIST, required=False, most=20),
                *_CONTACT,
            ),
        ),
        Paper(
            "decision_grant",
            _("准予许可决定书"),
            (
                *_HEAD,
                F("applied_on", _("申请日期"), Form.DAY),
                F("findings", _("审查情况"), most=2000),
                _BASIS,
                F("granted", _("准予许可的内容"), Form.LIST, most=50),
                F("certificate_number", _("证书编号"), required=False, most=40),
                F("valid_from", _("有效期起"), Form.DAY, required=False),
                F("valid_to", _("有效期至"), Form.DAY, required=False),
                F("duties", _("被许可人的义务"), Form.LIST, required=False, most=30),
                *_REMEDIES,
                *_CONTACT,
            ),
        ),
        Paper(
            "decision_refusal",
            _("不予许可决定书"),
            (
                *_HEAD,
                F("applied_on", _("申请日期"), Form.DAY),
                F("findings", _("查明的事实"), most=2000),
                F("reasons", _("不予许可的理由"), Form.LIST, most=30),
                _BASIS,
                *_REMEDIES,
                *_CONTACT,
            ),
        ),
        Paper(
            "notice_extension",
            _("延期告知书"),
            (
                *_HEAD,
                F("accepted_on", _("受理日期"), Form.DAY),
                F("due_before", _("原办结期限"), Form.DAY),
                F("extension", _("延长的时间"), most=60),
                F("due_on", _("延长后的办结期限"), Form.DAY),
                F("reason", _("延长的理由"), most=1000),
                _BASIS,
                *_CONTACT,
            ),
        ),
        Paper(
            "forwarding_letter",
            _("转报函"),
            (
                *_HEAD,
                F("applicant", _("申请机构"), most=200),
                F("uscc", _("统一社会信用代码"), required=False, most=18),
                F("applied_on", _("申请日期"), Form.DAY),
                F("findings", _("初审意见"), most=2000),
                _BASIS,
                F("enclosures", _("随函材料"), Form.ROWS, required=False, most=500, columns=("name", "sha256")),
                *_CONTACT,
            ),
        ),
        Paper(
            "cma_certificate",
            _("检验检测机构资质认定证书"),
            (
                F("number", _("证书编号"), most=40),
                F("name", _("机构名称"), most=200),
                F("name_en", _("机构英文名称"), required=False, most=300),
                F("address", _("地址"), most=300),
                F("address_en", _("英文地址"), required=False, most=400),
                F("uscc", _("统一社会信用代码"), required=False, most=18),
                F("authority", _("发证机关"), most=60),
                F("authority_en", _("发证机关英文名称"), most=120),
                F("date", _("发证日期"), Form.DAY),
                F("valid_to", _("有效期至"), Form.DAY),
                F("verify_url", _("核验网址"), Form.URL),
                F("signatories", _("授权签字人"), Form.ROWS, required=False, most=100, columns=("name", "field")),
                F("scope", _("检验检测能力"), Form.ROWS, most=5_000, columns=SCOPE_COLUMNS),
            ),
        ),
        Paper(
            "cma_commitment",
            _("告知承诺书"),
            (
                F("authority", _("审批机关"), most=60),
                F("number", _("编号"), most=60),
                F("matter", _("事项名称"), most=200),
                F("organisation", _("申请机构"), most=200),
                F("uscc", _("统一社会信用代码"), most=18),
                F("legal_representative", _("法定代表人"), most=60),
                F("address", _("地址"), most=300),
                F("basis", _("审批依据"), Form.LIST, most=20),
                F("conditions", _("应当具备的条件"), Form.LIST, most=50),
                F("consequences", _("监督和法律责任"), Form.LIST, most=30),
                F("commitments", _("承诺内容"), Form.LIST, most=30),
                F("signed_by", _("签署人"), most=60),
                F("date", _("签署日期"), Form.DAY),
                F("verify_url", _("核验网址"), Form.URL, required=False),
            ),
        ),
        Paper(
            "notice_revocation",
            _("拟撤销行政许可告知书"),
            (
                *_HEAD,
                F("licence_number", _("证书编号"), most=40),
                F("facts", _("拟撤销的事实和理由"), most=2000),
                _BASIS,
                F("state_by", _("陈述申辩期限"), Form.DAY),
                *_CONTACT,
            ),
        ),
        Paper(
            "notice_hearing",
            _("听证通知书"),
            (
                *_HEAD,
                F("hearing_on", _("听证日期"), Form.DAY),
                F("hearing_place", _("听证地点"), most=100),
                _BASIS,
                *_CONTACT,
            ),
        ),
        Paper(
            "decision_revocation",
            _("撤销行政许可决定书"),
            (
                *_HEAD,
                F("licence_number", _("证书编号"), most=40),
                F("facts", _("查明的事实"), most=2000),
                F("statement", _("陈述申辩和听证情况"), most=2000),
                F("reasons", _("撤销许可的理由"), Form.LIST, most=30),
                _BASIS,
                F("barred", _("限制再次申请"), required=False, most=300),
                *_REMEDIES,
                *_CONTACT,
            ),
        ),
        Paper(
            "decision_cancellation",
            _("注销行政许可决定书"),
            (
                *_HEAD,
                F("licence_number", _("证书编号"), most=40),
                F("cause", _("注销的情形"), most=200),
                F("reasons", _("注销的理由"), Form.LIST, most=30),
                _BASIS,
                *_REMEDIES,
                *_CONTACT,
            ),
        ),
        Paper(
            "order_rectification",
            _("责令改正通知书"),
            (
                *_HEAD,
                F("licence_number", _("证书编号"), most=40),
                F("facts", _("存在的问题"), most=2000),
                F("requirements", _("改正要求"), Form.LIST, most=30),
                _BASIS,
                F("rectify_by", _("改正期限"), Form.DAY),
                *_REMEDIES,
                *_CONTACT,
            ),
        ),
        Paper(
            "notice_recheck",
            _("复查意见书"),
            (
                *_HEAD,
                F("licence_number", _("证书编号"), most=40),
                F("ordered_on", _("责令改正日期"), Form.DAY),
                F("findings", _("复查情况"), most=2000),
                F("outcome", _("复查结果"), most=300),
                _BASIS,
                *_CONTACT,
            ),
        ),
        Paper(
            "decision_not_revoked",
            _("不予撤销行政许可决定书"),
            (
                *_HEAD,
                F("licence_number", _("证书编号"), most=40),
                F("facts", _("拟撤销的事实和理由"), most=2000),
                F("statement", _("陈述申辩和听证情况"), most=2000),
                F("reasons", _("不予撤销的理由"), Form.LIST, most=30),
                _BASIS,
                F("order_ended", _("责令改正的终止"), required=False, most=300),
                *_CONTACT,
            ),
        ),
        Paper(
            "decision_not_cancelled",
            _("不予注销行政许可决定书"),
            (
                *_HEAD,
                F("licence_number", _("证书编号"), most=40),
                F("cause", _("提出注销的情形"), most=200),
                F("reasons", _("不予注销的理由"), Form.LIST, most=30),
                _BASIS,
                *_REMEDIES,
                *_CONTACT,
            ),
        ),
        Paper(
            "order_again",
            _("责令继续改正通知书"),
            (
                *_HEAD,
                F("licence_number", _("证书编号"), most=40),
                F("ordered_on", _("责令改正日期"), Form.DAY),
                F("findings", _("复查情况"), most=2000),
                F("requirements", _("改正要求"), Form.LIST, most=30),
                _BASIS,
                F("rectify_by", _("改正期限"), Form.DAY),
                *_REMEDIES,
                *_CONTACT,
            ),
        ),
        Paper(
            "order_commitment",
            _("告知承诺核查责令整改通知书"),
            (
                *_HEAD,
                F("licence_number", _("证书编号"), most=40),
                F("visited_on", _("现场核查日期"), Form.DAY),
                F("reason", _("认定意见"), most=2000),
                F("findings", _("核查发现的问题"), Form.ROWS, most=30, columns=("criterion", "problem")),
                _BASIS,
                F("rectify_by", _("整改期限"), Form.DAY),
                *_REMEDIES,
                *_CONTACT,
            ),
        ),
        Paper(
            "notice_not_issued",
            _("终止发证告知书"),
            (
                *_HEAD,
                F("licence_number", _("证书编号"), most=40),
                F("granted_on", _("准予许可日期"), Form.DAY),
                F("ended", _("资质认定失效的情形"), most=60),
                F("ended_on", _("资质认定失效日期"), Form.DAY),
                F("ended_by", _("作出决定的机关"), most=100),
                F("ended_number", _("决定文号"), most=60),
                F("reasons", _("终止发证的理由"), Form.LIST, most=30),
                _BASIS,
                *_REMEDIES,
                *_CONTACT,
            ),
        ),
    )
}
