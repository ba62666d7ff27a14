"""The audit administrator's pages: reading, comparing and exporting the trail. Nobody changes it."""

import datetime as dt

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.forms import TrailForm
from apps.accounts.requests import actor_of
from apps.accounts.selectors import ids_of_people_named
from apps.accounts.services.readings import record_export, record_reading
from apps.audit.constants import XLSX_ROWS
from apps.audit.exports import csv_lines, xlsx_bytes
from apps.audit.rules import differences, is_sensitive
from apps.audit.selectors import TrailFilter, entries, entry_by_id, page, walk
from apps.core.calendar import SHANGHAI

reads = staff_permission(Permission.AUDIT_READ)
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@reads
@require_safe
def entry_list(request):
    form = TrailForm(request.GET)
    found = page(asked_of(form), request.GET.get("cursor", "")) if form.is_valid() else None
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
    wants_sheet = request.POST.get("form") == "xlsx"
    if not form.is_valid() or (wants_sheet and _too_many(form)):
        return render(request, "audit/trail.html", {"form": form, "found": None}, status=422)
    now = timezone.now()
    kind = "xlsx" if wants_sheet else "csv"
    record_export(actor=actor_of(request), now=now, form=kind, asked=form.as_text())
    name = f"audit-{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    rows = walk(asked_of(form))
    if wants_sheet:
        return HttpResponse(xlsx_bytes(rows), content_type=XLSX_TYPE, headers=headers)
    return StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


def asked_of(form):
    """The form's words as the trail knows them: names become ids, days become instants in Shanghai."""
    given = form.cleaned_data
    actor = given["actor"]
    system = actor if actor.startswith("system:") else ""
    kind, _colon, subject_id = given["subject"].partition(":")
    return TrailFilter(
        actor_ids=ids_of_people_named(actor) if actor and not system else None,
        actor_label=system,
        action=given["action"],
        subject_kind=kind,
        subject_id=subject_id,
        since=_start_of(given["since"]),
        until=_start_of(given["until"] + dt.timedelta(days=1)) if given["until"] else None,
        request_id=given["request_id"],
    )


def _start_of(day):
    return dt.datetime.combine(day, dt.time(), SHANGHAI) if day else None


def _too_many(form):
    """True, and said in the form, if a sheet would be too long; counts no further than the limit."""
    if len(entries(asked_of(form)).values_list("pk")[: XLSX_ROWS + 1]) <= XLSX_ROWS:
        return False
    form.add_error(None, _("超过 %(limit)d 条，请缩小筛选范围，或导出 CSV。") % {"limit": XLSX_ROWS})
    return True
