"""Making a token: what it is for, what it may do, how long, and from where."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayField
from apps.parties.forms.base import choose


class TokenForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("写明哪个系统使用，例如“实验室信息系统”。"))
    scopes = forms.MultipleChoiceField(
        label=_("权限范围"), widget=forms.CheckboxSelectMultiple, help_text=_("只选该系统用得到的权限。")
    )
    expires_on = DayField(label=_("有效期至"), help_text=_("最长一年，当天结束时失效。"))
    networks = forms.CharField(
        label=_("允许的来源地址"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("每行一个地址或网段，例如 203.0.113.0/24。不填则不限来源。"),
    )

    def __init__(self, *args, scopes, **kwargs):
        super().__init__(*args, **kwargs)
        choose(self.fields["scopes"], [(s.code, f"{s.label} · {s.description}") for s in scopes])
