"""A deadline on a page: `{% load clock %}{% deadline view %}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.clock.constants import DeadlineState
from apps.clock.selectors import DeadlineView
from apps.core.templatetags.ui import icon

register = template.Library()
CHIP = (
    '<span class="chip {}" lang="zh" title="{}">{}<span lang="{}">{}</span><span class="vh"> {}</span></span>'
    '<span class="basis" lang="zh">{}</span>'  # on paper only: nobody hovers there
)
LOOKS = {"ok": ("ok", "clock"), "due": ("due", "hourglass"), "over": ("over", "alert")}
AT_REST = {DeadlineState.PAUSED: ("wait", "clock-pause"), DeadlineState.WITHDRAWN: ("done", "circle-minus")}


@register.simple_tag
def deadline(view: DeadlineView) -> SafeString:
    """A chip with word, icon and colour; the article on hover, for screen readers, and in print."""
    look, name = AT_REST.get(DeadlineState(view.state)) or LOOKS[view.level]
    if view.ended_on is not None and view.state == DeadlineState.MET:
        look, name = "done", "check"
    due = view.due_on.isoformat() if view.due_on else ""
    text = _("%(text)s（暂定）") % {"text": view.text} if view.provisional and view.ended_on is None else view.text
    basis = " · ".join(part for part in (view.name, due, view.article) if part)
    return format_html(CHIP, look, basis, icon(name), get_language() or "zh-hans", text, basis, view.article)
