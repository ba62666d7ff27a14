"""What templates say about the person who looks at them."""

from django import template
from django.conf import settings

from apps.accounts.constants import SessionEnd
from apps.accounts.demo import DEMO_PASSWORD
from apps.accounts.middleware import ENDED_BECAUSE
from apps.accounts.rules import browser_name

register = template.Library()


@register.simple_tag(takes_context=True)
def why_session_ended(context):
    """Why the former session of this browser ended, or nothing."""
    code = context["request"].session.get(ENDED_BECAUSE)
    return SessionEnd(code).label if code in SessionEnd.values else ""


@register.simple_tag
def demo_password():
    """The public password, shown on the sign-in page of a demo installation only."""
    return DEMO_PASSWORD if settings.DEMO else ""


@register.filter
def browser(user_agent):
    """What a person would call the browser: "Chrome · Windows". Empty if the name is not a known one."""
    return browser_name(user_agent)
