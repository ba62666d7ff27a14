"""The ban register: finding, recording a decision, recording the decision that ends one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayField, VersionField
from apps.parties.constants import BanSubject, IdentityKind
from apps.parties.forms.base import ReasonField
from apps.parties.rules.bans import BASES
from apps.parties.services.bans import BanFacts

_CODE = {"class": "code", "autocomplete": "off", "spellcheck": "false"}


class BanFilterForm(forms.Form):
    q = forms.CharField(label=_("姓名、单位名称或决定文号"), max_length=100, required=False)
    subject = forms.ChoiceField(label=_("对象"), required=False, choices=[("", _("全部")), *BanSubject.choices])
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("running", _("执行中")), ("ended", _("未生效或已结束"))],
    )


class BanForm(forms.Form):
    """A decision as its document has it. The number of a person's document is read once and not kept."""

    subject = forms.ChoiceField(label=_("对象"), choices=BanSubject.choices)
    person_name = forms.CharField(label=_("姓名"), max_length=100, required=False, help_text=_("对象为个人时填写。"))
    id_kind = forms.ChoiceField(
        label=_("证件类型"),
        choices=IdentityKind.choices,
        required=False,
        help_text=_("对象为个人时选择；与证件号码一并用于识别。"),
    )
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=_CODE),
        help_text=_("只用于识别，不保存原号：系统仅存密钥散列值和掩码。"),
    )
    organisation_code = forms.CharField(
        label=_("单位的统一社会信用代码"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=_CODE),
        help_text=_("对象为机构时填写。"),
    )
    basis = forms.ChoiceField(label=_("法律依据"), choices=[(basis.code, basis.label) for basis in BASES.values()])
    basis_text = forms.CharField(
        label=_("所引条款"), max_length=200, required=False, help_text=_("照决定书抄录；终身禁止须有此依据。")
    )
    starts_on = DayField(label=_("禁止自"))
    ends_on = DayField(label=_("禁止至"), required=False, help_text=_("最后一日；不填表示终身。"))
    decision_number = forms.CharField(label=_("决定文号"), max_length=100)
    authority = forms.CharField(label=_("决定机关"), max_length=200)
    decided_on = DayField(label=_("决定日期"))
    facts = forms.CharField(
        label=_("事由"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("仅供内部。"),
    )
    public_basis = forms.CharField(
        label=_("公开依据"),
        max_length=200,
        required=False,
        help_text=_("法律规定公开的，写明条款；不填则不公开。公开时个人姓名仅示姓氏。"),
    )

    def as_facts(self):
        return BanFacts(**self.cleaned_data)


class LiftForm(forms.Form):
    lift_number = forms.CharField(label=_("解除决定文号"), max_length=100)
    lift_authority = forms.CharField(label=_("解除决定机关"), max_length=200)
    lifted_on = DayField(label=_("自何日起解除"))
    lift_reason = ReasonField(label=_("解除理由"))
    version = VersionField()
