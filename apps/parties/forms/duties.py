"""Giving a duty to a member of a certification body."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayField, RegisterSelect
from apps.parties.constants import BodyDuty
from apps.parties.forms.base import choose


class DutyForm(forms.Form):
    user_id = forms.TypedChoiceField(label=_("成员"), coerce=int, widget=RegisterSelect)
    duty = forms.ChoiceField(label=_("职责"), choices=BodyDuty.choices)
    ends_on = DayField(label=_("结束日期"), required=False, help_text=_("不填表示长期。当天结束时失效。"))

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        choose(self.fields["user_id"], [(each.user_id, str(each.user)) for each in people])
