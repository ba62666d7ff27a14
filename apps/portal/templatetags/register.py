"""Tags of the public register's pages."""

from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext

from apps.core.templatetags.ui import chip, day
from apps.parties.selectors import division_name

register = template.Library()


@register.simple_tag(takes_context=True)
def narrowed(context, parameter, value):
    """The address line of the present question with one more filter, from its first page."""
    params = context["request"].GET.copy()
    params[parameter] = value
    for name in ("after", "before"):
        params.pop(name, None)
    return f"?{params.urlencode()}"


SCOPE_SHOWN = 60  # characters in a list


@register.simple_tag
def certificate_lines(rows):
    """The lines of a list of certificates. By hand, because as a template they took half of the time of a lookup."""
    chinese = "" if not (get_language() or "").startswith("en") else ' lang="zh"'
    dates = escape(gettext("发证日期")), escape(gettext("有效期至"))
    return mark_safe("".join(_line(row, chinese, *dates) for row in rows))  # every value is escaped in _line


def _line(row, chinese, issued, until):
    mark = f' class="{row.verdict.chip}"' if row.verdict.chip in ("over", "due") else ""
    scope = Truncator(row.scope).chars(SCOPE_SHOWN) if len(row.scope) > SCOPE_SHOWN else row.scope

    def said(text):
        return f"<span{chinese}>{escape(text)}</span>" if chinese else escape(text)

    link = f'<a class="code" href="{escape(permalink(row.token))}">{escape(row.number)}</a>'
    return (
        f"<tr{mark}><td>{chip(row.verdict.chip, row.verdict.word, row.verdict.icon)}</td>\n"
        f'<th scope="row" class="nw">{link}</th>\n'
        f'<td>{said(row.holder)}<span class="sub">{said(scope)}</span></td>\n'
        f'<td class="p3">{escape(row.project)}<span class="sub">{said(row.body)}</span></td>\n'
        f'<td class="p3 nw num" data-label="{issued}">{day(row.issued_on)}</td>'
        f'<td class="nw num" data-label="{until}">{day(row.valid_to)}</td></tr>'
    )


@register.filter
def permalink(token):
    """The address of a certificate; reversing it anew for each line of a list took longer than the rest of the line."""
    return f"{_before_token()}{token}"


@lru_cache(maxsize=1)
def _before_token():
    return reverse("portal:certificate", args=["x"]).removesuffix("x")


@register.filter
def division(code):
    """The name of a division; for a prefix of two or four digits, of the area that it begins."""
    return division_name(str(code).ljust(6, "0"))
