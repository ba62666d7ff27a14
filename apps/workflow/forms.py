"""Forms of the worklist, of bulk acts, of the acts on one file, of absences and routing rules."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Role
from apps.accounts.models import Unit, User
from apps.accounts.selectors import units
from apps.core.forms import DateInput
from apps.parties.selectors.divisions import county_choices
from apps.workflow.bindings import generation, processes
from apps.workflow.constants import REASON_LENGTH
from apps.workflow.selectors.worklist import DUE, NOBODY, SORTS, TABS, Asked, matter_choices, stage_choices

DUE_LABELS = {
    "overdue": _("已超期"),
    "soon": _("3 个工作日内到期"),
    "later": _("期限未到"),
    "paused": _("计时中止或无期限"),
}
assert set(DUE_LABELS) == set(DUE)


NAMES = {"lang": "zh"}  # a list of names stays Chinese in every language


@lru_cache(maxsize=8)
def _of_tables(language: str, _generation: int) -> dict[str, list[Any]]:
    """The lists of the filter that are read from the tables, in a language, put together once."""
    with override(language):
        found = {"matter": [("", _("全部")), *matter_choices()], "stage": [("", _("全部")), *stage_choices()]}
        return {name: [_spelled(choice) for choice in listed] for name, listed in found.items()}


def _spelled(choice: tuple[Any, Any]) -> tuple[Any, Any]:
    """A choice, or a group of choices, with its texts as they read now."""
    value, label = choice
    if isinstance(label, list):
        return str(value), [_spelled(inner) for inner in label]
    return str(value), str(label)


class WorklistForm(forms.Form):
    """The filter of the list, in the address."""

    q = forms.CharField(
        label=_("编号、单位名称（支持拼音首字母）、统一社会信用代码"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "aria-keyshortcuts": "/"}),
    )
    matter = forms.ChoiceField(label=_("业务类型"), required=False)
    place = forms.ChoiceField(label=_("区县"), required=False)
    stage = forms.ChoiceField(label=_("环节"), required=False)
    due = forms.ChoiceField(label=_("截止日"), required=False, choices=[("", _("不限")), *DUE_LABELS.items()])
    holder = forms.ChoiceField(label=_("承办人"), required=False, widget=forms.Select(attrs=NAMES))
    tab = forms.ChoiceField(required=False, choices=[(tab, tab) for tab in TABS], widget=forms.HiddenInput)
    sort = forms.ChoiceField(required=False, choices=[(sort, sort) for sort in SORTS], widget=forms.HiddenInput)

    def __init__(self, *args: Any, holders: Iterable[User] | None, first_tab: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first_tab = first_tab
        choices: dict[str, Any] = {
            **_of_tables(get_language() or "", generation()),
            "place": [("", _("全部区县")), *county_choices()],
        }
        if holders is None:
            del self.fields["holder"]
        else:
            choices["holder"] = [("", _("全部")), (NOBODY, _("待领取")), *((str(one.pk), str(one)) for one in holders)]
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """The question; a field with nonsense in it counts as empty, and the page says so."""
        self.is_valid()
        data = self.cleaned_data
        return Asked(
            tab=data.get("tab") or self.first_tab,
            text=data.get("q", "").replace("\0", ""),
            matter=data.get("matter", ""),
            place=data.get("place", ""),
            stage=data.get("stage", ""),
            due=data.get("due", ""),
            holder=data.get("holder", ""),
            sort=data.get("sort", ""),
        )


class SaveViewForm(forms.Form):
    """The name of a tab of one's own."""

    name = forms.CharField(label=_("名称"), max_length=20)


class PersonChoice(forms.ModelChoiceField):
    """Somebody of the staff, with role and unit beside the name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=forms.Select(attrs=NAMES), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}（{obj.unit}）" if obj.unit else str(obj)


class AssignForm(forms.Form):
    """To whom the chosen files go."""

    user = PersonChoice(label=_("承办人"), queryset=User.objects.none(), empty_label=_("请选择"))
    reason = forms.CharField(
        label=_("说明"), required=False, max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class HandOverForm(AssignForm):
    """A colleague, and why."""

    reason = forms.CharField(label=_("移交理由"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))


class RemindForm(forms.Form):
    """What is said beside the reminder."""

    note = forms.CharField(label=_("附言"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(forms.Form):
    """A reason that must be given."""

    reason = forms.CharField(label=_("理由"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 4}))


class StepForm(forms.Form):
    """One step of a table, with the version that the person saw. Steps that ask for more have a form of their app."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("理由"), required=False, max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, reason_required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = reason_required


class AbsenceForm(forms.Form):
    """Who is away, from when to when, and who stands in."""

    user = PersonChoice(label=_("离岗人员"), queryset=User.objects.none(), empty_label=None)
    first_on = forms.DateField(label=_("开始日期"), widget=DateInput())
    last_on = forms.DateField(label=_("结束日期"), widget=DateInput())
    delegate = PersonChoice(
        label=_("代办人"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("不指定"),
        help_text=_("代办人以自己的账号和岗位办理您承办的件，期满自动失效。"),
    )
    reason = forms.CharField(label=_("事由"), required=False, max_length=200)

    def __init__(self, *args: Any, people: Any, delegates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["delegate"].queryset = delegates  # type: ignore[attr-defined]


class RoutingForm(forms.Form):
    """Which files go to whom by themselves."""

    matter = forms.ChoiceField(label=_("业务类型"))
    place = forms.ChoiceField(label=_("区县"), required=False)
    role = forms.ChoiceField(label=_("岗位"))
    unit = forms.ModelChoiceField(
        label=_("承办单位"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("案件的受理单位"),
        widget=forms.Select(attrs=NAMES),
    )
    most = forms.IntegerField(
        label=_("每人在办上限"), required=False, min_value=1, max_value=10_000, help_text=_("留空表示不限。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = [(table.code, table.label) for table in processes()]
        each = [choice for choice in matter_choices() if ":" in choice[0]]
        roles = {role for table in processes() for step in table.steps if step.by_desk for role in step.by}
        choices: dict[str, Any] = {
            "matter": [*whole, *each],
            "place": [("", _("全部区县")), *county_choices()],
            "role": [(role.value, role.label) for role in Role if role in roles],
        }
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units()  # type: ignore[attr-defined]
