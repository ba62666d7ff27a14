"""Words and headers of the worklist."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.clock.templatetags.clock import deadline
from apps.core.templatetags.ui import day, uscc, zh
from apps.parties.selectors.divisions import division_name
from apps.workflow.bindings import path_of
from apps.workflow.models import File
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
def file_url(file: File) -> str:
    """The case page of a file."""
    return path_of(file)


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
    '<tr class="%s">%s<th scope="row" class="nw"><a class="code" href="%s">%s</a></th>'
    '<td data-label="{}">%s</td><td data-label="{}">%s</td>'
    '<td class="nw p3" data-label="{}">%s</td><td class="nw" data-label="{}">%s</td>'
    '<td class="nw p3" data-label="{}">%s</td><td class="nw num p3" data-label="{}">%s</td>'
    '<td class="nw num" data-label="{}">%s</td><td data-label="{}">%s</td>'
    '<td class="nw noprint"><a href="%s" aria-label="{} %s">{}</a></td></tr>'
)


@register.simple_tag
def worklist_rows(rows: Iterable[tuple[Row, str]], tab: str, ticks: bool) -> SafeString:
    """The lines of the list, written out: as template nodes they were most of what the page cost. What all lines share
    is put in and escaped once; many lines share a deadline."""
    closed = tab == "closed"
    labels = [str(text) for text in _LABELS]
    labels.insert(6, gettext("办结日") if closed else gettext("截止日"))
    choose, opens, pool = (escape(word) for word in (gettext("选择"), gettext("办理"), gettext("待领取")))
    shape = _ROW.format(*(escape(label).replace("%", "%%") for label in labels), opens, opens)
    chips: dict[tuple[Any, ...], SafeString] = {}
    lines = []
    for row, url in rows:
        number, address = escape(row.file.number), escape(url)
        tick = format_html(_TICK, row.file.pk, choose, number) if ticks else ""
        cells = _cells(row, closed, pool, chips)
        lines.append(shape % (escape(row.tone), tick, address, number, *cells, address, number))
    return mark_safe("".join(lines))  # every part was escaped above


def _cells(row: Row, closed: bool, pool: str, chips: dict[tuple[Any, ...], SafeString]) -> tuple[str, ...]:
    """The cells of a line as HTML."""
    file, view = row.file, row.deadline
    last = localdate(file.closed_at) if closed and file.closed_at else file.due_on
    chip = _NOTHING
    if view is not None:
        look = (view.name, view.due_on, view.state, view.level, view.text, view.article, view.provisional)
        chip = chips.get(look) or chips.setdefault(look, deadline(view))
    return (
        f'{zh(file.organisation.name)}<span class="sub">{conditional_escape(uscc(file.organisation.uscc))}</span>',
        conditional_escape(row.matter),
        conditional_escape(division_name(file.division_code)),
        conditional_escape(row.stage),
        _holder(row, pool),
        day(localdate(file.submitted_at)) if file.submitted_at else "",
        day(last),
        chip,
    )


def _holder(row: Row, pool: str) -> SafeString:
    if row.file.holder is not None:
        return zh(row.file.holder)
    return format_html('<span class="mute">{}</span>', pool) if row.pooled else _NOTHING
