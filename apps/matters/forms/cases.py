"""Forms of a case. Their fields come from the matter's configuration; they clean, services write."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.certifications.selectors.held import catalogue_on, certificates_held
from apps.core.forms import DayField, RegisterSelect, VersionField
from apps.matters.constants import MAX_LINES, BodyAnswer, FieldKind, FieldRule
from apps.matters.models import MatterCase
from apps.matters.rules.answers import LINE, MOST_CELL, MOST_TEXT
from apps.matters.rules.configuration import Question
from apps.matters.rules.correcting import PLACES
from apps.matters.rules.facts import GRANT, REFUSE
from apps.matters.selectors.matters import rows_of
from apps.workflow.constants import REASON_LENGTH

CHOOSE = ("", _("请选择"))


def _long(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": rows}), **more)


class CaseForm(forms.Form):
    """What a matter asks, field by field; gaps are allowed, the task list names them."""

    contact_name = forms.CharField(label=_("联系人"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=40, required=False)
    version = VersionField()

    def __init__(self, *args: Any, case: MatterCase, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = rows_of(case.matter)
        fields: dict[str, forms.Field] = {}
        if rows.grounds:
            choices = [CHOOSE, *((each.code, each.shown) for each in rows.grounds)]
            fields["ground"] = forms.ChoiceField(label=_("办理情形"), choices=choices, required=False)
        self.questions = [each for each in rows.fields if each.kind != FieldKind.LINES]
        for each in self.questions:
            fields[each.code] = _field(each, case, on)
        self.fields = {**fields, **self.fields}

    def values(self) -> dict[str, Any]:
        """The answers as they are kept: plain texts by field code."""
        given = {each.code: self.cleaned_data.get(each.code) for each in self.questions}
        return {code: "" if value is None else str(value) for code, value in given.items()}

    def basics(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("ground", "contact_name", "contact_phone")}


def _field(question: Question, case: MatterCase, on: Any) -> forms.Field:
    inside = question.unit and question.shown == question.label  # an English label says its unit itself
    label = f"{question.label}（{question.unit}）" if inside else question.shown
    if question.kind == FieldKind.NUMBER:
        return forms.CharField(
            label=label, max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
        )
    if question.kind == FieldKind.DATE:
        return DayField(label=label, required=False)
    if question.kind == FieldKind.CODE:
        return _choice(label, question, case, on)
    return _long(label, rows=2, required=False)


def _choice(label: str, question: Question, case: MatterCase, on: Any) -> forms.ChoiceField:
    choices: Iterable[tuple[Any, Any]]
    if question.rule == FieldRule.PLACE:
        return forms.ChoiceField(label=label, choices=[CHOOSE, *PLACES.items()], required=False)
    if question.rule == FieldRule.CERTIFICATE:
        held = certificates_held(case.file.organisation_id)
        choices = [(str(each.pk), f"{each.number}（{each.project.name}）") for each in held[:500]]
    else:
        choices = _products(on)
    return forms.ChoiceField(label=label, choices=[CHOOSE, *choices], required=False, widget=RegisterSelect())


def _products(on: Any) -> list[tuple[str, str]]:
    return [(code, f"{code} {name}") for code, name in catalogue_on(on)]


class LineForm(forms.Form):
    """One line of a list."""

    code = forms.CharField(label=_("产品代码"), max_length=20, required=False)
    name = forms.CharField(label=_("名称"), max_length=MOST_CELL, required=False)
    model = forms.CharField(label=_("规格型号"), max_length=MOST_CELL, required=False)
    quantity = forms.CharField(
        label=_("数量"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    unit = forms.CharField(label=_("单位"), max_length=20, required=False)

    def __init__(self, *args: Any, products: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if products is not None:
            choices = [CHOOSE, *products]
            self.fields["code"] = forms.ChoiceField(
                label=_("产品代码"), choices=choices, required=False, widget=RegisterSelect()
            )


def line_forms(case: MatterCase, on: Any, data: QueryDict | None) -> "BaseFormSet[LineForm] | None":
    """The list that the matter asks for, with three lines to spare; None if it asks for none."""
    question = next((each for each in rows_of(case.matter).fields if each.kind == FieldKind.LINES), None)
    if question is None:
        return None
    factory = formset_factory(LineForm, extra=3, max_num=MAX_LINES, absolute_max=MAX_LINES, validate_max=True)
    products = _products(on) if question.rule == FieldRule.CCC else None
    made = factory(
        data, prefix="lines", initial=case.values.get(question.code) or [], form_kwargs={"products": products}
    )
    made.question = question  # type: ignore[attr-defined]  # what the page calls the list
    return made


def lines_of(formset: "BaseFormSet[LineForm] | None") -> dict[str, list[dict[str, str]]]:
    """The lines that have something in them, under the code of their field."""
    if formset is None:
        return {}
    rows = [{name: (each.cleaned_data.get(name) or "").strip() for name in LINE} for each in formset]
    return {formset.question.code: [row for row in rows if any(row.values())]}  # type: ignore[attr-defined]


class PointForm(forms.Form):
    about = forms.CharField(label=_("涉及内容"), max_length=200, help_text=_("例如：责任担保书"))
    problem = _long(_("存在问题"))
    remedy = _long(_("改正要求"))


class AnswerForm(forms.Form):
    answer = _long(_("答复"))
    version = VersionField()


class DutyForm(forms.Form):
    done_on = DayField(label=_("履行日期"))
    statement = _long(_("履行情况"))
    version = VersionField()


class TakeForm(forms.Form):
    """One step of the process: what its row asks for, and the version that the person saw."""

    version = VersionField()

    INPUTS = {
        "proposal": lambda: forms.ChoiceField(
            label=_("审查建议"), choices=[CHOOSE, (GRANT, _("建议批准")), (REFUSE, _("建议不予批准"))]
        ),
        "body_answer": lambda: forms.ChoiceField(label=_("认证机构的答复"), choices=[CHOOSE, *BodyAnswer.choices]),
        "answered_on": lambda: DayField(label=_("答复日期")),
        "answer_number": lambda: forms.CharField(label=_("答复文号"), max_length=60),
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
        return {name: str(self.cleaned_data[name]) for name in self.names}
