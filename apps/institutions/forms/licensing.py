"""Forms of the licence process. They clean; services write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DateInput
from apps.institutions.constants import Field
from apps.institutions.licence_constants import Conclusion, Criterion, Duty, ReviewMode
from apps.institutions.models import Item
from apps.institutions.rules.facts import ELSEWHERE, GRANT, IN_SAFETY, REFUSE
from apps.workflow.constants import REASON_LENGTH

LONG = 2_000
LICENCE_ITEMS = ("first", "renewal")


def _long(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}), **more)


class BasicsForm(forms.Form):
    """What the applicant writes; gaps are allowed, the task list names them."""

    contact_name = forms.CharField(label=_("联系人"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=40, required=False)
    address = forms.CharField(label=_("检验检测地址"), max_length=300, required=False)
    field = forms.ChoiceField(
        label=_("主要领域"),
        choices=[("", _("请选择")), *Field.choices],
        required=False,
        help_text=_("含任何食品检验检测能力的，选“食品”。证书编号由此编列。"),
    )
    legal_representative = forms.CharField(label=_("法定代表人"), max_length=60, required=False)
    top_manager = forms.CharField(label=_("最高管理者"), max_length=60, required=False)
    technical_head = forms.CharField(label=_("技术负责人"), max_length=60, required=False)
    change_from = _long(_("变更前内容"), required=False)
    change_to = _long(_("变更后内容"), required=False)
    statement = _long(_("申请说明"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if item.code != "first":
            del self.fields["field"]
        if not item.describes_change:
            del self.fields["change_from"], self.fields["change_to"]


class DemandForm(forms.Form):
    """One point to correct, or in a review to rectify."""

    about = forms.CharField(label=_("涉及内容"), max_length=200, help_text=_("例如：仪器设备一览表第 3 行"))
    criterion = forms.ChoiceField(label=_("评审准则"), choices=[("", _("不适用")), *Criterion.choices], required=False)
    problem = _long(_("存在问题"))
    remedy = _long(_("改正要求"))

    def __init__(self, *args: Any, criteria: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not criteria:
            del self.fields["criterion"]


class AnswerForm(forms.Form):
    answer = _long(_("答复"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReopenForm(forms.Form):
    problem = _long(_("仍存在的问题"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class PlanForm(forms.Form):
    mode = forms.ChoiceField(label=_("评审方式"), choices=ReviewMode.choices, widget=forms.RadioSelect)
    review_from = forms.DateField(label=_("评审开始日期"), widget=DateInput())
    review_days = forms.IntegerField(label=_("所需工作日"), min_value=1, max_value=30)


class MemberForm(forms.Form):
    user: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("评审员"), queryset=None, empty_label=_("请选择"), widget=forms.Select(attrs={"lang": "zh"})
    )
    duty = forms.ChoiceField(label=_("评审组分工"), choices=Duty.choices)
    field = forms.CharField(label=_("评审领域"), max_length=100)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class OpinionForm(forms.Form):
    conclusion = forms.ChoiceField(label=_("评审结论"), choices=[("", _("请选择")), *Conclusion.choices])
    text = _long(_("评审意见"))


class TakeForm(forms.Form):
    """One step of the process: what its row asks for, and the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    INPUTS = {
        "proposal": lambda: forms.ChoiceField(
            label=_("审查建议"), choices=[("", _("请选择")), (GRANT, _("建议准予许可")), (REFUSE, _("建议不予许可"))]
        ),
        "false_material": lambda: forms.ChoiceField(
            label=_("隐瞒有关情况或者提供虚假材料"),
            required=False,
            choices=[
                ("", _("不是")),
                (IN_SAFETY, _("是，属于直接关系公共安全、人身健康、生命财产安全的事项")),
                (ELSEWHERE, _("是，不属于上述事项")),
            ],
            help_text=_("属于上述事项的，一年内不得再次申请（《行政许可法》第七十八条）。"),
        ),
        "answer_number": lambda: forms.CharField(label=_("省局文号"), max_length=60),
        "answered_on": lambda: forms.CharField(label=_("省局答复日期"), max_length=10, widget=DateInput()),
        "licence_number": lambda: forms.CharField(
            label=_("证书编号"), max_length=12, min_length=12, widget=forms.TextInput(attrs={"class": "code"})
        ),
    }

    def __init__(self, *args: Any, names: tuple[str, ...], reason_required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        for name in names:
            self.fields[name] = self.INPUTS[name]()
        if reason_required:
            self.fields["reason"] = forms.CharField(
                label=_("理由"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
            )

    def given(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.names}
