"""The file of an institution: finding it, its profile, owners, sites, people, and changes to file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayField, VersionField
from apps.institutions.constants import HolderKind, LegalForm, Ownership, Position
from apps.institutions.services.people import PostFacts
from apps.institutions.services.profile import ProfileFacts
from apps.parties.constants import IdentityKind
from apps.parties.selectors import county_choices

_CODE = {"class": "code", "autocomplete": "off", "spellcheck": "false"}


class FilterForm(forms.Form):
    q = forms.CharField(label=_("机构名称（任意两字或拼音首字母）、代码"), max_length=100, required=False)
    cma = forms.CharField(label=_("资质认定证书编号"), max_length=12, required=False)
    division = forms.ChoiceField(label=_("区县"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = [("", _("全部")), *county_choices()]  # type: ignore[attr-defined]


class OpenForm(forms.Form):
    code = forms.CharField(
        label=_("机构的统一社会信用代码"),
        max_length=40,
        widget=forms.TextInput(attrs=_CODE),
        help_text=_("组织须已登记，且类型为检验检测机构。"),
    )


class ProfileForm(forms.Form):
    """A new version of the profile; the old one stays with its days."""

    since = DayField(label=_("自何日起"), help_text=_("本次填报的情况从哪天起成立；原记录保留。"))
    legal_form = forms.ChoiceField(label=_("法人性质"), choices=LegalForm.choices)
    parent_name = forms.CharField(
        label=_("所属法人"), max_length=200, required=False, help_text=_("非独立法人填写授权的法人名称。")
    )
    ownership = forms.ChoiceField(label=_("所有制性质"), choices=Ownership.choices)
    established_on = DayField(label=_("成立日期"), required=False)
    phone = forms.CharField(
        label=_("对外联系电话"), max_length=40, required=False, help_text=_("在公开页面显示，请勿填写个人手机。")
    )
    website = forms.URLField(label=_("网站"), max_length=200, required=False, assume_scheme="https")
    staff_count = forms.IntegerField(label=_("从业人员数"), min_value=0, max_value=1_000_000, required=False)
    lab_area = forms.IntegerField(label=_("实验室面积（平方米）"), min_value=0, max_value=10_000_000, required=False)
    equipment_count = forms.IntegerField(label=_("仪器设备（台套）"), min_value=0, max_value=1_000_000, required=False)
    equipment_value = forms.DecimalField(
        label=_("设备原值（万元）"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    equipment_summary = forms.CharField(
        label=_("主要设备"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = VersionField()

    def facts(self):
        return ProfileFacts(**{name: self.cleaned_data[name] for name in ProfileFacts.__slots__})


class LicenceForm(forms.Form):
    cma_number = forms.CharField(
        label=_("资质认定证书编号"), max_length=20, required=False, widget=forms.TextInput(attrs=_CODE)
    )
    cma_from = DayField(label=_("有效期起"), required=False)
    cma_to = DayField(label=_("有效期止"), required=False)
    licence_source = forms.CharField(
        label=_("信息来源"), max_length=100, help_text=_("例如“省局资质认定公告 2026 年第 3 号”。")
    )
    version = VersionField()


class ShareholderForm(forms.Form):
    kind = forms.ChoiceField(label=_("股东类型"), choices=HolderKind.choices)
    name = forms.CharField(label=_("股东名称"), max_length=200, help_text=_("自然人姓名在公开页面只显示姓氏。"))
    percent = forms.DecimalField(
        label=_("出资比例（%）"), min_value=0.01, max_value=100, max_digits=5, decimal_places=2
    )
    since = DayField(label=_("自何日起"))


class SiteForm(forms.Form):
    name = forms.CharField(label=_("场所名称"), max_length=100, help_text=_("能力附表以此名称指明场所。"))
    address = forms.CharField(label=_("地址"), max_length=300)
    division_code = forms.ChoiceField(label=_("所在区县"), required=False)
    activity = forms.CharField(label=_("主要活动"), max_length=300, required=False)
    since = DayField(label=_("自何日起"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["division_code"].choices = [("", _("本市以外")), *county_choices()]  # type: ignore[attr-defined]


class EndForm(forms.Form):
    until = DayField(label=_("最后一日"))


class EndPostForm(EndForm):
    end_reason = forms.CharField(label=_("原因"), max_length=300)


class PostForm(forms.Form):
    """Who takes which post. The document number is used to recognise the person and is not kept."""

    name = forms.CharField(label=_("姓名"), max_length=100)
    id_kind = forms.ChoiceField(label=_("证件类型"), choices=IdentityKind.choices)
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        widget=forms.TextInput(attrs=_CODE),
        help_text=_("只用于识别人员和核对从业禁止，不保存原号。"),
    )
    position = forms.ChoiceField(label=_("职务"), choices=Position.choices)
    fields_signed = forms.CharField(
        label=_("签字领域"), max_length=500, required=False, help_text=_("授权签字人必填，例如“食品全部项目”。")
    )
    title = forms.CharField(label=_("职称"), max_length=60, required=False)
    education = forms.CharField(label=_("学历与专业"), max_length=100, required=False)
    since = DayField(label=_("自何日起"))

    def facts(self):
        asked = dict(self.cleaned_data)
        asked["fields"] = asked.pop("fields_signed")
        return PostFacts(**asked)


class FileChangeForm(forms.Form):
    statement = forms.CharField(
        label=_("变更说明"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明变更内容和依据文号。"),
    )
    version = VersionField()


class ConfirmForm(forms.Form):
    version = VersionField()
