"""The filters of the lookup: a hundred options that change with a release, drawn once in a process."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from apps.certifications.selectors.listing import choices
from apps.certifications.selectors.reference import projects
from apps.parties.selectors import county_choices

LISTS = ("schemes", "projects", "statuses", "counties")
FILTERS = ("scheme", "body", "county", "status", "since", "until", "product")
_plain: dict[str | None, tuple[Any, Any, SafeString]] = {}


def filters_for(asked: Mapping[str, str]) -> SafeString:
    """The filters as HTML. Those of a plain question are kept for as long as they offer the same."""
    if any(asked.get(name) for name in (*FILTERS, "sort")):
        return _filters(asked)
    known, counties, language = projects(), county_choices(), get_language()
    kept = _plain.get(language)
    if kept is None or kept[0] is not known or kept[1] != counties:
        kept = _plain[language] = (known, counties, _filters({}))
    return kept[2]


def _filters(asked: Mapping[str, str]) -> SafeString:
    options = options_for(asked)
    context = {
        "asked": asked,
        "options": options,
        "county_listed": " selected>" in options["counties"],
        "filters_open": any(asked.get(name) for name in FILTERS),
    }
    return mark_safe(render_to_string("portal/lookup_filters.html", context))  # an autoescaped template


def options_for(asked: Mapping[str, str]) -> dict[str, SafeString]:
    """The option elements of each list in the language of the page, with what was asked for chosen."""
    offered = choices()
    drawn = {name: _drawn(tuple((v, str(label)) for v, label in getattr(offered, name))) for name in LISTS}
    parameter = {"schemes": "scheme", "projects": "scheme", "statuses": "status", "counties": "county"}
    return {name: _with_choice(html, asked.get(parameter[name], "")) for name, html in drawn.items()}


def _with_choice(options: SafeString, value: str) -> SafeString:
    if not value:
        return options
    start = f'<option value="{escape(value)}"'
    return mark_safe(options.replace(f"{start}>", f"{start} selected>"))


@lru_cache(maxsize=32)
def _drawn(pairs: tuple[tuple[str, str], ...]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', pairs)
