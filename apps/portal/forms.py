"""Forms of the portal's own pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import UploadInput
from apps.institutions.constants import Field
from apps.portal.appearance import CHOICES
from apps.portal.charts import COUNTIES


class AppearanceForm(forms.Form):
    """Every field is a cookie of the same name (portal.appearance)."""

    theme = forms.ChoiceField(label=_("颜色"), choices=CHOICES["theme"], widget=forms.RadioSelect, required=False)
    size = forms.ChoiceField(label=_("字号"), choices=CHOICES["size"], widget=forms.RadioSelect, required=False)
    density = forms.ChoiceField(
        label=_("疏密"),
        choices=CHOICES["density"],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("自动：工作人员为紧凑，其他人员和触屏设备为宽松。"),
    )
    keys = forms.ChoiceField(
        label=_("键盘快捷键"),
        choices=CHOICES["keys"],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("列表页可用 / 搜索，J K 上下，X 选择，Enter 打开，? 显示说明。"),
    )


class ExpiringForm(forms.Form):
    """Which of the certificates that end soon to list."""

    DEFAULT = 90
    within = forms.TypedChoiceField(
        label=_("到期时间"),
        choices=[(30, _("30 天内")), (60, _("60 天内")), (90, _("90 天内"))],
        coerce=int,
        empty_value=DEFAULT,  # type: ignore[arg-type]  # what an empty choice becomes, not what is typed
        required=False,
    )
    division = forms.ChoiceField(
        label=_("区县"),
        choices=[("", _("全部")), *((code, name) for code, name, _column, _row in COUNTIES)],
        required=False,
    )


class TestingForm(forms.Form):
    """Who may test what: free words, or the parts of a scope line; and where."""

    PROVINCE = "52"
    q = forms.CharField(label=_("要检什么（对象、参数、标准，用空格分开）"), max_length=100, required=False)
    object = forms.CharField(label=_("检测对象"), max_length=60, required=False)
    parameter = forms.CharField(label=_("参数"), max_length=60, required=False)
    standard = forms.CharField(label=_("标准编号或名称"), max_length=60, required=False)
    field = forms.ChoiceField(label=_("领域"), choices=[("", _("全部")), *Field.choices], required=False)
    division = forms.ChoiceField(
        label=_("所在地"),
        choices=[
            (PROVINCE, _("贵州省")),
            ("5206", _("铜仁市")),
            *((code, name) for code, name, _column, _row in COUNTIES),
            ("", _("不限")),
        ],
        required=False,
    )
    page = forms.IntegerField(min_value=1, max_value=50, required=False, widget=forms.HiddenInput)


class SampleForm(forms.Form):
    """One field of every kind, for the style guide."""

    name = forms.CharField(label=_("单位名称"), max_length=200, help_text=_("与营业执照一致。"))
    code = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    kind = forms.ChoiceField(
        label=_("类型"), choices=[("a", _("企业")), ("b", _("认证机构"))], widget=forms.RadioSelect
    )
    scopes = forms.MultipleChoiceField(
        label=_("业务"),
        choices=[("q", _("质量管理体系")), ("e", _("环境管理体系"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    county = forms.ChoiceField(label=_("区县"), choices=[(code, name) for code, name, _x, _y in COUNTIES])
    day = forms.DateField(label=_("日期"), widget=forms.DateInput({"type": "date"}), required=False)
    text = forms.CharField(label=_("说明"), widget=forms.Textarea({"rows": 3}), required=False)
    file = forms.FileField(
        label=_("证明文件"), widget=UploadInput(types=("pdf", "jpg", "png"), max_bytes=30 * 1024 * 1024), required=False
    )
    agree = forms.BooleanField(label=_("我已核对以上内容"), help_text=_("提交后不能修改。"))

    def clean_code(self) -> str:
        """Always faulty when filled, to show an error."""
        if self.cleaned_data["code"]:
            raise forms.ValidationError(_("第 18 位应为校验码，不能是字母 O；请对照营业执照核对。"))
        return ""


class CoverageForm(forms.Form):
    """Does it cover this product, this site, on this day? A GET form: the answer has an address."""

    product = forms.CharField(
        label=_("产品或服务"), max_length=100, required=False, help_text=_("按包装、合同或标书上的写法填写")
    )
    site = forms.CharField(label=_("场所"), max_length=200, required=False, help_text=_("单位名称或地址中的一段"))
    day = forms.DateField(
        label=_("日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("生产、签约或投标的日期；不填为今天"),
        error_messages={"invalid": _("不是日历上的日期，请写成 2026-01-31 的样子。")},
    )


class MismatchForm(forms.Form):
    """Something does not match the certificate. Contact is optional and for the bureau only."""

    number_seen = forms.CharField(
        label=_("您看到的证书编号"), max_length=64, required=False, help_text=_("与本页不同时填写")
    )
    description = forms.CharField(
        label=_("哪里不符"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("例如：包装上的单位名称与证书不一致；证书已注销，产品仍在使用认证标志"),
    )
    place = forms.CharField(label=_("在哪里看到"), max_length=200, required=False, help_text=_("店铺、网址或展会"))
    contact = forms.CharField(
        label=_("联系方式"), max_length=100, required=False, help_text=_("愿意接受回访时填写；只有办案人员能看到")
    )
