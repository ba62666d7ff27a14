"""Scopes and standards: uploading, approving, finding, recording."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayField, UploadInput, VersionField
from apps.core.tables.files import XLSX_LIMIT
from apps.institutions.constants import StandardStatus


class ScopeUploadForm(forms.Form):
    file = forms.FileField(
        label=_("能力附表"),
        widget=UploadInput(types=("xlsx", "csv"), max_bytes=XLSX_LIMIT),
        allow_empty_file=True,
        help_text=_("表头照模板；全部行无误后才形成草稿，原草稿随之作废。"),
    )


class RowFilterForm(forms.Form):
    q = forms.CharField(label=_("对象、参数或标准"), max_length=100, required=False)
    outdated = forms.BooleanField(label=_("只看标准已被代替或废止的"), required=False)


class ApproveForm(forms.Form):
    decision_number = forms.CharField(label=_("决定文号"), max_length=100, help_text=_("批准该附表的决定。"))
    approved_on = DayField(label=_("自何日起有效"))
    version = VersionField()


class StandardFilterForm(forms.Form):
    q = forms.CharField(label=_("标准编号或名称"), max_length=100, required=False)
    status = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *StandardStatus.choices])


class StandardForm(forms.Form):
    """A standard of one year, and what came to replace it."""

    code = forms.CharField(label=_("标准编号"), max_length=60, help_text=_("含年号，如 GB 6675.4-2014。"))
    title = forms.CharField(label=_("标准名称"), max_length=300)
    title_en = forms.CharField(label=_("英文名称"), max_length=300, required=False)
    status = forms.ChoiceField(label=_("状态"), choices=StandardStatus.choices)
    effective_on = DayField(label=_("实施日期"), required=False)
    ended_on = DayField(label=_("被代替或废止日期"), required=False)
    replaced_by = forms.CharField(
        label=_("由哪些标准代替"), max_length=400, required=False, help_text=_("标准编号，以逗号分开；须已在库中。")
    )
    source = forms.CharField(label=_("信息来源"), max_length=200)
    verified = forms.BooleanField(label=_("已对照官方原文核对"), required=False)
    version = VersionField()
