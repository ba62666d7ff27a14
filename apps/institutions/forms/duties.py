"""Commitments, annual reports and samples of reports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import VersionField
from apps.institutions.constants import CommitmentKind
from apps.institutions.services.reports import YearFigures

COUNT: dict[str, Any] = {"min_value": 0, "max_value": 100_000_000}


class CommitmentForm(forms.Form):
    kind = forms.ChoiceField(label=_("种类"), choices=CommitmentKind.choices)
    text = forms.CharField(
        label=_("内容"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 10, "lang": "zh"}),
        help_text=_("不少于50字，写明遵纪守法、独立公正、诚信等具体承诺；公开后全文显示。"),
    )


class SignForm(forms.Form):
    signed_by = forms.CharField(
        label=_("签署人"), max_length=100, help_text=_("法定代表人或最高管理者；姓名随承诺公开。")
    )
    version = VersionField()


class BreachForm(forms.Form):
    number = forms.CharField(label=_("认定文号"), max_length=100)
    finding = forms.CharField(
        label=_("认定的事实"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("仅供内部。")
    )
    version = VersionField()


class AnnualReportForm(forms.Form):
    year = forms.IntegerField(label=_("年度"), min_value=2015, max_value=2100)
    reports_issued = forms.IntegerField(label=_("出具报告数（份）"), **COUNT)
    clients = forms.IntegerField(label=_("委托单位数"), **COUNT)
    staff_count = forms.IntegerField(label=_("从业人员数"), **COUNT)
    proficiency_tests = forms.IntegerField(label=_("参加能力验证（次）"), **COUNT)
    complaints = forms.IntegerField(label=_("收到投诉（件）"), **COUNT)
    revenue = forms.DecimalField(
        label=_("检验检测收入（万元）"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        help_text=_("不公开。"),
    )
    summary = forms.CharField(
        label=_("说明"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def figures(self):
        return YearFigures(**{name: self.cleaned_data[name] for name in YearFigures.__slots__})


class SampleForm(forms.Form):
    year = forms.IntegerField(label=_("年度"), min_value=2015, max_value=2100)
    quarter = forms.TypedChoiceField(label=_("季度"), coerce=int, choices=[(n, str(n)) for n in (1, 2, 3, 4)])
    issued = forms.IntegerField(label=_("该季度出具报告总数"), **COUNT)
    reports = forms.CharField(
        label=_("样本"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "每行一份：报告编号，签发日期，检测对象，标准编号。例如 R2026-001，2026-07-01，玩具，GB 6675.4-2014"
        ),
    )
