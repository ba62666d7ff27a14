"""Acts on many files: a preview by GET, the act by POST, and what became of each."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.requests import actor_of
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.core.text import whole_number
from apps.workflow.forms import AssignForm, RemindForm
from apps.workflow.policies import colleagues
from apps.workflow.services import bulk_assign, bulk_remind, chosen_files, preview_assign, preview_remind


@require_http_methods(["GET", "POST"])
@staff_permission(Permission.FILE_ASSIGN)
def assign(request):
    """Choose a person, see what would become of each file, then do it."""
    now, given = timezone.now(), request.POST if request.method == "POST" else request.GET
    form = AssignForm(given if "user" in given else None, people=colleagues(request.user, today(now)))

    def act(ids):
        if not form.is_valid():
            return None
        return bulk_assign(actor=actor_of(request), now=now, ids=ids, **form.cleaned_data)

    def preview(files):
        if not form.is_bound or not form.is_valid():
            return None
        return preview_assign(files, form.cleaned_data["user"], today(now))

    words = {"title": _("批量分派"), "button": _("确认分派"), "look": _("预览结果")}
    return _bulk(request, form, words, act, preview)


@require_http_methods(["GET", "POST"])
@staff_permission(Permission.FILE_ASSIGN)
def remind(request):
    """See who would be reminded of each file, add a note, then do it."""
    now = timezone.now()
    form = RemindForm(request.POST if request.method == "POST" else None)

    def act(ids):
        if not form.is_valid():
            return None
        return bulk_remind(actor=actor_of(request), now=now, ids=ids, **form.cleaned_data)

    words = {"title": _("批量催办"), "button": _("确认催办"), "look": ""}
    return _bulk(request, form, words, act, lambda files: preview_remind(files, today(now)))


def _bulk(request, form, words, act, preview):
    """One page for both: the chosen files with what would become, or became, of each."""
    ids = _ids(request.POST if request.method == "POST" else request.GET)
    try:
        files = chosen_files(actor=actor_of(request), now=timezone.now(), ids=ids)
    except Refused as refused:
        if refused.code == "absent":
            raise Http404 from refused
        context = {**words, "refused": refused.reason or _("请先在待办件列表中选择案件。")}
        return render(request, "workflow/bulk.html", context, status=422)
    done = act(ids) if request.method == "POST" else None
    outcomes = done if done is not None else preview(files)
    context = {**words, "form": form, "files": files, "outcomes": outcomes, "done": done is not None}
    context["ready"] = outcomes is not None and any(outcome.done for outcome in outcomes)
    return render(
        request, "workflow/bulk.html", context, status=422 if request.method == "POST" and done is None else 200
    )


def _ids(given) -> list[int]:
    return [number for value in given.getlist("file") if (number := whole_number(value)) is not None]
