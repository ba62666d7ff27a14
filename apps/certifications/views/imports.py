"""Pages of imports: list, upload, one import with its preview, its file back, and the buttons that move it."""

import tempfile
from pathlib import Path

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.certifications.constants import RowClass
from apps.certifications.forms.imports import UndoForm, UploadForm
from apps.certifications.forms.staff import VersionedForm
from apps.certifications.policies import get_visible_import, visible_imports
from apps.certifications.rules.import_fields import COLUMNS
from apps.certifications.selectors import imports as reads
from apps.certifications.selectors.reference import source_name
from apps.certifications.services.imports import annotating, batches
from apps.certifications.tasks_imports import wake
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.core.tables.writing import template_csv, template_workbook

PER_PAGE = 50
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
manages = staff_permission(Permission.IMPORT_MANAGE)


@manages
@require_safe
def import_list(request):
    page = Paginator(visible_imports(request.user).order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "certifications/imports/list.html", {"page": page})


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request):
    form = UploadForm(posted(request), request.FILES or None)
    if form.is_valid():
        file, source = form.cleaned_data["file"], form.cleaned_data["source"]
        try:
            batch = batches.upload(actor=actor_of(request), now=timezone.now(), file=file, source_code=source)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            wake(batch.pk)
            return redirect("certifications:import_batch", pk=batch.pk)
    return render(request, "certifications/imports/new.html", {"form": form}, status=status_of(form))


@manages
@require_safe
def import_template(request, kind):
    if kind not in MEDIA:
        raise Http404
    content = template_csv(COLUMNS) if kind == "csv" else template_workbook(_("证书"), COLUMNS)
    name = "certificates-template"
    return HttpResponse(content, MEDIA[kind], headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'})


@manages
@require_safe
def import_batch(request, pk):
    batch = get_visible_import(request.user, pk)
    return render(request, "certifications/imports/batch.html", _batch_context(request, batch))


def _batch_context(request, batch, undo_form=None):
    counts = reads.class_counts(batch)
    tab = request.GET.get("tab", "")
    if tab not in RowClass.values:
        tab = (
            RowClass.BAD if batch.counts.get(RowClass.BAD) else next((c for c, _label, n in counts if n), RowClass.NEW)
        )
    found = reads.problems_of(batch) if tab == RowClass.BAD else reads.rows_of(batch, tab)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "batch": batch,
        "source_name": source_name(batch.source_code),
        "progress": reads.progress_of(batch),
        "counts": counts,
        "tab": tab,
        "page": page,
        "problems": reads.explained(list(page)) if tab == RowClass.BAD else [],  # type: ignore[arg-type]  # of problems then
        "rules": reads.problem_summary(batch)[:12] if tab == RowClass.BAD else [],
        "version_form": VersionedForm(initial={"version": batch.version}),
        "undo_form": undo_form or UndoForm(initial={"version": batch.version}),
        "may_cancel": batch.state in batches.MAY_CANCEL,
        "may_undo": batch.state in batches.MAY_UNDO and batch.rows_committed,
        "open_conflicts": batches.open_conflicts(batch.pk),
        "decides": has_permission(request.user, Permission.CONFLICT_DECIDE),
    }


@manages
@require_safe
def import_progress(request, pk):
    """The panel that the page asks for again and again; a finished step answers with a reload of the page."""
    batch = get_visible_import(request.user, pk)
    progress = reads.progress_of(batch)
    response = render(request, "certifications/imports/_progress.html", {"batch": batch, "progress": progress})
    if progress is None:
        response.headers["HX-Refresh"] = "true"
    return response


@manages
@require_POST
def import_confirm(request, pk):
    return _moved(request, pk, batches.confirm, VersionedForm)


@manages
@require_POST
def import_cancel(request, pk):
    return _moved(request, pk, batches.cancel, VersionedForm)


@manages
@require_POST
def import_undo(request, pk):
    return _moved(request, pk, batches.request_undo, UndoForm)


def _moved(request, pk, service, form_class):
    batch = get_visible_import(request.user, pk)
    form = form_class(request.POST)
    if form.is_valid():
        try:
            service(actor=actor_of(request), now=timezone.now(), batch_id=batch.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            wake(batch.pk)
            return redirect("certifications:import_batch", pk=batch.pk)
    context = _batch_context(request, batch, form if form_class is UndoForm else None)
    return render(request, "certifications/imports/batch.html", {**context, "refused": form}, status=status_of(form))


@manages
@require_safe
def import_annotated(request, pk):
    """The file back with its faulty cells marked."""
    batch = get_visible_import(request.user, pk)
    if not batch.counts.get(RowClass.BAD):
        raise Http404
    with tempfile.NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
        target = Path(file.name)
    try:
        annotating.annotated_workbook(batch, target)
        stream = target.open("rb")
    finally:
        target.unlink()
    name = _("核对结果-%(n)d.xlsx") % {"n": batch.pk}
    return FileResponse(stream, as_attachment=True, filename=name, content_type=MEDIA["xlsx"])
