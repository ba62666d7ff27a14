"""Words and headers of the worklist."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.clock.templatetags.clock import deadline
from apps.core.templatetags.ui import day, uscc, zh
from apps.parties.selectors.divisions import division_name
from apps.workflow.selectors.rules import party_label
from apps.workflow.selectors.worklist import Row

register = template.Library()
_NOTHING = mark_safe('<span class="mute">—</span>')  # a constant


@register.filter
def counted(count: int, most: int) -> str:
    """A count, marked where counting stopped."""
    return f"{count}+" if count >= most else str(count)


@register.filter
def listed(texts: Iterable[Any]) -> str:
    """Several short texts in one line, parted as the language of the page parts them."""
    return gettext("、").join(str(text) for text in texts)


@register.filter
def party(who: str) -> str:
    """A role, or a duty in the body that works the file."""
    return str(party_label(who))


@register.filter
def place_of(code: str) -> str:
    return division_name(code)


@register.simple_tag(takes_context=True)
def sort_header(context: Context, name: str, label: Any, sort: str, css: str = "") -> SafeString:
    """A column header that sorts by itself, and the other way round when it already does; by due date at first."""
    now = sort or "due"
    state = {name: ("ascending", " ▲", f"-{name}"), f"-{name}": ("descending", " ▼", name)}.get(now, ("", "", name))
    query = context["request"].GET.copy()
    query.pop("page", None)
    query["sort"] = state[2]
    return format_html(
        '<th scope="col"{}{}><a href="?{}">{}{}</a></th>',
        format_html(' class="{}"', css) if css else "",
        format_html(' aria-sort="{}"', state[0]) if state[0] else "",
        query.urlencode(),
        label,
        state[1],
    )


_LABELS = (_("申请单位"), _("业务类型"), _("区县"), _("环节"), _("承办人"), _("收件日"), _("时限状态"))
_TICK = (
    '<td class="tick"><label class="cbl"><input class="cb" type="checkbox" name="file" value="{}">'
    '<span class="vh">{} {}</span></label></td>'
)
_ROW = (
    '<tr class="{}">{}<th scope="row" class="nw"><a class="code" href="{}">{}</a></th>'
    '<td data-label="{}">{}</td><td data-label="{}">{}</td>'
    '<td class="nw p3" data-label="{}">{}</td><td class="nw" data-label="{}">{}</td>'
    '<td class="nw p3" data-label="{}">{}</td><td class="nw num p3" data-label="{}">{}</td>'
    '<td class="nw num" data-label="{}">{}</td><td data-label="{}">{}</td>'
    '<td class="nw noprint"><a href="{}" aria-label="{} {}">{}</a></td></tr>'
)


@register.simple_tag
def worklist_rows(rows: Iterable[tuple[Row, str]], tab: str, ticks: bool) -> SafeString:
    """The lines of the list, written out: as template nodes they were most of what the page cost."""
    closed = tab == "closed"
    labels = [str(text) for text in _LABELS]
    labels.insert(6, gettext("办结日") if closed else gettext("截止日"))
    words = {"choose": gettext("选择"), "open": gettext("办理"), "pool": gettext("待领取")}
    return format_html_join("", "{}", ((_row(row, url, closed, ticks, labels, words),) for row, url in rows))


def _row(row: Row, url: str, closed: bool, ticks: bool, labels: list[str], words: dict[str, str]) -> SafeString:
    file, number = row.file, row.file.number
    last = localdate(file.closed_at) if closed and file.closed_at else file.due_on
    values = (
        format_html('{}<span class="sub">{}</span>', zh(file.organisation.name), uscc(file.organisation.uscc)),
        row.matter,
        division_name(file.division_code),
        row.stage,
        _holder(row, words["pool"]),
        day(localdate(file.submitted_at)) if file.submitted_at else "",
        day(last),
        deadline(row.deadline) if row.deadline else _NOTHING,
    )
    cells = [part for pair in zip(labels, values, strict=True) for part in pair]
    tick = format_html(_TICK, file.pk, words["choose"], number) if ticks else ""
    return format_html(_ROW, row.tone, tick, url, number, *cells, url, words["open"], number, words["open"])


def _holder(row: Row, pool: str) -> SafeString:
    if row.file.holder is not None:
        return zh(row.file.holder)
    return format_html('<span class="mute">{}</span>', pool) if row.pooled else _NOTHING
