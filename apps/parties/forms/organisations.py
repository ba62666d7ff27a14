"""Organisations as staff see them: finding, recording, correcting, renaming, joining."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayField, VersionField
from apps.parties.constants import OrganisationKind
from apps.parties.forms.base import ReasonField, choose
from apps.parties.selectors import county_choices
from apps.parties.selectors.divisions import division_name, jurisdiction_choices
from apps.parties.services import OrganisationFacts

_CODE = {"class": "code", "autocomplete": "off", "spellcheck": "false"}


class FilterForm(forms.Form):
    q = forms.CharField(
        label=_("名称（任意两字或拼音首字母）、代码"), max_length=100, required=False, widget=forms.TextInput
    )
    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部")), *OrganisationKind.choices])
    division = forms.ChoiceField(label=_("区县"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose(self.fields["division"], [("", _("全部")), *county_choices(), *jurisdiction_choices()])
        self.fields["q"].widget.attrs["type"] = "search"


class OrganisationForm(forms.Form):
    """The profile. `as_facts` is what the services take."""

    kind = forms.ChoiceField(label=_("类型"), choices=OrganisationKind.choices)
    uscc = forms.CharField(
        label=_("统一社会信用代码"), max_length=40, required=False, widget=forms.TextInput(attrs=_CODE)
    )
    org_code = forms.CharField(
        label=_("组织机构代码"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs=_CODE),
        help_text=_("仅无统一社会信用代码时填写；有则取其第9至17位。"),
    )
    override_reason = ReasonField(
        label=_("校验不通过仍放行的理由"),
        required=False,
        help_text=_("仅当执照原件上的代码确实通不过校验时填写，例如“已核对执照原件”。留痕备查。"),
    )
    approval_number = forms.CharField(
        label=_("认证机构批准号"), max_length=24, required=False, widget=forms.TextInput(attrs=_CODE)
    )
    division_code = forms.ChoiceField(label=_("行政区划"), required=False)
    jurisdiction_code = forms.ChoiceField(label=_("开发区"), required=False)
    address = forms.CharField(label=_("地址"), max_length=300, required=False)
    legal_representative = forms.CharField(label=_("法定代表人"), max_length=100, required=False)
    country = forms.RegexField(
        r"^[A-Za-z]{2}$", label=_("国家或地区"), initial="CN", help_text=_("两位字母代码，如 CN、DE。")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = county_choices()
        current = (kwargs.get("initial") or {}).get("division_code", "")
        if current and current not in dict(known):
            known.append((current, division_name(current)))
        choose(self.fields["division_code"], [("", _("未知或本市以外")), *known])
        choose(self.fields["jurisdiction_code"], [("", _("不在开发区")), *jurisdiction_choices()])

    def as_facts(self):
        names = [name for name in OrganisationFacts.__slots__ if name in self.cleaned_data]
        facts = {name: self.cleaned_data[name] for name in names}
        return OrganisationFacts(**{**facts, "country": facts["country"].upper()})


class CreateForm(OrganisationForm):
    name = forms.CharField(label=_("名称"), max_length=200)
    field_order = ["name"]


class EditForm(OrganisationForm):
    version = VersionField()


class RenameForm(forms.Form):
    name = forms.CharField(label=_("变更后的名称"), max_length=200)
    since = DayField(label=_("变更登记日期"))
    reason = ReasonField(label=_("依据"), help_text=_("例如变更登记通知书文号。"))
    version = VersionField()


class SameAsForm(forms.Form):
    other = forms.CharField(
        label=_("另一组织的代码或记录号"),
        max_length=40,
        help_text=_("统一社会信用代码、组织机构代码，或记录号（组织页面地址中的数字，前加 #）。"),
    )


class DecideForm(forms.Form):
    """`kept` is the id of the record that stays, or "distinct"."""

    kept = forms.ChoiceField(label=_("决定"), widget=forms.RadioSelect)
    reason = ReasonField(label=_("理由"))
    version = VersionField()

    def __init__(self, *args, pair, **kwargs):
        super().__init__(*args, **kwargs)
        sides = [
            (str(pair.kept_id), _("是同一主体，保留左边的记录")),
            (str(pair.duplicate_id), _("是同一主体，保留右边的记录")),
        ]
        choose(self.fields["kept"], [*sides, ("distinct", _("不是同一主体"))])


class UndoForm(forms.Form):
    reason = ReasonField(label=_("撤销的理由"))
    version = VersionField()
