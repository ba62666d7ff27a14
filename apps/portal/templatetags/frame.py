"""The parts of every page that are the same for all who are not signed in."""

from django import template
from django.utils.translation import get_language

from apps.portal.frame import is_nobody, kept_frame

register = template.Library()


@register.simple_tag(takes_context=True)
def framed(context, name):
    """Like include, but drawn once for everybody without a session (apps.portal.frame)."""
    piece = context.template.engine.get_template(name)
    request = context.get("request")
    if request is None or not is_nobody(request):
        return piece.render(context)
    places = tuple((str(item.url), item.current) for item in context["nav_items"])
    key = (name, get_language(), context["bureau_name"], places)

    def draw(anywhere):
        with context.push(request=anywhere):
            return piece.render(context)

    return kept_frame(key, request, draw)
