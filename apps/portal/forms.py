"""Forms of the portal's own pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.portal.appearance import CHOICES
from apps.portal.charts import COUNTIES


class AppearanceForm(forms.Form):
    """Every field is a cookie of the same name (portal.appearance)."""

    theme = forms.ChoiceField(label=_("颜色"), choices=CHOICES["theme"], widget=forms.RadioSelect, required=False)
    size = forms.ChoiceField(label=_("字号"), choices=CHOICES["size"], widget=forms.RadioSelect, required=False)
    density = forms.ChoiceField(
        label=_("疏密"),
        choices=CHOICES["density"],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("自动：工作人员为紧凑，其他人员和触屏设备为宽松。"),
    )
    keys = forms.ChoiceField(
        label=_("键盘快捷键"),
        choices=CHOICES["keys"],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("列表页可用 / 搜索，J K 上下，X 选择，Enter 打开，? 显示说明。"),
    )


class ExpiringForm(forms.Form):
    """Which of the certificates that end soon to list."""

    DEFAULT = 90
    within = forms.TypedChoiceField(
        label=_("到期时间"),
        choices=[(30, _("30 天内")), (60, _("60 天内")), (90, _("90 天内"))],
        coerce=int,
        empty_value=DEFAULT,
        required=False,
    )
    division = forms.ChoiceField(
        label=_("区县"),
        choices=[("", _("全部")), *((code, name) for code, name, _column, _row in COUNTIES)],
        required=False,
    )
