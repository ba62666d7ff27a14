"""Forms of imports and of the contradictions they bring."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import ConflictKind, ConflictState
from apps.certifications.forms.staff import VersionedForm
from apps.certifications.models import Source
from apps.core.forms import RegisterSelect, UploadInput
from apps.core.tables.files import TEXT_LIMIT


class UploadForm(forms.Form):
    """A file and who says so. What is in it is the service's question."""

    file = forms.FileField(
        label=_("文件"),
        widget=UploadInput(types=("xlsx", "csv", "json"), max_bytes=TEXT_LIMIT),
        help_text=_("XLSX 不超过 30 MB；CSV（UTF-8 或 GB18030）和 JSON 不超过 200 MB。"),
        allow_empty_file=True,
    )
    source = forms.ChoiceField(
        label=_("数据来源"),
        widget=RegisterSelect,
        help_text=_("来源不同而内容不一致的记录会进入冲突队列，由人处理。"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = Source.objects.order_by("authority", "code").values_list("code", "name")
        self.fields["source"].choices = list(known)  # type: ignore[attr-defined]


class UndoForm(VersionedForm):
    reason = forms.CharField(label=_("撤销理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DecisionForm(VersionedForm):
    decision = forms.ChoiceField(
        label=_("处理"),
        choices=[("take", _("采用新数据")), ("keep", _("保留原数据"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("处理理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明依据，例如向发证机构核实的时间和结果。"),
    )


class BulkDecisionForm(forms.Form):
    """Several contradictions at once: `chosen` holds id:version pairs from the list."""

    chosen = forms.MultipleChoiceField(label=_("所选冲突"), required=True)
    decision = forms.ChoiceField(
        label=_("处理"),
        choices=DecisionForm.base_fields["decision"].choices,  # type: ignore[attr-defined]
    )
    reason = forms.CharField(label=_("处理理由"), max_length=1000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = self.data.getlist("chosen") if hasattr(self.data, "getlist") else []
        self.fields["chosen"].choices = [(pair, pair) for pair in chosen[:200]]  # type: ignore[attr-defined]

    def clean_chosen(self):
        try:
            pairs = [tuple(map(int, pair.split(":"))) for pair in self.cleaned_data["chosen"]]
            return {conflict_id: version for conflict_id, version in pairs if 0 < conflict_id < 2**63}
        except (TypeError, ValueError):
            raise forms.ValidationError(_("所选冲突无法识别，请刷新列表后重选。")) from None


class ConflictFilter(forms.Form):
    state = forms.ChoiceField(label=_("状态"), choices=[("", _("全部")), *ConflictState.choices], required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=[("", _("全部")), *ConflictKind.choices], required=False)
    batch = forms.IntegerField(label=_("导入批次"), required=False, min_value=1, max_value=2**62)
