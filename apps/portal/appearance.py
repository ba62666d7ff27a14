"""How a person wants pages to look, kept in cookies so that the server draws the page right the first time."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# Cookie and form field -> its values; the first is the default and needs no cookie.
CHOICES = {
    "theme": [("", _("跟随系统")), ("light", _("浅色")), ("dark", _("深色"))],
    "size": [("", _("标准字号")), ("large", _("大字号（长辈版）"))],
    "density": [("", _("自动")), ("compact", _("紧凑")), ("touch", _("宽松（触屏）"))],
    "keys": [("", _("使用快捷键")), ("off", _("不使用快捷键"))],
}


@dataclass(frozen=True, slots=True)
class Appearance:
    theme: str
    size: str
    density: str
    keys: str


def of(request: HttpRequest) -> Appearance:
    """The appearance asked for by the cookies; values that are none of ours count as absent.

    Staff work in dense lists with a mouse; everybody else gets large targets and 16 px.
    """
    asked = {name: _known(name, request.COOKIES.get(name, "")) for name in CHOICES}
    user = getattr(request, "user", None)
    dense = user is not None and user.is_authenticated and user.is_staff_member and asked["size"] != "large"
    asked["density"] = asked["density"] or ("compact" if dense else "touch")
    return Appearance(**asked)


def _known(name: str, value: str) -> str:
    return value if any(value == known for known, _label in CHOICES[name]) else ""
