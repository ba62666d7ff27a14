"""Forms of the staff pages."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.certifications import rules
from apps.certifications.constants import ReasonClass, Status, SurveillanceResult
from apps.certifications.models import Certificate
from apps.certifications.selectors.reference import unknown_scope_codes
from apps.certifications.selectors.staff import SORTS, TABS, Filter, project_choices
from apps.core.forms import DateInput
from apps.parties.selectors.divisions import county_choices

WITHIN = [("", _("不限")), ("30", _("30 天内")), ("60", _("60 天内")), ("90", _("90 天内")), ("180", _("180 天内"))]
_CODE = re.compile(r"(IAF:\d{2}|GB:[A-T]\d{2,4})")


class CertificateFilter(forms.Form):
    """The filter of the list, in the address. What it does not understand it leaves out rather than fail."""

    q = forms.CharField(
        label=_("编号、单位或信用代码"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "data-search": ""}),
    )
    status = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Status.choices])
    project = forms.ChoiceField(label=_("认证项目"), required=False)
    county = forms.ChoiceField(label=_("区县"), required=False)
    body = forms.CharField(label=_("认证机构"), required=False, max_length=100)
    within = forms.ChoiceField(label=_("到期"), required=False, choices=WITHIN)
    stale = forms.BooleanField(label=_("只看数据过时"), required=False)
    tab = forms.ChoiceField(required=False, choices=[(tab, tab) for tab in TABS], widget=forms.HiddenInput)
    sort = forms.ChoiceField(required=False, choices=[(sort, sort) for sort in SORTS], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].choices = [("", _("全部")), *project_choices()]  # type: ignore[attr-defined]
        self.fields["county"].choices = [("", _("全部")), *county_choices()]  # type: ignore[attr-defined]

    def wanted(self) -> Filter:
        """The filter; fields with nonsense in them count as empty."""
        self.is_valid()
        data = self.cleaned_data
        return Filter(
            text=data.get("q", ""),
            status=data.get("status", ""),
            project=data.get("project", ""),
            county=data.get("county", ""),
            body=data.get("body", ""),
            within=int(data["within"]) if data.get("within") else None,
            stale=data.get("stale", False),
            tab=data.get("tab") or "all",
            sort=data.get("sort", ""),
        )


def read_scope_codes(text: str) -> list[str]:
    """The codes in the text, or what is wrong with them."""
    codes = text.upper().split()
    wrong = [code for code in codes if not _CODE.fullmatch(code)] or unknown_scope_codes(codes)
    if wrong:
        raise forms.ValidationError(
            _("不认识的代码：%(codes)s。写作 IAF: 加两位数字，或者 GB: 加字母和二至四位数字。"),
            params={"codes": " ".join(wrong[:5])},
        )
    return codes


class VersionedForm(forms.Form):
    """A form or button that acts on something another person may change meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class StatusForm(VersionedForm):
    """A move of the status. Only the legal moves and their reasons are offered."""

    to = forms.ChoiceField(label=_("变更为"), widget=forms.RadioSelect)
    on = forms.DateField(label=_("决定日期"), widget=DateInput, help_text=_("发证机构作出决定的日期。"))
    reason_class = forms.ChoiceField(label=_("原因类别"))
    reason = forms.CharField(
        label=_("原因说明"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )
    until = forms.DateField(
        label=_("暂停期至"),
        required=False,
        widget=DateInput,
        help_text=_("暂停时必填，一般不超过六个月；强制性产品季节性生产的，不超过十二个月。"),
    )
    seasonal = forms.BooleanField(label=_("季节性生产或者按订单生产（仅强制性产品）"), required=False)
    legal_basis = forms.CharField(
        label=_("依据"), required=False, max_length=200, help_text=_("不填的，按认证项目引用法规条款。")
    )

    def __init__(self, *args: Any, certificate: Certificate, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"version": certificate.version})
        super().__init__(*args, **kwargs)
        moves = [move for move in rules.moves_from(certificate.status) if move.to_status != Status.EXPIRED]
        reasons = {reason for move in moves for reason in move.reasons}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (
                move.to_status,
                _("%(status)s：%(consequence)s")
                % {
                    "status": move.to_status.label,
                    "consequence": rules.consequence(move.to_status),
                },
            )
            for move in moves
        ]
        if Status.SUSPENDED not in {move.to_status for move in moves}:
            del self.fields["until"], self.fields["seasonal"]
        chosen = [(reason.value, reason.label) for reason in ReasonClass if reason in reasons]
        self.fields["reason_class"].choices = [("", _("请选择")), *chosen]  # type: ignore[attr-defined]


class RenewForm(VersionedForm):
    """A recertification under the unchanged number."""

    issued_on = forms.DateField(label=_("发证日期"), widget=DateInput)
    valid_from = forms.DateField(label=_("有效期自"), widget=DateInput)
    valid_to = forms.DateField(label=_("有效期至"), widget=DateInput)


class SurveillanceForm(VersionedForm):
    """An audit or inspection."""

    activity = forms.CharField(label=_("活动"), max_length=60, help_text=_("例如：第一次监督审核。"))
    on = forms.DateField(label=_("日期"), widget=DateInput)
    result = forms.ChoiceField(label=_("结果"), choices=SurveillanceResult.choices)
    audit_team = forms.CharField(label=_("审核组"), required=False, max_length=200)
    description = forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CorrectForm(VersionedForm):
    """What stands on the certificate and was entered wrongly."""

    number = forms.CharField(label=_("证书编号"), max_length=64)
    holder_name = forms.CharField(label=_("证书所载持证单位"), max_length=200)
    standard_text = forms.CharField(label=_("认证依据"), required=False, max_length=300)
    scope = forms.CharField(label=_("认证范围"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    scope_codes = forms.CharField(
        label=_("范围代码"), required=False, help_text=_("以空格分隔，例如：IAF:03 GB:C14"), max_length=300
    )
    products = forms.CharField(label=_("产品"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    division_code = forms.RegexField(r"^\d{6}$", label=_("行政区划代码"), required=False, help_text=_("六位数字。"))
    first_issued_on = forms.DateField(label=_("初次获证日期"), required=False, widget=DateInput)
    issued_on = forms.DateField(label=_("发证日期"), required=False, widget=DateInput)
    valid_from = forms.DateField(label=_("有效期自"), required=False, widget=DateInput)
    valid_to = forms.DateField(label=_("有效期至"), required=False, widget=DateInput)
    reason = forms.CharField(
        label=_("更正理由"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        help_text=_("写明依据，例如证书原件。更正前后的内容都会保留。"),
    )

    def clean_scope_codes(self) -> list[str]:
        return read_scope_codes(self.cleaned_data["scope_codes"])

    @staticmethod
    def initial_of(certificate: Certificate) -> dict[str, Any]:
        names = [name for name in CorrectForm.base_fields if name not in ("reason", "scope_codes")]
        return {
            **{name: getattr(certificate, name) for name in names},
            "scope_codes": " ".join(certificate.scope_codes),
        }

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "reason")}


class MismatchForm(VersionedForm):
    """The answer to a report."""

    answer = forms.CharField(label=_("处理结果"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)
