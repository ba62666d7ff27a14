"""The staff's pages of matters: every version, making the next one, a second person's approval."""

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.matters.constants import ConfigState
from apps.matters.forms.configuration import ConfigForm, ReasonForm, VersionForm, list_forms, rows_given
from apps.matters.policies import SEES_MATTERS, get_visible_matter, may_approve, visible_matters
from apps.matters.selectors.matters import LIMITS, in_the_making, matter_on, rows_of
from apps.matters.services import configuration as services
from apps.matters.views.shared import call_of, day

ACTS: dict[str, tuple[Any, Any]] = {
    "propose": (services.propose_matter, gettext_lazy("已提交复核，须由另一人批准。")),
    "approve": (services.approve_matter, gettext_lazy("已批准，自生效日期起办理。")),
    "discard": (services.discard_matter, gettext_lazy("草稿已放弃。")),
    "return": (services.return_matter, gettext_lazy("已退回起草人。")),
}


@require_GET
@staff_permission(*SEES_MATTERS)
def listing(request):
    """Every version of every matter, and which of them holds today."""
    on = day()
    rows = list(visible_matters(request.user)[:500])
    held = {code: matter_on(code, on) for code in {row.code for row in rows}}
    context = {
        "rows": [(row, held[row.code] == row) for row in rows],
        "writes": has_permission(request.user, Permission.MATTER_EDIT),
    }
    return render(request, "matters/configurations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission(Permission.MATTER_EDIT)
def create(request):
    """A matter that the bureau did not have before."""
    form, lists = ConfigForm(posted(request), fresh=True), list_forms(None, posted(request))
    if _whole(request, form, lists):
        config = form.config(rows_given(lists))
        made = _attempt(
            form, lambda: services.begin_matter(**call_of(request), code=form.cleaned_data["code"], config=config)
        )
        if made is not None:
            messages.success(request, _("事项草稿已保存。"))
            return redirect("matters:configuration", pk=made.pk)
    return _page(request, form, lists, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission(Permission.MATTER_EDIT)
def edit(request, pk):
    """Change a draft."""
    matter = get_visible_matter(request.user, pk)
    if matter.state != ConfigState.DRAFT:
        raise Http404
    initial = {name: getattr(matter, name) for name in services.Config.__dataclass_fields__ if name != "rows"}
    form = ConfigForm(posted(request), fresh=False, initial={**initial, "version": matter.version})
    lists = list_forms(matter, posted(request))
    if _whole(request, form, lists):
        version, config = form.cleaned_data["version"], form.config(rows_given(lists))
        given = {"matter_id": pk, "version": version, "config": config}
        if _attempt(form, lambda: services.write_matter(**call_of(request), **given)) is not None:
            messages.success(request, _("事项草稿已保存。"))
            return redirect("matters:configuration", pk=pk)
        on_top_of(form, get_visible_matter(request.user, pk).version)
    return _page(request, form, lists, matter)


@require_GET
@staff_permission(*SEES_MATTERS)
def show(request, pk):
    """One version whole, and what the reader may do with it."""
    return _shown(request, get_visible_matter(request.user, pk), ReasonForm())


@require_POST
@staff_permission(*SEES_MATTERS)
def act(request, pk, act):
    """Propose, approve, send back, discard, or begin the next version."""
    matter = get_visible_matter(request.user, pk)
    if act == "next":
        made = services.begin_version(**call_of(request), matter_id=pk)
        return redirect("matters:configuration_edit", pk=made.pk)
    if act not in ACTS:
        raise Http404
    form = (ReasonForm if act == "return" else VersionForm)(posted(request))
    if not form.is_valid():
        return _shown(request, matter, form)
    service, done = ACTS[act]
    if _attempt(form, lambda: service(**call_of(request), matter_id=pk, **form.cleaned_data)) is None:
        return _shown(request, get_visible_matter(request.user, pk), form)
    messages.success(request, done)
    return redirect("matters:configuration", pk=pk)


def _whole(request, form, lists):
    """Whether a form with its four lists was sent, and is sound; each is asked, so that all faults show at once."""
    if request.method != "POST":
        return False
    return all([form.is_valid(), *(each.is_valid() for each in lists.values())])


def _attempt(form, call):
    """What the service made, or None with its refusal on the form."""
    try:
        return call()
    except (ProblemsFound, Refused) as found:
        put_problems(form, found)
        return None


def _page(request, form, lists, matter):
    faulty = request.method == "POST" and not all(each.is_valid() for each in lists.values())
    context = {"form": form, "lists": lists.values(), "matter": matter}
    return render(request, "matters/configuration_edit.html", context, status=422 if faulty else status_of(form))


def _shown(request, matter, form):
    user = request.user
    context = {
        "matter": matter,
        "rows": rows_of(matter),
        "limits": [getattr(matter, name) for name in LIMITS],
        "form": form,
        "writes": has_permission(user, Permission.MATTER_EDIT),
        "approves": matter.state == ConfigState.PROPOSED and may_approve(user, matter),
        "own": matter.writers.filter(pk=user.pk).exists(),
        "may_follow": matter.state == ConfigState.APPROVED and in_the_making(matter.code) is None,
        "writers": matter.writers.order_by("pk"),
    }
    return render(request, "matters/configuration.html", context, status=status_of(form) if form.is_bound else 200)
