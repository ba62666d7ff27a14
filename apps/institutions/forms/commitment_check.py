"""Forms of the check after a licence by commitment. They clean; services write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayField, UploadInput, VersionField
from apps.core.uploads import CASE_FILE
from apps.institutions.licence_constants import Criterion, Verdict

LONG = 2_000


class VisitForm(forms.Form):
    visit_on = DayField(label=_("核查日期"))


class CheckerForm(forms.Form):
    user: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("核查人员"), queryset=None, empty_label=_("请选择"), widget=forms.Select(attrs={"lang": "zh"})
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class FindingForm(forms.Form):
    """What was found of one chapter of the criteria."""

    criterion = forms.ChoiceField(label=_("评审准则"), choices=Criterion.choices)
    verdict = forms.ChoiceField(label=_("核查结果"), choices=Verdict.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("核查的事实"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明看到的人员、场所、设备、记录，以及与承诺不一致之处。"),
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class RectifiedForm(forms.Form):
    answer = forms.CharField(label=_("整改情况"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}))
    version = VersionField()


class LackingForm(forms.Form):
    lacking = forms.CharField(
        label=_("不合格之处"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("退回整改或者认定承诺不实后，机构会看到这里的内容。"),
    )
    version = VersionField()


class EvidenceForm(forms.Form):
    upload = forms.FileField(
        label=_("整改证据"), widget=UploadInput(types=CASE_FILE.names, max_bytes=CASE_FILE.max_bytes)
    )
