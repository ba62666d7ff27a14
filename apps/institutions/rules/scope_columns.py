"""The columns of a capability scope, as its template has them and as institutions head them."""

from django.utils.translation import gettext_lazy as _

from apps.core.tables.columns import Column, Columns

_ALL = (
    Column(
        "field", "领域", "field", ("类别", "领域代码", "专业领域", "检测领域"), True, "食品", _("领域名称或两位代码")
    ),
    Column(
        "object",
        "检测对象",
        "object",
        ("产品", "对象", "检验检测对象", "产品名称", "类别(产品)", "检测产品"),
        True,
        "玩具",
        _("产品、样品或环境介质，最多200个字符"),
    ),
    Column(
        "parameter",
        "参数",
        "parameter",
        ("项目", "检测项目", "项目/参数", "产品/项目/参数", "参数名称", "检测参数"),
        True,
        "铅迁移量",
        _("检测项目或参数，最多200个字符"),
    ),
    Column(
        "standard",
        "标准编号",
        "standard",
        ("标准号", "标准方法编号", "依据标准编号", "方法标准", "标准(方法)编号", "依据的标准(方法)编号"),
        True,
        "GB 6675.4-2014",
        _("含年号；可注明方法，如 GB 5009.12-2023 第一法"),
    ),
    Column(
        "title",
        "标准名称",
        "title",
        ("标准方法名称", "依据标准名称", "标准(方法)名称", "依据的标准(方法)名称"),
        False,
        "玩具安全 第4部分：特定元素的迁移",
        _("选填，最多300个字符"),
    ),
    Column(
        "restriction",
        "限制范围",
        "restriction",
        ("说明", "限制", "限制范围或说明", "备注"),
        False,
        "",
        _("不能做的部分；无限制留空"),
    ),
    Column("site", "场所", "site", ("检测场所", "地点", "实验室"), False, "", _("有多个场所时填场所名称")),
)
COLUMNS = Columns(_ALL, tuple(column.name for column in _ALL))
HEADINGS = {column.name: column.heading for column in _ALL}
