"""What can be wrong with a cell of an import: the rule it breaks and how to mend it, by a code that never changes."""

from django.utils.translation import gettext_lazy as _

from apps.core.tables.problems import EVERY_LIST, Explanation

PROBLEMS: dict[str, Explanation] = {
    **EVERY_LIST,
    "not_record": Explanation(_("此处不是一条记录（应为“字段名: 值”的对象）"), _("请照模板提供对象的列表")),
    "nested": Explanation(_("此处应为一个值，却是列表或对象"), _("请改为文本或数字")),
    "repeated": Explanation(
        _("同一条记录里，这个字段名出现了不止一次"), _("请只保留一个；无法判断以哪个值为准，因此整条没有采用")
    ),
    "number.characters": Explanation(
        _("证书编号含有不允许的字符"), _("编号由字母、数字、汉字和 / - . ( ) 等符号组成，请照证书填写")
    ),
    "number.digits_lost": Explanation(
        _("编号被表格软件当作数字保存，末尾的数字可能已经丢失"), _("请把该列设为“文本”格式，照证书重新输入完整编号")
    ),
    "code.shape": Explanation(
        _("既不是18位统一社会信用代码，也不是9位组织机构代码"), _("请照营业执照填写；确无代码的填 000000000")
    ),
    "code.check": Explanation(
        _("代码校验不通过（GB 32100-2015、GB 11714）"), _("请逐位核对；确属特殊代码的，先由窗口登记放行理由再导入")
    ),
    "body.shape": Explanation(_("认证机构批准号格式不对"), _("应形如 CNCA-R-2002-001 或 CNCA-RF-2006-39")),
    "project.unknown": Explanation(_("没有这个认证项目代码"), _("请对照国家平台的认证项目代码表，例如 A010101")),
    "status.unknown": Explanation(_("没有这个证书状态"), _("只能是 有效、暂停、撤销、注销、过期失效，或代码 01 至 05")),
    "shape.unknown": Explanation(_("信息模板只能是 1 至 4"), _("请填 1、2、3、4 之一，或留空")),
    "division.shape": Explanation(_("行政区划代码应为6位数字"), _("例如 520602，或留空")),
    "date.shape": Explanation(_("不是可以辨认的日期"), _("请写成 2026-03-18 的样子")),
    "date.impossible": Explanation(_("日历上没有这一天"), _("请照证书核对年、月、日")),
    "date.range": Explanation(_("日期超出合理范围（1990年至2100年）"), _("请照证书核对年份")),
    "dates.reversed": Explanation(_("有效期至早于发证日期或有效期自"), _("请核对这两个日期是否填反")),
}
