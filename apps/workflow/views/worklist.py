"""The worklist: one page, its tabs, and its export."""

import dataclasses
import tempfile
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.core.calendar import SHANGHAI, today
from apps.core.forms import posted
from apps.core.pages import CappedPaginator
from apps.core.problems import ProblemsFound
from apps.core.sheets import csv_chunks, write_xlsx
from apps.parties.selectors.divisions import division_name
from apps.workflow.casepage import path_of
from apps.workflow.forms import SaveViewForm, WorklistForm
from apps.workflow.policies import colleagues, visible_files
from apps.workflow.selectors import worklist as reading
from apps.workflow.services import delete_view, record_export, save_view

PAGE_SIZE = 50
XLSX_ROWS = 5_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
    current = request.GET.get("view", "")
    paginator = CappedPaginator(reading.ordered(page.found, page.asked), PAGE_SIZE, cap=reading.COUNTED)
    files = paginator.get_page(request.GET.get("page"))
    tabs = page.tabs(reading.saved_views(page.user), current)
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
    query = QueryDict(mutable=True)
    for name, value in dataclasses.asdict(page.asked).items():
        if value:
            query["q" if name == "text" else name] = value
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
    delete_view(actor=actor_of(request), now=timezone.now(), view_id=pk)
    messages.success(request, _("已删除该筛选。"))
    return redirect("workflow:worklist")


@require_POST
@staff_permission(WORK)
def export(request, file_format):
    """The list of the address as CSV of any length, streamed, or as XLSX up to XLSX_ROWS rows. Leaves a trail entry."""
    if file_format not in ("csv", "xlsx"):
        raise Http404
    page = Page(request, request.GET)
    count = page.found.count()
    if file_format == "xlsx" and count > XLSX_ROWS:
        messages.error(request, _("XLSX 最多 %(most)s 行；请缩小筛选范围，或者导出 CSV。") % {"most": XLSX_ROWS})
        return redirect(f"{reverse('workflow:worklist')}?{request.GET.urlencode()}")
    asked = dataclasses.asdict(page.asked)
    record_export(actor=actor_of(request), now=page.now, asked=asked, rows=count, file_format=file_format)
    rows = _sheet_rows(reading.ordered(page.found, page.asked), page)
    name = f"worklist-{page.now.astimezone(SHANGHAI):%Y%m%d-%H%M}.{file_format}"
    if file_format == "csv":
        response = StreamingHttpResponse(csv_chunks(_header(), rows), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    write_xlsx(file, _("待办件"), _header(), rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def _header() -> list[str]:
    return [
        *(_("编号"), _("申请单位"), _("统一社会信用代码"), _("业务类型"), _("事项"), _("区县"), _("环节")),
        *(_("承办人"), _("收件日期"), _("截止日"), _("时限状态"), _("办结日期")),
    ]


def _sheet_rows(found, page: Page) -> Iterator[list[Any]]:
    """Read a thousand files at a time, each batch with its deadlines."""
    batch: list[Any] = []
    for file in found.iterator(chunk_size=1_000):
        batch.append(file)
        if len(batch) == 1_000:
            yield from map(_cells, reading.rows_of(batch, today(page.now)))
            batch = []
    yield from map(_cells, reading.rows_of(batch, today(page.now)))


def _cells(row: reading.Row) -> list[Any]:
    file = row.file
    return [
        file.number,
        file.organisation.name,
        file.organisation.uscc,
        str(row.matter),
        file.title,
        division_name(file.division_code),
        str(row.stage),
        str(file.holder or ""),
        today(file.submitted_at) if file.submitted_at else None,
        file.due_on,
        row.deadline.text if row.deadline else "",
        today(file.closed_at) if file.closed_at else None,
    ]
