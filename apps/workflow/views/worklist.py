"""The worklist: one page, its tabs, and its export."""

import dataclasses
from typing import Any

from django.contrib import messages
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.exports import answer_export
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.core.calendar import today
from apps.core.forms import posted
from apps.core.pages import KeyedPaginator
from apps.core.problems import ProblemsFound
from apps.workflow.bindings import path_of
from apps.workflow.exporting import NAME
from apps.workflow.forms import SaveViewForm, WorklistForm
from apps.workflow.policies import colleagues, visible_files
from apps.workflow.selectors import worklist as reading
from apps.workflow.services import delete_view, save_view

PAGE_SIZE = 50
WORK, ASSIGN = Permission.FILE_WORK, Permission.FILE_ASSIGN


@dataclasses.dataclass(frozen=True, slots=True)
class Tab:
    """A tab with its count. `tone` colours the count; `view` is the row behind a tab of one's own."""

    label: Any
    url: str
    count: int
    current: bool
    tone: str = ""
    view: Any = None


class Page:
    """What one request asks of the worklist, read once."""

    def __init__(self, request, query: QueryDict) -> None:
        self.now = timezone.now()
        self.user = request.user
        self.leads = has_permission(self.user, ASSIGN)
        self.desk = reading.desk_for(self.user, today(self.now), leads=self.leads)
        self.seen = visible_files(self.user, today(self.now))
        self.holders = list(colleagues(self.user, today(self.now))) if self.leads else None
        self.form = self.form_of(query)
        self.asked = self.form.asked()
        self.found = reading.asked_for(self.seen, self.asked, self.desk)

    def form_of(self, query: QueryDict) -> WorklistForm:
        return WorklistForm(query, holders=self.holders, first_tab="all" if self.leads else "mine")

    def tabs(self, own: list[Any], current: str) -> list[Tab]:
        """The built-in tabs and the person's own; all counts in one statement."""
        names = _tab_names(self.leads)
        views = [self.form_of(QueryDict(view.query)).asked() for view in own]
        asked = [*(reading.Asked(tab=tab) for tab in names), *views]
        counted = reading.counts(self.seen, asked, self.desk)
        here = reverse("workflow:worklist")
        plain = [
            Tab(label, f"{here}?tab={tab}", n, not current and self.asked.tab == tab, _tone(tab, n))
            for (tab, label), n in zip(names.items(), counted, strict=False)
        ]
        kept = zip(own, counted[len(names) :], strict=True)
        saved = [Tab(v.name, f"{here}?{v.query}&view={v.pk}", n, current == str(v.pk), "", v) for v, n in kept]
        return [*plain, *saved]


@require_safe
@staff_permission(WORK)
def worklist(request):
    page = Page(request, request.GET)
    own = reading.saved_views(page.user)
    known = {str(view.pk) for view in own}
    # An address may outlive its view: then the tab of the filter is the current one.
    current = view if (view := request.GET.get("view", "")) in known else ""
    keys = reading.ordered(page.found, page.asked)
    paginator = KeyedPaginator(keys, PAGE_SIZE, cap=reading.COUNTED, rows=reading.described)
    files = paginator.get_page(request.GET.get("page"))
    tabs = page.tabs(own, current)
    context = {
        "form": page.form,
        "asked": page.asked,
        "tabs": tabs,
        "saved": next((tab.view for tab in tabs if tab.view and tab.current), None),
        "strip": _strip(page, tabs),
        "page": files,
        "rows": [(row, path_of(row.file)) for row in reading.rows_of(files, today(page.now))],
        "counted": reading.COUNTED,
        "may_assign": page.leads,
        "filtered": any([page.asked.text, page.asked.matter, page.asked.place, page.asked.stage, page.asked.due]),
        "save_form": SaveViewForm(),
        "today": today(page.now),
    }
    return render(request, "workflow/worklist.html", context, status=400 if page.form.errors else 200)


def _tab_names(leads: bool) -> dict[str, str]:
    every = {
        "mine": _("我的待办"),
        "pool": _("待领取"),
        "soon": _("即将超期"),
        "overdue": _("已超期"),
        "waiting": _("等待申请人"),
        "all": _("全部在办"),
        "closed": _("已办结"),
    }
    if leads:  # what concerns a leader first
        return {tab: every[tab] for tab in ("all", "overdue", "soon", "waiting", "mine", "pool", "closed")}
    return every


def _tone(tab: str, n: int) -> str:
    return {"overdue": "bad", "soon": "warn"}.get(tab, "") if n else ""


def _strip(page: Page, tabs: list[Tab]) -> list[dict[str, Any]]:
    """The figures above the tabs; each leads to the tab that it counts."""
    by_url = {tab.url: tab for tab in tabs}
    here = reverse("workflow:worklist")
    wanted = [
        ("all", _("辖区在办"), "") if page.leads else ("mine", _("我的待办"), ""),
        ("overdue", _("已超期"), "bad"),
        ("soon", _("3 个工作日内到期"), "warn"),
        ("waiting", _("等待申请人补正"), ""),
    ]
    found = [(by_url[f"{here}?tab={tab}"], label, tone) for tab, label, tone in wanted]
    figures = [
        {"value": shown(tab.count), "label": label, "tone": tone if tab.count else "", "url": tab.url}
        for tab, label, tone in found
    ]
    average = reading.average_days(page.seen, page.now)
    return [*figures, {"value": "—" if average is None else average, "label": _("近 90 天平均办理工作日"), "tone": ""}]


def shown(count: int) -> str:
    """A count, marked where counting stopped."""
    return f"{count}+" if count >= reading.COUNTED else str(count)


@require_POST
@staff_permission(WORK)
def save(request):
    """Keep the filter of the address as a tab."""
    form = SaveViewForm(posted(request))
    page = Page(request, request.GET)
    query = page.asked.address()
    if form.is_valid():
        try:
            made = save_view(
                actor=actor_of(request), now=page.now, name=form.cleaned_data["name"], query=query.urlencode()
            )
        except ProblemsFound as found:
            messages.error(request, str(found.problems[0]))
        else:
            messages.success(request, _("已保存为“%(name)s”。") % {"name": made.name})
            query["view"] = str(made.pk)
    else:
        messages.error(request, _("请填写不超过 20 字的名称。"))
    return redirect(f"{reverse('workflow:worklist')}?{query.urlencode()}")


@require_POST
@staff_permission(WORK)
def delete(request, pk):
    if not request.user.saved_views.filter(pk=pk).exists():
        raise Http404
    delete_view(actor=actor_of(request), now=timezone.now(), view_id=pk)
    messages.success(request, _("已删除该筛选。"))
    return redirect("workflow:worklist")


@require_POST
@staff_permission(WORK)
def export(request, file_format):
    """CSV or XLSX of the filter in the address. A POST, because it leaves a trail entry."""
    asked = Page(request, request.GET).asked.address()
    return answer_export(request, NAME, file_format, asked, back=f"{reverse('workflow:worklist')}?{asked.urlencode()}")
