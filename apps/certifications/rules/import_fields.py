"""The columns of an import: the national lookup's field names, the Chinese template, and what people call them."""

from django.utils.translation import gettext_lazy as _

from apps.core.tables.columns import Column, Columns

FIELDS: tuple[Column, ...] = (
    Column(
        "number",
        "证书编号",
        "certNumber",
        ("证书号", "证书号码", "认证证书编号", "编号", "certificate number"),
        True,
        "00126Q10001R0S",
        _("照证书填写，最多64个字符；请把单元格设为“文本”格式，以免末位数字丢失"),
    ),
    Column(
        "holder",
        "持证单位",
        "orgName",
        ("获证组织", "获证组织名称", "组织名称", "企业名称", "单位名称", "持证人", "证书持有人", "holder"),
        True,
        "示例·梵净山茶业有限公司",
        _("证书所载名称，最多200个字符"),
    ),
    Column(
        "code",
        "统一社会信用代码",
        "orgCode",
        ("信用代码", "社会信用代码", "组织机构代码", "统一社会信用代码/组织机构代码", "组织代码", "uscc"),
        True,
        "91520602MA6DEMOX0X",
        _("18位统一社会信用代码，或9位组织机构代码；确无代码的填 000000000"),
    ),
    Column(
        "body",
        "认证机构批准号",
        "rzjgId",
        ("批准号", "机构批准号", "认证机构编号", "approval number"),
        True,
        "CNCA-R-2002-001",
        _("形如 CNCA-R-2002-001 或 CNCA-RF-2006-39"),
    ),
    Column(
        "body_name",
        "认证机构名称",
        "rzjgIdName",
        ("认证机构", "发证机构", "发证机构名称"),
        False,
        "中国质量认证中心有限公司",
        _("仅供核对；以批准号为准"),
    ),
    Column(
        "project",
        "认证项目代码",
        "authProjCode",
        ("项目代码", "认证项目编码", "认证领域代码", "scheme code"),
        True,
        "A010101",
        _("国家平台的认证项目代码，如 A010101 质量管理体系"),
    ),
    Column("project_name", "认证项目名称", "authProjCodeName", ("认证项目",), False, "质量管理体系认证", _("仅供核对")),
    Column(
        "status",
        "证书状态",
        "certiStatus",
        ("状态", "证书状态代码", "status"),
        True,
        "有效",
        _("有效、暂停、撤销、注销、过期失效，或代码 01 至 05"),
    ),
    Column("status_name", "证书状态名称", "certiStatusName", (), False, "有效", _("仅供核对")),
    Column(
        "status_on", "状态日期", "statusDate", ("状态变更日期", "状态变化日期"), False, "2026-03-18", _("状态从哪天起")
    ),
    Column(
        "issued_on",
        "发证日期",
        "zersda",
        ("颁证日期", "颁发日期", "换证日期", "issue date"),
        False,
        "2026-03-18",
        _("本次发证日期"),
    ),
    Column(
        "valid_from", "有效期自", "certiSDate", ("生效日期", "有效期起", "起始日期"), False, "2026-03-18", _("可空")
    ),
    Column(
        "valid_to",
        "有效期至",
        "certiEDate",
        ("证书到期日期", "到期日期", "截止日期", "有效期止", "失效日期", "expiry date"),
        True,
        "2029-03-17",
        _("证书最后一个有效日；不早于发证日期"),
    ),
    Column(
        "first_issued_on",
        "初次获证日期",
        "firstDate",
        ("首次发证日期", "首次获证日期", "初次发证日期"),
        False,
        "",
        _("可空"),
    ),
    Column("standard", "认证依据", "standard", ("认证标准", "依据标准"), False, "GB/T 19001-2016", _("最多300个字符")),
    Column(
        "scope",
        "认证范围",
        "scope",
        ("认证覆盖的业务范围", "业务范围", "认证覆盖范围"),
        False,
        "茶叶的加工",
        _("照证书填写"),
    ),
    Column("products", "产品", "products", ("产品名称", "认证产品", "产品名称及单元"), False, "", _("可空")),
    Column(
        "shape",
        "信息模板",
        "showtemp",
        (),
        False,
        "1",
        _("1 管理体系或服务，2 强制性产品，3 食品农产品，4 自愿性工业产品"),
    ),
    Column("division", "行政区划代码", "divisionCode", ("区划代码", "所在区县代码"), False, "520602", _("6位，可空")),
)
REQUIRED = tuple(field.name for field in FIELDS if field.required)
COLUMNS = Columns(FIELDS, tuple(f.name for f in FIELDS if f.name not in ("project_name", "status_name", "shape")))
BY_NAME, TEMPLATE = COLUMNS.by_name, COLUMNS.template
