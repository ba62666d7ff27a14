"""Reports of a mismatch: the list of those in scope, and the page where one is answered."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.requests import actor_of
from apps.certifications.constants import MismatchState
from apps.certifications.forms.staff import MismatchForm
from apps.certifications.policies import get_visible_mismatch, visible_mismatches
from apps.certifications.services.mismatches import handle_mismatch
from apps.core.forms import attempt, posted

HANDLE = Permission.MISMATCH_HANDLE


@require_GET
@staff_permission(HANDLE)
def mismatch_list(request):
    seen = visible_mismatches(request.user)
    state = request.GET.get("state", "")
    state = state if state in MismatchState.values else MismatchState.RECEIVED.value
    order = "received_at" if state == MismatchState.RECEIVED else "-received_at"
    rows = seen.filter(state=state).select_related("certificate").order_by(order, "pk")
    context = {
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "state": state,
        "tabs": [(choice.value, choice.label, seen.filter(state=choice).count()) for choice in MismatchState],
    }
    return render(request, "certifications/mismatches.html", context)


@require_http_methods(["GET", "POST"])
@staff_permission(HANDLE)
def mismatch(request, pk):
    report = get_visible_mismatch(request.user, pk)
    form = MismatchForm(posted(request), initial={"version": report.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            call = {"actor": actor_of(request), "now": timezone.now(), "report_id": pk}
            status = attempt(form, lambda: handle_mismatch(**call, **form.cleaned_data))
        if status == 200:
            messages.success(request, _("处理结果已登记。"))
            return redirect("certifications:mismatches")
    context = {"report": report, "form": form, "open": report.state == MismatchState.RECEIVED}
    return render(request, "certifications/mismatch.html", context, status=status)
