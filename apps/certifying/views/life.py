"""The life of issued certificates: lists, one certificate, and the cases about it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.certifications.constants import Shape
from apps.certifying.forms.life import EvidenceForm, LifeStepForm, OpenCaseForm
from apps.certifying.policies import (
    begins,
    can_close_finding,
    can_name_auditors,
    can_write_findings,
    get_life_certificate,
    get_visible_history,
    visible_history,
    whole_bodies,
)
from apps.certifying.rules import life_acts
from apps.certifying.selectors import life as selectors
from apps.certifying.selectors.life_page import life_of
from apps.certifying.services import life_cases as services
from apps.certifying.views.life_shared import call_of, case_file, days_late, named_people
from apps.core.calendar import today
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.documents.papers import PAPERS
from apps.documents.policies import visible_papers
from apps.documents.selectors import current_documents
from apps.institutions.services.applications import bureau
from apps.parties.policies import can_act_for
from apps.parties.selectors.memberships import own_organisation_ids
from apps.workflow.casepage import case_context
from apps.workflow.constants import SUBJECT
from apps.workflow.models import OPEN_FILES
from apps.workflow.policies import allowed_steps, visible_files
from apps.workflow.services import advance

PAGE = 20  # each row reads its own history


@require_safe
def certificates(request):
    """The certificates of one's own organisations, and of one's body those that it watches; what is to come first."""
    on = today(timezone.now())
    if request.user.is_staff_member:
        raise Http404
    issued = whole_bodies(request.user, on)
    theirs = selectors.issued_by(issued)
    watching = bool(issued) and request.GET.get("as") != "holder" and theirs.exists()
    found = theirs if watching else selectors.held_by(own_organisation_ids(request.user, on))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "watching": watching,
        "both": bool(issued),
        "rows": [life_of(each, on) for each in page.object_list],
        "incoming": visible_history(request.user, on).select_related("certificate", "file").order_by("-pk")[:PAGE],
    }
    return render(request, "certifying/certificates.html", context)


@require_safe
@staff_permission(Permission.FILE_VIEW)
def late_acts(request):
    """What bodies had to do by now and did not, in one's scope."""
    on = today(timezone.now())
    files = visible_files(request.user, on).filter(OPEN_FILES, process__in=life_acts.TABLES, due_on__lt=on)
    found = files.select_related("organisation", "handler").order_by("due_on", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(file, life_acts.TABLES[file.process], days_late(file, on)) for file in page.object_list]
    return render(request, "certifying/late_acts.html", {"page": page, "rows": rows})


