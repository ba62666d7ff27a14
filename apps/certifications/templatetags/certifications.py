"""How a certificate's state is shown, the same on every page."""

import datetime as dt

from django import template

from apps.certifications import rules
from apps.certifications.constants import Status
from apps.certifications.models import Certificate
from apps.certifications.selectors.reference import source_name
from apps.core.templatetags.ui import chip
from apps.parties.selectors.divisions import division_name

register = template.Library()


@register.simple_tag
def status_chip(certificate: Certificate, today: dt.date) -> str:
    """What holds today, swept or not, as word, icon and colour."""
    return plain_status_chip(rules.effective_status(certificate.status, certificate.valid_to, today))


@register.simple_tag
def plain_status_chip(status: str) -> str:
    """A recorded status as it stands in a history row."""
    if not status:
        return ""
    words = rules.status_words(status)
    return chip(words.tone, words.verdict, words.icon)


@register.filter
def status_name(status: str) -> str:
    return str(Status(status).label) if status else ""


@register.filter
def source(code: str) -> str:
    """The name of a source."""
    return source_name(code) if code else ""


@register.filter
def place(division_code: str) -> str:
    """The name of a division; the code itself where it is not known."""
    return division_name(division_code) or division_code if division_code else ""
