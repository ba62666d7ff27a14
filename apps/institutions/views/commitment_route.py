"""The applicant's choice of route and signature; the staff's records that bear on it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.core.calendar import today
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.institutions.forms.commitment_route import AnnulForm, RouteForm, RouteRecordForm, SignInformedForm
from apps.institutions.licence_constants import Route
from apps.institutions.selectors import commitment_route as selectors
from apps.institutions.selectors.route_records import route_records, sources
from apps.institutions.services.commitment_route import SIGNED_IN, choose_route, sign_informed
from apps.institutions.services.route_records import annul_record, enter_record
from apps.institutions.views.licence_shared import application_or_404, own_or_404
from apps.institutions.views.shared import call_of, page_of
from apps.parties.policies import in_scope
from apps.parties.selectors import find_by_code

EDITS = ["GET", "HEAD", "POST"]
RECORDS = (Permission.ROUTE_RECORD_EDIT, Permission.INSTITUTION_VIEW)


@require_http_methods(EDITS)
def route(request, pk):
    """Both routes with what they mean; why the one is closed, if it is."""
    application = own_or_404(request, pk)
    if application.file.status != "draft":
        raise Http404
    form = RouteForm(posted(request), initial={"route": application.route, "version": application.version})
    if request.method == "POST" and form.is_valid():
        try:
            made = choose_route(**call_of(request), application_id=application.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            on_top_of(form, application_or_404(request, pk).version)
        else:
            messages.success(request, _("已选择%(route)s。") % {"route": made.get_route_display()})
            return redirect("institutions:informed" if made.route == Route.COMMITMENT else "institutions:case", pk=pk)
    on = today(timezone.now())
    context = {
        "application": application,
        "form": form,
        "refusals": selectors.refusals_of(application, on),
        "sources": sources(),
        "checked_at": timezone.now(),
    }
    return render(request, "institutions/route.html", context, status=status_of(form))


@require_http_methods(EDITS)
def informed(request, pk):
    """Read the commitment and sign it: the first press shows everything again with its hash, the second signs."""
    application = own_or_404(request, pk)
    if application.route != Route.COMMITMENT or application.file.status not in SIGNED_IN:
        raise Http404
    text, statement = selectors.text_on(today(timezone.now())), selectors.statement_of(application)
    seal = selectors.seal_of(text.sha256, statement)
    form = SignInformedForm(posted(request), initial={"signer": application.legal_representative})
    second_look = request.method == "POST" and form.is_valid()
    if second_look and form.cleaned_data["seen"]:
        try:
            sign_informed(
                **call_of(request), application_id=application.pk, language=get_language(), **form.cleaned_data
            )
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            second_look = False
        else:
            messages.success(request, _("告知承诺书已签署，文书正在生成。"))
            return redirect("institutions:case", pk=pk)
    context = {
        "application": application,
        "form": form,
        "wording": text,
        "statement": statement,
        "seal": seal,
        "second_look": second_look,
        "signature": selectors.latest_signature(application),
    }
    return render(request, "institutions/informed.html", context, status=status_of(form))


@require_safe
@staff_permission(*RECORDS)
def record_list(request):
    """Decisions on record in one's scope, the latest first."""
    page = page_of(request, route_records().filter(in_scope(request.user, "organisation__division_code")))
    may_enter = has_permission(request.user, Permission.ROUTE_RECORD_EDIT)
    return render(request, "institutions/route_records.html", {"page": page, "may_enter": may_enter})


@require_http_methods(EDITS)
@staff_permission(Permission.ROUTE_RECORD_EDIT)
def record_new(request):
    """Enter a decision."""
    form = RouteRecordForm(posted(request))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        organisation = find_by_code(given.pop("organisation_code"))
        try:
            if organisation is None:
                code = form.cleaned_data["organisation_code"]
                rule, remedy = _("登记册中没有这个代码的组织"), _("请核对代码；确无记录的，先登记组织")
                raise ProblemsFound(Problem("absent", "organisation_code", code, rule, remedy))
            enter_record(**call_of(request), organisation_id=organisation.pk, **given)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("已登记，即刻影响办理程序的选择。"))
            return redirect("institutions:route_records")
    return render(request, "institutions/route_record_new.html", {"form": form}, status=status_of(form))


@require_http_methods(EDITS)
@staff_permission(*RECORDS)
def record(request, pk):
    """One decision; those who enter can take it down with a reason."""
    found = route_records().filter(in_scope(request.user, "organisation__division_code"), pk=pk).first()
    if found is None:
        raise Http404
    may_annul = has_permission(request.user, Permission.ROUTE_RECORD_EDIT) and found.annulled_on is None
    form = AnnulForm(posted(request), initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            annul_record(**call_of(request), record_id=pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
            on_top_of(form, route_records().get(pk=pk).version)
        else:
            messages.success(request, _("已撤下，不再影响办理程序的选择。"))
            return redirect("institutions:route_records")
    context = {"record": found, "form": form, "may_annul": may_annul}
    return render(request, "institutions/route_record.html", context, status=status_of(form) if form.is_bound else 200)
