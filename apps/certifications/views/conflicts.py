"""The queue of contradictions: list, both sides of one, decide one or several."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.requests import actor_of
from apps.certifications.constants import ConflictState
from apps.certifications.forms.imports import BulkDecisionForm, ConflictFilter, DecisionForm
from apps.certifications.policies import get_visible_conflict, visible_conflicts
from apps.certifications.selectors import imports as reads
from apps.certifications.services.imports.conflicts import decide, decide_many
from apps.core.forms import posted, put_on_open, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused

PER_PAGE = 50
decides = staff_permission(Permission.CONFLICT_DECIDE)


@decides
@require_http_methods(["GET", "HEAD", "POST"])
def conflict_list(request):
    bulk = BulkDecisionForm(request.POST) if request.method == "POST" else None
    if bulk is not None and bulk.is_valid():
        told = bulk.cleaned_data
        try:
            done = decide_many(
                actor=actor_of(request),
                now=timezone.now(),
                versions=told["chosen"],
                take=told["decision"] == "take",
                reason=told["reason"],
            )
        except (ProblemsFound, Refused) as found:
            put_problems(bulk, found)
        else:
            messages.success(request, _("已处理 %(n)d 条冲突。") % {"n": len(done)})
            return redirect(request.get_full_path())
    return render(
        request, "certifications/imports/conflicts.html", _list_context(request, bulk), status=status_of(bulk)
    )


def _list_context(request, bulk):
    form = ConflictFilter(request.GET if request.GET else {"state": ConflictState.OPEN})
    told = form.cleaned_data if form.is_valid() else {"state": "", "kind": "", "batch": None}
    found = reads.conflicts_in(visible_conflicts(request.user), **told)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {"form": form, "page": page, "bulk": bulk or BulkDecisionForm()}


@decides
@require_http_methods(["GET", "HEAD", "POST"])
def conflict_detail(request, pk):
    conflict = get_visible_conflict(request.user, pk)
    form = DecisionForm(posted(request), initial={"version": conflict.version})
    if form.is_valid():
        told = form.cleaned_data
        try:
            decide(
                actor=actor_of(request),
                now=timezone.now(),
                conflict_id=conflict.pk,
                version=told["version"],
                take=told["decision"] == "take",
                reason=told["reason"],
            )
        except (ProblemsFound, Refused) as found:
            conflict = get_visible_conflict(request.user, pk)
            put_on_open(form, found, version=conflict.version, is_open=conflict.state == ConflictState.OPEN)
        else:
            messages.success(request, _("冲突已处理。"))
            return redirect("certifications:conflicts")
    context = {"conflict": conflict, "sides": reads.sides(conflict), "form": form}
    return render(request, "certifications/imports/conflict.html", context, status=status_of(form))