@require_safe
def certificate(request, pk):
    """One certificate: how it stands, what follows for goods, the next legal step, its plan, cases and findings."""
    now = timezone.now()
    on = today(now)
    found = get_life_certificate(request.user, pk, on)
    cases = selectors.cases_of(found.pk, visible_files(request.user, on))
    own = can_act_for(request.user, found.holder_id, on)
    context = {
        "certificate": found,
        "life": life_of(found, on),
        "own": own,
        "watching": not own and not request.user.is_staff_member,
        "findings": selectors.open_findings(found.pk),
        "changes": found.status_changes.order_by("-n"),
        "audits": found.surveillance.order_by("-on", "-pk"),
        "cases": [(each, life_acts.TABLES[each.file.process].state(each.file.status)) for each in cases],
        "begins": [(code, life_acts.TABLES[code].label) for code in begins(request.user, found, on)],
        "now": now,
    }
    return render(request, "certifying/certificate.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request, pk, process):
    """Begin a case: the body of office, the holder at their wish, the bureau after a failed spot check."""
    if process not in life_acts.TABLES:
        raise Http404
    on = today(timezone.now())
    found = get_life_certificate(request.user, pk, on)
    reasons = selectors.reasons_labels(process, begins(request.user, found, on).get(process, []))
    if not reasons:
        raise Http404
    others = selectors.bodies().exclude(pk=found.body_id).values_list("pk", "name") if process == "cert_release" else []
    form = OpenCaseForm(posted(request), process=process, reasons=reasons, bodies=list(others))
    if request.method == "POST" and form.is_valid():
        given = {"process": process, "certificate_id": found.pk, **form.given()}
        try:
            made = services.open_case(**call_of(request), unit=bureau(), **given)
        except (ProblemsFound, Refused) as problem:
            put_problems(form, problem)
        else:
            messages.success(request, _("已建立 %(number)s。") % {"number": made.file.number})
            return redirect("certifying:life_case", pk=made.file_id)
    table = life_acts.TABLES[process]
    consequence = next((step.consequence for step in table.steps if step.decides and step.consequence), "")
    context = {
        "certificate": found,
        "form": form,
        "table": table,
        "consequence": consequence,
        "life": life_of(found, on),
    }
    return render(request, "certifying/life_begin.html", context, status=status_of(form))


@require_safe
def case(request, pk):
    """One case about a certificate, for everybody who may see its file."""
    file = case_file(request, pk)
    now = timezone.now()
    on, shown = today(now), selectors.case_of(file)
    own = can_act_for(request.user, file.organisation_id, on)
    handed = [each for each in current_documents(SUBJECT, file.pk) if each.kind == selectors.EVIDENCE]
    papers = visible_papers(request.user, SUBJECT, file.pk)
    told = [(each, can_close_finding(request.user, shown, on)) for each in shown.findings.order_by("pk")]
    context = {
        "case": case_context(file, request.user, now),
        "life": shown,
        "certificate": shown.certificate,
        "standing": life_of(shown.certificate, on),
        "papers": [(PAPERS[each.template].label, each) for each in papers],
        "evidence": handed,
        "form": EvidenceForm() if own and file.status in services.HANDED_IN_WHILE else None,
        "findings": told,
        "may_find": can_write_findings(request.user, shown, on),
        "may_name": can_name_auditors(request.user, shown, on),
        "auditors": named_people(file),
        "inside": not own,
    }
    return render(request, "certifying/life_case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request, pk, step):
    """A step that asks for more than a reason."""
    file = case_file(request, pk)
    offer = next((each for each in allowed_steps(file, request.user) if each.step.code == step), None)
    if offer is None or not offer.step.asked:
        raise Http404
    shown, row = selectors.case_of(file), offer.step
    seasonal = shown.certificate.shape == Shape.CCC and shown.reason in ("holder_request", "production_stopped")
    form = LifeStepForm(
        posted(request),
        initial={"version": file.version},
        process=file.process,
        names=row.inputs,
        optional=row.optional,
        reason_required=row.reason_required,
        seasonal=seasonal,
    )
    if request.method == "POST" and form.is_valid():
        given = {"version": form.cleaned_data["version"], "reason": form.cleaned_data.get("reason", "")}
        try:
            advance(**call_of(request), file_id=file.pk, step=step, inputs=form.given(), **given)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            on_top_of(form, case_file(request, pk).version)
        else:
            messages.success(request, str(row.message))
            return redirect("certifying:life_case", pk=pk)
    context = {"file": file, "offer": offer, "form": form, "life": shown}
    return render(request, "certifying/life_step.html", context, status=status_of(form))


@require_POST
def evidence(request, pk):
    """The holder hands in a document."""
    file = case_file(request, pk)
    if not can_act_for(request.user, file.organisation_id, today(timezone.now())):
        raise Http404
    form = EvidenceForm(posted(request), request.FILES)
    if form.is_valid():
        try:
            shown = selectors.case_of(file)
            services.add_evidence(**call_of(request), case_id=shown.pk, upload=form.cleaned_data["upload"])
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("材料已收到。"))
            return redirect("certifying:life_case", pk=pk)
    context = {"file": file, "form": form}
    return render(request, "certifying/life_evidence.html", context, status=status_of(form))


@require_safe
def history(request, pk):
    """For a receiving body: the audits of the present cycle and the open findings, by the holder's consent."""
    on = today(timezone.now())
    shown = get_visible_history(request.user, pk, on)
    audits = shown.certificate.surveillance.order_by("-on", "-pk")
    if shown.certificate.valid_from is not None:
        audits = audits.filter(on__gte=shown.certificate.valid_from)
    context = {
        "life": shown,
        "certificate": shown.certificate,
        "standing": life_of(shown.certificate, on),
        "audits": audits,
        "findings": selectors.open_findings(shown.certificate_id),
        "state": life_acts.TABLES["cert_release"].state(shown.file.status),
    }
    return render(request, "certifying/history.html", context)
