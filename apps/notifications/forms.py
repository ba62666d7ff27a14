"""Forms of the message pages. They read; services write."""

import re
from functools import partial

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.clock.constants import DayKind
from apps.notifications.constants import Channel, Decision, MessageState, Recipients
from apps.notifications.topics import channel_choices

_SEPARATORS = re.compile(r"[\s,，、;；]+")


class OffsetsField(forms.CharField):
    """Days before the due date, as a person types them: `90, 30, 0`; after it negative."""

    def to_python(self, value):
        text = super().to_python(value) or ""
        try:
            return [int(part) for part in _SEPARATORS.split(text.strip()) if part]
        except ValueError as fault:
            message = _("“%(value)s”不是整数。请填写天数，用逗号分隔，例如：90, 30, 7, 0")
            raise forms.ValidationError(message, params={"value": text[:60]}) from fault

    def prepare_value(self, value):
        return ", ".join(str(part) for part in value) if isinstance(value, list) else value


class RuleForm(forms.Form):
    offsets = OffsetsField(
        label=_("提醒时点（天）"),
        max_length=200,
        required=False,
        help_text=_("到期前的天数，用逗号分隔；0 为当天，负数为到期后。"),
    )
    shares = OffsetsField(
        label=_("期限用时（%）"),
        max_length=100,
        required=False,
        help_text=_("期限已用去的百分比，用逗号分隔，例如：50, 80。按工作日计，中止的日子不算。"),
    )
    recipients = forms.MultipleChoiceField(
        label=_("接收人"), choices=Recipients.choices, widget=forms.CheckboxSelectMultiple
    )
    channels = forms.MultipleChoiceField(label=_("渠道"), choices=channel_choices, widget=forms.CheckboxSelectMultiple)
    effective_from = forms.DateField(
        label=_("生效日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    legal_basis = forms.CharField(label=_("依据"), max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, recipients=frozenset(), paced=False, **options):
        """`recipients`: who can be told of the rule's event; `paced`: its matters run under a limit."""
        super().__init__(*args, **options)
        self.fields["recipients"].choices = [  # type: ignore[attr-defined]  # a field of choices
            one for one in Recipients.choices if one[0] in recipients
        ]
        if not paced:
            self.fields["shares"].widget = forms.HiddenInput()


class TemplateForm(forms.Form):
    subject = forms.CharField(label=_("标题"), max_length=200, required=False)
    body = forms.CharField(label=_("正文"), max_length=8000, widget=forms.Textarea(attrs={"rows": 12}), strip=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class PreferenceForm(forms.Form):
    language = forms.ChoiceField(
        label=_("消息语言"), choices=[("", _("与界面相同")), *settings.LANGUAGES], required=False
    )
    channels = forms.MultipleChoiceField(
        label=_("接收渠道"),
        choices=partial(channel_choices, Channel.IN_APP),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("站内消息始终接收。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class DeliveryFilter(forms.Form):
    state = forms.ChoiceField(label=_("状态"), choices=[("", _("全部")), *MessageState.choices], required=False)
    channel = forms.ChoiceField(label=_("渠道"), choices=[("", _("全部")), *Channel.choices], required=False)
    day = forms.DateField(
        label=_("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    q = forms.CharField(label=_("接收人"), max_length=100, required=False)


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(label=_("处理方式"), choices=Decision.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("理由"), max_length=500)


class DayForm(forms.Form):
    kind = forms.ChoiceField(label=_("类型"), choices=DayKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("名称"), max_length=40, required=False, help_text=_("例如：春节"))
    notice = forms.CharField(label=_("通知文号"), max_length=60, help_text=_("依据的国务院办公厅通知"))
    reason = forms.CharField(label=_("修改理由"), max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput)


class LimitForm(forms.Form):
    value = forms.IntegerField(label=_("时限"), min_value=1, max_value=3650)
    effective_from = forms.DateField(
        label=_("生效日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    article = forms.CharField(label=_("依据"), max_length=200)
    consequence = forms.CharField(label=_("逾期后果"), max_length=300, required=False)
    applies_to_running = forms.BooleanField(
        label=_("适用于办理中的事项"),
        required=False,
        help_text=_("勾选后，生效日仍在计算的期限改按新规定计算；不勾选，则仍按起算日的规定。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
