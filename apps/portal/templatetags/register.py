"""Tags of the public register's pages."""

from functools import lru_cache

from django import template
from django.urls import reverse

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
