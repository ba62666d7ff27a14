"""The options of the lookup's filters: a hundred lines that change with a release, drawn once in a process."""

from functools import lru_cache

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.certifications.selectors.listing import choices

LISTS = ("schemes", "projects", "statuses", "counties")


def options_for(asked: dict[str, str]) -> dict[str, SafeString]:
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
