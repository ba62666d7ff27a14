"""Forms of the rules. They read; services write."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import RuleCode, RuleUnit
from apps.core.forms import DayField, VersionField


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
