"""Forms of the cases about issued certificates. They clean; services write."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import SurveillanceResult
from apps.certifying.models.life import FactoryGrade, Grade
from apps.certifying.rules.life_facts import DO, DO_NOT, RESULTS, YES
from apps.core.forms import DateInput, RegisterSelect, UploadInput
from apps.core.uploads import CASE_FILE
from apps.workflow.constants import REASON_LENGTH

LONG = 2_000
PROPOSALS = {
    "cert_suspend": ((DO, _("建议暂停")), (DO_NOT, _("建议不予暂停"))),
    "cert_resume": ((DO, _("整改合格，建议恢复")), (DO_NOT, _("整改没有达到要求"))),
    "cert_revoke": ((DO, _("建议撤销")), (DO_NOT, _("建议不予撤销"))),
    "cert_cancel": ((DO, _("建议注销")), (DO_NOT, _("建议不予注销"))),
    "cert_release": ((DO, _("建议同意转出")), (DO_NOT, _("建议不同意转出"))),
}
CHOOSE = ("", _("请选择"))


def _long(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": 5}), **more)


class OpenCaseForm(forms.Form):
    """What is begun, for which reason, and why; a transfer names the receiving body and carries the consent."""

    reason = forms.ChoiceField(label=_("原因"))
    facts = _long(_("事实和理由"), help_text=_("告知持证人之后，持证人可以看到。"))
    receiving = forms.ChoiceField(label=_("接收机构"), widget=RegisterSelect())
    consent = forms.BooleanField(
        label=_("同意接收机构查看本证书本认证周期的审核记录和未关闭的不符合项"),
        required=False,
        help_text=_("撤回申请或者原发证机构不同意转出后，接收机构不再能查看。"),
    )

    def __init__(
        self,
        *args: Any,
        process: str,
        reasons: Sequence[tuple[str, Any]],
        bodies: Sequence[tuple[int, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        if len(reasons) == 1:
            del self.fields["reason"]
        else:
            self.fields["reason"].choices = [CHOOSE, *reasons]  # type: ignore[attr-defined]
        if process == "cert_release":
            self.fields["receiving"].choices = [CHOOSE, *bodies]  # type: ignore[attr-defined]
        else:
            del self.fields["receiving"], self.fields["consent"]
        self.only = reasons[0][0]

    def given(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        found: dict[str, Any] = {"reason": cleaned.get("reason") or self.only, "facts": cleaned["facts"]}
        if "receiving" in cleaned:
            found |= {"receiving_id": int(cleaned["receiving"]), "consent": cleaned["consent"]}
        return found


class EvidenceForm(forms.Form):
    upload = forms.FileField(
        label=_("证明材料"), widget=UploadInput(types=CASE_FILE.names, max_bytes=CASE_FILE.max_bytes)
    )


class LifeStepForm(forms.Form):
    """One step that asks for more than a reason, and the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        process: str,
        names: tuple[str, ...],
        optional: tuple[str, ...],
        reason_required: bool,
        seasonal: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        made = {
            "proposal": lambda: forms.ChoiceField(label=_("处理建议"), choices=[CHOOSE, *PROPOSALS[process]]),
            "until": lambda: _day(_("暂停至"), required=False, help_text=_("建议暂停的必须填写。")),
            "seasonal": lambda: forms.BooleanField(
                label=_("因季节性生产或者按订单生产而暂停（最长十二个月）"), required=False
            ),
            "planned_on": lambda: _day(_("审核日期")),
            "held_on": lambda: _day(_("审核实施日期")),
            "result": lambda: forms.ChoiceField(
                label=_("审核结果"),
                choices=[CHOOSE, *((str(each), SurveillanceResult(each).label) for each in RESULTS)],
                help_text=_("与已登记的不符合项一致。"),
            ),
        }
        self.names = tuple(name for name in (*names, *optional) if name != "seasonal" or seasonal)
        for name in self.names:
            self.fields[name] = made[name]()
        if reason_required:
            self.fields["reason"] = forms.CharField(
                label=_("理由"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
            )

    def given(self) -> dict[str, str]:
        cleaned = {name: self.cleaned_data[name] for name in self.names}
        if "seasonal" in cleaned:
            cleaned["seasonal"] = YES if cleaned["seasonal"] else ""
        return {name: value for name, value in cleaned.items() if value}


class FindingForm(forms.Form):
    grade = forms.ChoiceField(label=_("等级"), choices=[CHOOSE, *Grade.choices])
    clause = forms.CharField(label=_("条款"), max_length=100)
    text = _long(_("不符合事实"))
    correct_by = forms.DateField(label=_("整改期限"), widget=DateInput())


class ClosingForm(forms.Form):
    closing = _long(_("验证结论"))


class AuditorForm(forms.Form):
    """Who of the body's auditors holds the audit."""

    user = forms.ChoiceField(label=_("审核人员"), widget=RegisterSelect)

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [CHOOSE, *people]  # type: ignore[attr-defined]


class FactoryClassForm(forms.Form):
    grade = forms.ChoiceField(label=_("工厂类别"), choices=[CHOOSE, *FactoryGrade.choices])
    reason = _long(_("分类理由"))
    version = forms.IntegerField(widget=forms.HiddenInput)


def _day(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=10, widget=DateInput(), **more)
