"""The page on which a matter is made: texts, limits, and four lists whose rows are small forms of their own."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayField, RegisterSelect, VersionField
from apps.matters.constants import MAX_ROWS, DutyKind, Effect, FieldKind, FieldRule
from apps.matters.models import Matter
from apps.matters.rules.configuration import Asked, Duty, Ground, Question, Rows
from apps.matters.selectors.matters import LIMITS, limit_choices, rows_of
from apps.matters.services.configuration import Config
from apps.workflow.constants import Competence

SPARE = 2  # empty rows below those that are filled: saving gives the next ones


def _text(label: Any, most: int = 100, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, **more)


def _long(label: Any, most: int = 1_000, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 3}), **more)


class ConfigForm(forms.Form):
    """Everything of a version but its lists."""

    code = forms.CharField(
        label=_("事项代码"), max_length=32, help_text=_("小写字母、数字和下划线，例如 sample_exemption")
    )
    name = forms.CharField(label=_("事项名称"), max_length=60)
    name_en = forms.CharField(label=_("事项名称（英文）"), max_length=120)
    who = _long(_("谁可以申请"))
    who_en = _long(_("谁可以申请（英文）"), 2_000)
    result = _long(_("办理结果"))
    result_en = _long(_("办理结果（英文）"), 2_000)
    basis = _long(_("法律依据"), 2_000, help_text=_("一行一条；没有核对原文的，请在该行注明"))
    verified = forms.BooleanField(label=_("法律依据已核对原文"), required=False)
    competence = forms.ChoiceField(label=_("决定权限"), choices=Competence.choices)
    effect = forms.ChoiceField(
        label=_("批准后同时办理"),
        choices=Effect.choices,
        help_text=_("还缺哪些字段，保存时会指出"),
    )
    consults = forms.BooleanField(label=_("决定前征求发证的认证机构意见"), required=False)
    validity_months = forms.IntegerField(
        label=_("决定有效期（月）"), min_value=0, max_value=120, initial=0, help_text=_("0 表示不设有效期")
    )
    limit_accept = forms.ChoiceField(label=_("受理时限"), widget=RegisterSelect())
    limit_correct = forms.ChoiceField(label=_("补正时限"), widget=RegisterSelect())
    limit_decide = forms.ChoiceField(label=_("决定时限"), widget=RegisterSelect())
    limit_duty = forms.ChoiceField(label=_("义务时限"), widget=RegisterSelect())
    effective_from = DayField(label=_("生效日期"))
    effective_to = DayField(label=_("失效日期"), required=False)
    version = VersionField()

    def __init__(self, *args: Any, fresh: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LIMITS:
            self.fields[name].choices = limit_choices(name)  # type: ignore[attr-defined]
        if not fresh:
            del self.fields["code"]
        else:
            del self.fields["version"]

    def config(self, rows: Rows) -> Config:
        names = [name for name in Config.__dataclass_fields__ if name != "rows"]
        return Config(**{name: self.cleaned_data[name] for name in names}, rows=rows)


class _Row(forms.Form):
    """One row; without a code it is an empty one, and is not kept."""

    code = _text(_("代码"), 31)
    label = _text(_("名称"))
    label_en = _text(_("名称（英文）"), 200)


class DocumentRow(_Row):
    required = forms.BooleanField(label=_("必交"), required=False)
    description = _text(_("说明"), 300)
    description_en = _text(_("说明（英文）"), 300)


class FieldRow(_Row):
    kind = forms.ChoiceField(label=_("种类"), choices=FieldKind.choices, required=False)
    rule = forms.ChoiceField(label=_("规则"), choices=FieldRule.choices, required=False)
    unit = _text(_("单位"), 20)
    required = forms.BooleanField(label=_("必填"), required=False)


class GroundRow(_Row):
    article = _text(_("适用条款"), 300)
    demands = _text(_("要求"), 300)
    demands_en = _text(_("要求（英文）"), 300)
    verified = forms.BooleanField(label=_("已核对原文"), required=False)


class DutyRow(_Row):
    kind = forms.ChoiceField(label=_("种类"), choices=DutyKind.choices, required=False)
    papers = forms.BooleanField(label=_("需要证明材料"), required=False)


LISTS: dict[str, tuple[Any, type[_Row], type[Any]]] = {
    "fields": (_("填写的内容"), FieldRow, Question),
    "documents": (_("需要的材料"), DocumentRow, Asked),
    "grounds": (_("办理情形"), GroundRow, Ground),
    "duties": (_("决定所附义务"), DutyRow, Duty),
}


def list_forms(matter: Matter | None, data: QueryDict | None) -> "dict[str, BaseFormSet[Any]]":
    """The four lists, with what the version says now and some rows to spare."""
    rows = rows_of(matter) if matter is not None else Rows()
    made = {}
    for name, (label, form, shape) in LISTS.items():
        factory = formset_factory(form, extra=SPARE, max_num=MAX_ROWS, absolute_max=MAX_ROWS, validate_max=True)
        initial = [{key: getattr(row, key) for key in shape.__dataclass_fields__} for row in getattr(rows, name)]
        made[name] = factory(data, prefix=name, initial=initial)
        made[name].label = label  # type: ignore[attr-defined]  # what the page calls the list
    return made


def rows_given(lists: "Mapping[str, BaseFormSet[Any]]") -> Rows:
    """The rows that have something in them."""
    found = {}
    for name, formset in lists.items():
        shape = LISTS[name][2]
        filled = [
            each.cleaned_data for each in formset if any(map(each.cleaned_data.get, ("code", "label", "label_en")))
        ]
        found[name] = tuple(shape(**{key: row[key] for key in shape.__dataclass_fields__}) for row in filled)
    return Rows(**found)


class ReasonForm(forms.Form):
    reason = _long(_("退回理由"))
    version = VersionField()


class VersionForm(forms.Form):
    version = VersionField()
