"""Tags and filters that every template has (built in): icons, identifiers, chips."""

import datetime as dt
import re
from functools import lru_cache

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

register = template.Library()
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]")
SOON = 30  # days: from here on a day that comes is urgent
SPRITE = "vendor/tabler-icons-3.51.0/sprite.svg"  # written by manage.py vendor_assets; names are in vendor.lock.json


@register.simple_tag
@lru_cache(maxsize=512)  # a list draws dozens of the same
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
    return _chip(kind, str(text), icon_name)


@lru_cache(maxsize=512)
def _chip(kind: str, text: str, icon_name: str) -> SafeString:
    return format_html('<span class="chip {}">{}{}</span>', kind, icon(icon_name) if icon_name else "", text)


@register.simple_tag
def page_numbers(page: Page) -> list[int | None]:
    """The page numbers to offer; None stands for a gap. Never counts further than the paginator already did."""
    gap = str(page.paginator.ELLIPSIS)
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [None if str(number) == gap else int(number) for number in numbers]


@register.simple_tag
def days_left(days: int) -> SafeString:
    """A chip that says how many days are left, or by how many a day was missed."""
    if days < 0:
        text = ngettext("已过 %(days)s 天", "已过 %(days)s 天", -days) % {"days": -days}
        return chip("over", text, "alert")
    if days == 0:
        return chip("due", gettext("今天到期"), "clock")
    text = ngettext("还有 %(days)s 天", "还有 %(days)s 天", days) % {"days": days}
    return chip("due" if days <= SOON else "ok", text, "clock" if days <= SOON else "check")


@register.filter
def day(value: dt.date | None) -> str:
    """A date as 2026-01-31, a dash for none: Django's `date` reads its format anew for each cell of a list."""
    return value.isoformat() if value else "—"


@register.filter
def zh(value: object) -> SafeString:
    """Text of a register (a name, an address, a scope) stays Chinese in every language; an English page marks it so."""
    if value is None or not (get_language() or "").startswith("en") or not CHINESE.search(str(value)):
        return conditional_escape("" if value is None else value)  # type: ignore[arg-type]  # anything with a text
    return format_html('<span lang="zh">{}</span>', value)


@register.filter
def named(thing: object) -> SafeString:
    """The name of a row of reference data (`name`, `name_en`) in the language of the page."""
    english = getattr(thing, "name_en", "") if (get_language() or "").startswith("en") else ""
    return conditional_escape(english) if english else zh(thing)
