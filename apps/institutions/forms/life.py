"""Forms of the cases about issued licences. They clean; services write."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DateInput, UploadInput
from apps.core.uploads import CASE_FILE
from apps.institutions.licence_constants import Cause, LicenceStatus
from apps.institutions.rules.life_facts import DO, DO_NOT, PLACE_LENGTH
from apps.workflow.constants import REASON_LENGTH

LONG = 2_000
PROPOSALS = {
    "cma_revoke": ((DO, _("建议撤销")), (DO_NOT, _("建议不予撤销"))),
    "cma_cancel": ((DO, _("建议注销")), (DO_NOT, _("建议不予注销"))),
    "cma_rectify": ((DO, _("改正合格")), (DO_NOT, _("尚未改正到位"))),
}


def _long(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": 5}), **more)


class LicenceFilterForm(forms.Form):
    q = forms.CharField(label=_("证书编号或者机构名称"), required=False, max_length=100)
    status = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *LicenceStatus.choices])


class OpenCaseForm(forms.Form):
    """What is begun, on which cause, and why."""

    cause = forms.ChoiceField(label=_("事由"))
    facts = _long(_("查明的事实"))
    requirements = _long(_("改正要求"), help_text=_("一行一条"))
    safety = forms.BooleanField(
        label=_("属于直接关系公共安全、人身健康、生命财产安全的许可事项"),
        required=False,
        help_text=_("以欺骗、贿赂等不正当手段取得的，勾选后三年内不得再次申请（《行政许可法》第七十九条）。"),
    )

    def __init__(self, *args: Any, process: str, causes: Sequence[Cause], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [(str(each), each.label) for each in causes]  # type: ignore[attr-defined]
        if process != "cma_rectify":
            del self.fields["requirements"]
        if process != "cma_revoke":
            del self.fields["safety"]


class AskCancelForm(forms.Form):
    """The holder's own wish; the cause is known."""

    facts = _long(_("申请注销的理由"))


class EvidenceForm(forms.Form):
    upload = forms.FileField(
        label=_("证明材料"), widget=UploadInput(types=CASE_FILE.names, max_bytes=CASE_FILE.max_bytes)
    )


class LifeStepForm(forms.Form):
    """One step that asks for more than a reason, and the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, process: str, names: tuple[str, ...], reason_required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        made = {
            "proposal": lambda: forms.ChoiceField(
                label=_("处理建议"), choices=[("", _("请选择")), *PROPOSALS[process]]
            ),
            "hearing_on": lambda: forms.CharField(label=_("听证日期"), max_length=10, widget=DateInput()),
            "hearing_place": lambda: forms.CharField(label=_("听证地点"), max_length=PLACE_LENGTH),
            "answer_number": lambda: forms.CharField(label=_("发证机关文号"), max_length=60),
            "answered_on": lambda: forms.CharField(label=_("发证机关答复日期"), max_length=10, widget=DateInput()),
        }
        for name in names:
            self.fields[name] = made[name]()
        if reason_required:
            self.fields["reason"] = forms.CharField(
                label=_("理由"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
            )

    def given(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.names}
