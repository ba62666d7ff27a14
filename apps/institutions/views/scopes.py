"""Capability scopes: versions, rows, differences, and the way from a sheet to a draft."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.core.tables.problems import explain
from apps.core.tables.writing import template_csv, template_workbook
from apps.institutions.constants import ScopeState
from apps.institutions.forms.files import ConfirmForm
from apps.institutions.forms.scopes import ApproveForm, RowFilterForm, ScopeUploadForm
from apps.institutions.policies import can_approve_scope, can_edit_institution
from apps.institutions.rules.scope import PROBLEMS
from apps.institutions.rules.scope_columns import COLUMNS
from apps.institutions.selectors import scopes as reads
from apps.institutions.selectors.files import current_sites
from apps.institutions.services.scope_reading import annotated_scope, reread
from apps.institutions.services.scopes import approve_scope, discard_draft, take_in_scope
from apps.institutions.views.parts import part_of
from apps.institutions.views.shared import call_of, day, editable, form_page, page_of, seen

ROWS = 100
MEDIA = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_safe
def scope(request, pk, n=None):
    """A version of the scope, by pages, with what its standards became."""
    institution = seen(request, pk)
    shown = reads.scope_shown(institution, n)
    if shown is None and n is not None:
        raise Http404
    form = RowFilterForm(request.GET)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {"q": "", "outdated": False}
    page = None
    if shown is not None:
        page = page_of(request, reads.rows_of(shown, query=asked["q"], outdated=asked["outdated"]), ROWS)
    draft = shown is not None and shown.state == ScopeState.DRAFT
    context = {
        "institution": institution,
        "scope": shown,
        "form": form,
        "page": page,
        "rows": reads.warned(page.object_list) if page else [],
        "outdated": reads.outdated_count(shown) if shown else 0,
        "versions": institution.scopes.exclude(state=ScopeState.DISCARDED).order_by("-n"),
        "may_edit": can_edit_institution(request.user, institution, day()),
        "may_approve": draft and can_approve_scope(request.user, institution, day()),
        "previous": reads.version_before(shown) if shown else None,
    }
    return render(request, "institutions/scope.html", context)


@require_safe
def difference(request, pk, n):
    """What a version adds, drops and changes against the one before it."""
    institution = seen(request, pk)
    shown = reads.scope_shown(institution, n)
    if shown is None:
        raise Http404
    old = reads.version_before(shown)
    context = {"institution": institution, "scope": shown, "old": old, "found": reads.compare(old, shown)}
    return render(request, "institutions/scope_diff.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request, pk):
    """From a sheet to a draft, or to the list of its faults."""
    institution = editable(request, pk)
    form = ScopeUploadForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = take_in_scope(**call_of(request), institution_id=pk, upload=form.cleaned_data["file"])
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            if batch.made is None:
                return redirect("institutions:scope_import", pk=pk, row=batch.pk)
            messages.success(request, _("已形成草稿，共 %(n)d 行") % {"n": batch.rows_total})
            return redirect("institutions:scope_version", pk=pk, n=batch.made.n)
    context = {"institution": institution, "form": form, "sites": current_sites(pk, day())}
    return render(request, "institutions/scope_upload.html", context, status=status_of(form) if form.is_bound else 200)


@require_safe
def import_result(request, pk, row):
    """Every faulty cell of a file, a page at a time."""
    institution = seen(request, pk)
    batch = part_of(institution.scope_imports, row)
    found = reread(batch, _site_names(pk))
    page = page_of(request, found.problems)
    problems = [(problem, explain(PROBLEMS, problem.code)) for problem in page]
    context = {"institution": institution, "batch": batch, "page": page, "problems": problems, "found": found}
    return render(request, "institutions/scope_import.html", context)


@require_safe
def annotated(request, pk, row):
    """The file back, every faulty cell marked."""
    institution = seen(request, pk)
    content = annotated_scope(part_of(institution.scope_imports, row), _site_names(pk))
    name = f"scope-{row}-checked.xlsx"
    return HttpResponse(content, MEDIA["xlsx"], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _site_names(pk):
    return [site.name for site in current_sites(pk, day())]


@require_safe
def template(request, kind):
    """The empty template."""
    if kind not in MEDIA:
        raise Http404
    content = template_csv(COLUMNS) if kind == "csv" else template_workbook(_("能力附表"), COLUMNS)
    disposition = f'attachment; filename="scope-template.{kind}"'
    return HttpResponse(content, MEDIA[kind], headers={"Content-Disposition": disposition})


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request, pk, n):
    """Record the decision that puts a draft in force."""
    institution = seen(request, pk)
    if not can_approve_scope(request.user, institution, day()):
        raise Refused("scope")
    shown = reads.scope_shown(institution, n)
    if shown is None:
        raise Http404
    return form_page(
        request,
        ApproveForm(posted(request), initial={"version": shown.version, "approved_on": day()}),
        lambda form: approve_scope(**call_of(request), scope_id=shown.pk, **form.cleaned_data),
        institution=institution,
        title=_("核准能力附表"),
        anchor="scope",
        done=_("能力附表已生效，公众可以查到"),
        note=_("第 %(n)d 版，共 %(rows)d 行。生效后原版本即被代替。") % {"n": shown.n, "rows": shown.rows_count},
        button=_("确认生效"),
        row=shown,
    )


@require_POST
def discard(request, pk, n):
    """Give a draft up."""
    institution = editable(request, pk)
    shown = reads.scope_shown(institution, n)
    if shown is None:
        raise Http404
    return form_page(
        request,
        ConfirmForm(request.POST),
        lambda form: discard_draft(**call_of(request), scope_id=shown.pk, **form.cleaned_data),
        institution=institution,
        title=_("放弃草稿"),
        anchor="scope",
        done=_("草稿已放弃"),
        row=shown,
    )
