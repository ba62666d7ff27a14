"""Tags and filters that every template has (built in): icons, identifiers, chips."""

from django import template

register = template.Library()
