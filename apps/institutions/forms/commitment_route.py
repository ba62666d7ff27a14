"""Forms of the informed-commitment route. They clean; services write."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayField, VersionField
from apps.institutions.licence_constants import Capacity, RecordKind, Route
from apps.workflow.constants import REASON_LENGTH


class RouteForm(forms.Form):
    """One of the two routes."""

    route = forms.ChoiceField(label=_("办理程序"), choices=Route.choices, widget=forms.RadioSelect)
    version = VersionField()


class SignInformedForm(forms.Form):
    """Who signs, and as what. `seen` comes with the second look: the hash of what was read."""

    signer = forms.CharField(label=_("签署人姓名"), max_length=60)
    capacity = forms.ChoiceField(label=_("签署人身份"), choices=Capacity.choices, widget=forms.RadioSelect)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class RouteRecordForm(forms.Form):
    """A decision as its document has it."""

    organisation_code = forms.CharField(
        label=_("机构的统一社会信用代码"), max_length=40, widget=forms.TextInput(attrs={"class": "code"})
    )
    kind = forms.ChoiceField(label=_("决定种类"), choices=RecordKind.choices)
    decision_number = forms.CharField(label=_("决定文号"), max_length=100)
    authority = forms.CharField(label=_("决定机关"), max_length=100)
    decided_on = DayField(label=_("决定日期"))
    summary = forms.CharField(
        label=_("违法事实摘要"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("仅供内部。")
    )
    source = forms.CharField(
        label=_("来源"), max_length=300, help_text=_("决定书存放处、公示网址或者移送文号；没有来源的不登记。")
    )


class AnnulForm(forms.Form):
    reason = forms.CharField(
        label=_("理由"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：复议决定撤销原处罚；登记有误。"),
    )
    version = VersionField()
