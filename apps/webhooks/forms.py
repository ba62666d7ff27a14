"""Adding an address for events."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.parties.forms.base import choose


class EndpointForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("写明哪个系统接收，例如“质量管理系统”。"))
    url = forms.CharField(
        label=_("接收地址"),
        max_length=500,
        widget=forms.TextInput(attrs={"spellcheck": "false", "inputmode": "url"}),
        help_text=_("https:// 开头的公网地址。内网地址不推送。"),
    )
    topics = forms.MultipleChoiceField(
        label=_("事件"), widget=forms.CheckboxSelectMultiple, help_text=_("只选系统要处理的事件。")
    )

    def __init__(self, *args, topics, **kwargs):
        super().__init__(*args, **kwargs)
        choose(self.fields["topics"], [(t.code, f"{t.label} · {t.description}") for t in topics])


class StateForm(forms.Form):
    """Which state, and which version of the endpoint the page showed."""

    to = forms.ChoiceField(choices=[("active", ""), ("paused", ""), ("ended", "")])
    version = forms.IntegerField(min_value=1)
