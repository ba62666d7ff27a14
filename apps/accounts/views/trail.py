"""The audit administrator's pages: reading, comparing and exporting the trail. Nobody changes it."""

from django.http import Http404, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.exports import answer_export
from apps.accounts.forms import TrailForm
from apps.accounts.requests import actor_of
from apps.accounts.services.readings import record_reading
from apps.accounts.trail_export import NAME
from apps.audit.rules import differences, is_sensitive
from apps.audit.selectors import entry_by_id, page

reads = staff_permission(Permission.AUDIT_READ)


@reads
@require_safe
def entry_list(request):
    form = TrailForm(request.GET)
    found = page(form.wanted(), request.GET.get("cursor", "")) if form.is_valid() else None
    status = 200 if form.is_valid() else 422
    return render(request, "audit/trail.html", {"form": form, "found": found}, status=status)


@reads
@require_safe
def entry_detail(request, pk):
    entry = entry_by_id(pk)
    if entry is None:
        raise Http404
    if is_sensitive(entry.action):
        record_reading(actor=actor_of(request), now=timezone.now(), entry_id=entry.pk, action=entry.action)
    context = {"entry": entry, "differences": differences(entry.before, entry.after)}
    return render(request, "audit/entry.html", {**context, "sensitive": is_sensitive(entry.action)})


@reads
@require_POST
def export(request):
    form = TrailForm(request.POST)
    if not form.is_valid():
        return render(request, "audit/trail.html", {"form": form, "found": None}, status=422)
    kind = "xlsx" if request.POST.get("form") == "xlsx" else "csv"
    asked = QueryDict(mutable=True)
    asked.update(form.as_text())
    return answer_export(request, NAME, kind, asked, back=f"{reverse('audit:trail')}?{asked.urlencode()}")
