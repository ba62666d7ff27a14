"""Forms of the rules. They read; services write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import RuleCode, RuleUnit, Status
from apps.certifications.selectors.reference import catalogue_choices, industry_choices, sector_choices
from apps.core.forms import DayField, RegisterSelect, VersionField
from apps.parties.selectors import county_choices
from apps.schemes.constants import Activity, ChangeKind, Market, System
from apps.schemes.rules.guiding import Answers


class ProposalForm(forms.Form):
    value = forms.IntegerField(
        label=_("数值"),
        min_value=0,
        max_value=9999,
        required=False,
        help_text=_("“是否”类规则填 1（是）或 0（否）；留空表示这项制度没有此要求。"),
    )
    effective_from = DayField(label=_("生效日期"), help_text=_("现行规定在前一天止。"))
    basis = forms.CharField(label=_("依据"), max_length=200, help_text=_("公告文号、规则编号和条款。"))
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
    verified = forms.BooleanField(label=_("已与公告原文核对"), required=False)
    applies_to_running = forms.BooleanField(
        label=_("适用于已颁发的证书"),
        required=False,
        help_text=_("监督间隔改变时，通过后立即重新计算有关证书的监督期限。"),
    )
    reason = forms.CharField(label=_("修改理由"), max_length=300)


class NewRuleForm(ProposalForm):
    """A rule that the scheme has not yet."""

    field_order = ["scheme", "code", "unit"]

    scheme = forms.ChoiceField(label=_("适用制度"))
    code = forms.ChoiceField(label=_("规则"), choices=RuleCode.choices)
    unit = forms.ChoiceField(label=_("单位"), choices=RuleUnit.choices)

    def __init__(self, *args, schemes, **options):
        super().__init__(*args, **options)
        self.fields["scheme"].choices = schemes  # type: ignore[attr-defined]  # a field of choices


class DecisionForm(forms.Form):
    opinion = forms.CharField(
        label=_("审核意见"), max_length=300, required=False, help_text=_("不通过时必须填写理由。")
    )
    version = VersionField()


ANY = [("", _("不限"))]


class GuideForm(forms.Form):
    """What do you make or do, for whom, where: codes of lists only. At least one of them besides the county."""

    activity = forms.ChoiceField(label=_("做什么"), choices=[*ANY, *Activity.choices], required=False)
    industry = forms.ChoiceField(
        label=_("所属行业"),
        required=False,
        widget=RegisterSelect,
        help_text=_("国民经济行业分类（GB/T 4754-2017）的大类，营业执照和统计报表上有。"),
    )
    product = forms.ChoiceField(
        label=_("产品代码"),
        required=False,
        widget=RegisterSelect,
        help_text=_("强制性产品认证目录中的产品；不在列表中的留空。"),
    )
    sector = forms.ChoiceField(label=_("IAF 行业"), required=False)
    market = forms.ChoiceField(label=_("卖给谁"), choices=[*ANY, *Market.choices], required=False)
    county = forms.ChoiceField(label=_("所在区县"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        lists: dict[str, list[Any]] = {
            "industry": industry_choices(),
            "product": catalogue_choices(),
            "sector": sector_choices(),
            "county": county_choices(),
        }
        for name, choices in lists.items():
            self.fields[name].choices = [*ANY, *choices]  # type: ignore[attr-defined]  # fields of choices

    def clean(self):
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(name) for name in ("activity", "industry", "product", "sector")):
            raise forms.ValidationError(_("请至少选择“做什么”、行业或产品中的一项。"))
        return cleaned

    def answers(self) -> Answers:
        said = self.cleaned_data
        return Answers(said["product"], said["industry"], said["sector"], said["activity"], said["market"])


class GuideRuleForm(forms.Form):
    system = forms.ChoiceField(label=_("代码表"), choices=System.choices)
    match = forms.CharField(
        label=_("代码开头"),
        max_length=5,
        required=False,
        help_text=_("例如 C15、A01 或 IAF 的 03；留空表示不限。"),
    )
    activity = forms.ChoiceField(label=_("做什么"), choices=[*ANY, *Activity.choices], required=False)
    market = forms.ChoiceField(label=_("卖给谁"), choices=[*ANY, *Market.choices], required=False)
    group = forms.ChoiceField(label=_("建议的认证"))
    weight = forms.IntegerField(label=_("排序分"), min_value=0, max_value=100)
    months_from = forms.IntegerField(label=_("最快（月）"), min_value=0, max_value=120)
    months_to = forms.IntegerField(label=_("最慢（月）"), min_value=0, max_value=120)
    reason = forms.CharField(label=_("理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    reason_en = forms.CharField(label=_("理由（英文）"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}))
    basis = forms.CharField(label=_("依据或来源"), max_length=200)
    verified = forms.BooleanField(label=_("已与公告原文核对"), required=False)
    version = VersionField()

    def __init__(self, *args, groups, **options):
        super().__init__(*args, **options)
        self.fields["group"].choices = groups  # type: ignore[attr-defined]  # a field of choices
        self.fields["version"].required = False


class RegisterFilter(forms.Form):
    state = forms.ChoiceField(label=_("状态"), choices=[*ANY, *Status.choices], required=False)
    product = forms.ChoiceField(label=_("产品代码"), required=False, widget=RegisterSelect)
    county = forms.ChoiceField(label=_("所在区县"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["product"].choices = [*ANY, *catalogue_choices()]  # type: ignore[attr-defined]
        self.fields["county"].choices = [*ANY, *county_choices()]  # type: ignore[attr-defined]


class ChangeForm(forms.Form):
    announcement = forms.CharField(label=_("公告"), max_length=100)
    code = forms.RegexField(
        label=_("产品代码"),
        regex=r"^[0-9]{4}\Z",
        max_length=4,
        error_messages={"invalid": _("产品代码为四位数字。")},
    )
    kind = forms.ChoiceField(label=_("变化"), choices=ChangeKind.choices)
    compulsory_from = DayField(label=_("强制实施日期"), required=False, help_text=_("没有核实的留空，不会发送提醒。"))
    note = forms.CharField(label=_("说明"), max_length=200)
    note_en = forms.CharField(label=_("说明（英文）"), max_length=200, required=False)
    industries = forms.RegexField(
        label=_("可能涉及的行业"),
        regex=r"^([A-T][0-9]{2}( [A-T][0-9]{2})*)?\Z",
        max_length=100,
        required=False,
        help_text=_("国民经济行业大类，用空格分隔，例如 C38 C39。"),
        error_messages={"invalid": _("请填写 C38 这样的大类代码，用空格分隔。")},
    )
    verified = forms.BooleanField(label=_("已与公告原文核对"), required=False)
