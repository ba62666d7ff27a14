"""Words and headers of the worklist."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from apps.parties.selectors.divisions import division_name

register = template.Library()


@register.filter
def counted(count: int, most: int) -> str:
    """A count, marked where counting stopped."""
    return f"{count}+" if count >= most else str(count)


@register.filter
def listed(texts: Iterable[Any]) -> str:
    """Several short texts in one line, parted as the language of the page parts them."""
    return gettext("、").join(str(text) for text in texts)


@register.filter
def place_of(code: str) -> str:
    return division_name(code)


@register.simple_tag(takes_context=True)
def sort_header(context: Context, name: str, label: Any, sort: str, css: str = "") -> SafeString:
    """A column header that sorts by itself, and the other way round when it already does; by due date at first."""
    now = sort or "due"
    state = {name: ("ascending", " ▲", f"-{name}"), f"-{name}": ("descending", " ▼", name)}.get(now, ("", "", name))
    query = context["request"].GET.copy()
    query.pop("page", None)
    query["sort"] = state[2]
    return format_html(
        '<th scope="col"{}{}><a href="?{}">{}{}</a></th>',
        format_html(' class="{}"', css) if css else "",
        format_html(' aria-sort="{}"', state[0]) if state[0] else "",
        query.urlencode(),
        label,
        state[1],
    )
