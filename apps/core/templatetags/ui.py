"""Tags and filters that every template has (built in): icons, identifiers, chips."""

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
SPRITE = "vendor/tabler-icons-3.51.0/sprite.svg"  # written by manage.py vendor_assets; names are in vendor.lock.json


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon from static/vendor's sprite, hidden from screen readers: the word beside it speaks."""
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#i-{}"></use></svg>', static(SPRITE), name)


@register.filter
def uscc(value: str | None) -> SafeString | str:
    """A unified social credit code shown 2-6-9-1 with margins, so that a copy stays clean."""
    if not value or len(value) != 18:
        return format_html('<span class="code">{}</span>', value or "")
    parts = (value[:2], value[2:8], value[8:17], value[17:])
    return format_html('<span class="code">{}<i>{}</i><i>{}</i><i>{}</i></span>', *parts)


@register.simple_tag
def chip(kind: str, text: object, icon_name: str = "") -> SafeString:
    """A status chip. kind: ok, due, over, wait, done. Never colour alone: give the word and an icon."""
    return format_html('<span class="chip {}">{}{}</span>', kind, icon(icon_name) if icon_name else "", text)


@register.simple_tag
def page_numbers(page: Page) -> list[int | None]:
    """The page numbers to offer; None stands for a gap. Never counts further than the paginator already did."""
    gap = str(page.paginator.ELLIPSIS)
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [None if str(number) == gap else int(number) for number in numbers]
