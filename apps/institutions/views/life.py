"""Licences after issue: the list, one licence, and the cases about it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.selectors import roles_held
from apps.core.calendar import today
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.documents.papers import PAPERS
from apps.documents.policies import visible_papers
from apps.documents.selectors import current_documents
from apps.institutions.forms.life import AskCancelForm, EvidenceForm, LicenceFilterForm, LifeStepForm, OpenCaseForm
from apps.institutions.licence_constants import Cause
from apps.institutions.policies import SEES_INSTITUTIONS, get_visible_licence, visible_licences
from apps.institutions.selectors import life_cases as selectors
from apps.institutions.selectors.commitment_check import check_behind
from apps.institutions.selectors.life import bars_on, find_licences, standing_of
from apps.institutions.selectors.renewals import offer_of
from apps.institutions.services import life_cases as services
from apps.institutions.services.renewals import draft_renewal
from apps.institutions.views.shared import call_of
from apps.parties.policies import can_act_for
from apps.workflow.casepage import case_context
from apps.workflow.constants import SUBJECT
from apps.workflow.policies import get_visible_file, step_offered, visible_files
from apps.workflow.services import advance

PAGE = 50


@require_safe
@staff_permission(*SEES_INSTITUTIONS)
def licences(request):
    """Every licence of one's scope, the next to expire first."""
    on = today(timezone.now())
    form = LicenceFilterForm(request.GET)
    form.is_valid()
    asked = {"query": form.cleaned_data.get("q", ""), "status": form.cleaned_data.get("status", "")}
    found = find_licences(visible_licences(request.user, on), on=on, **asked)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": [standing_of(each, on) for each in page.object_list]}
    return render(request, "institutions/licences.html", context)


@require_safe
def licence(request, pk):
    """One licence: what it is and was, what bars its holder, the cases about it, and what one may begin."""
    now = timezone.now()
    found = get_visible_licence(request.user, pk, today(now))
    own = can_act_for(request.user, found.organisation_id, today(now))
    cases = selectors.cases_of(found)
    if not request.user.is_staff_member:
        cases = cases.filter(file__in=visible_files(request.user, today(now)))
    context = {
        "licence": found,
        "standing": standing_of(found, today(now)),
        "changes": found.changes.order_by("-n"),
        "bars": bars_on(found.organisation_id, today(now)),
        "cases": [(case, selectors.PROCESSES[case.file.process][0].state(case.file.status)) for case in cases],
        "begins": _begins(request.user, found, today(now)),
        "own": own,
        "offer": offer_of(found, today(now)) if own else None,
        "now": now,
    }
    return render(request, "institutions/licence_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request, pk, process):
    """Begin a case: of office by the role of its table; a cancellation also by the holder."""
    on = today(timezone.now())
    found = get_visible_licence(request.user, pk, on)
    if process not in {code for code, _label in _begins(request.user, found, on)}:
        raise Http404
    form = _begin_form(request, found, process, on)
    if request.method == "POST" and form.is_valid():
        given = {"cause": str(Cause.WISH), **form.cleaned_data}
        try:
            made = services.open_life_case(**call_of(request), process=process, licence_id=found.pk, **given)
        except (ProblemsFound, Refused) as problem:
            put_problems(form, problem)
        else:
            messages.success(request, _("已建立 %(number)s。") % {"number": made.file.number})
            return redirect("institutions:life_case", pk=made.file_id)
    table = selectors.PROCESSES[process][0]
    context = {"licence": found, "form": form, "label": table.label, "standing": standing_of(found, on)}
    return render(request, "institutions/life_begin.html", context, status=status_of(form))


@require_POST
def renew(request, pk):
    """One press: the renewal draft, filled in."""
    found = get_visible_licence(request.user, pk, today(timezone.now()))
    if not can_act_for(request.user, found.organisation_id, today(timezone.now())):
        raise Http404
    try:
        made = draft_renewal(**call_of(request), licence_id=found.pk)
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect("institutions:licence_page", pk=pk)
    messages.success(request, _("延续申请草稿已建立，已填入平台掌握的内容，请核对后提交。"))
    return redirect("institutions:case", pk=made.file_id)


@require_safe
def case(request, pk):
    """One case about a licence, for everybody who may see its file; the holder, once it was told."""
    file = _file_or_404(request, pk)
    now = timezone.now()
    found = selectors.case_of(file)
    check, seen = check_behind(found), visible_files(request.user, today(now))
    own = can_act_for(request.user, file.organisation_id, today(now))
    context = {
        "case": case_context(file, request.user, now),
        "life": found,
        "licence": found.licence,
        "check": check if check is not None and seen.filter(pk=check.file_id).exists() else None,
        "standing": standing_of(found.licence, today(now)),
        "papers": [(PAPERS[paper.template].label, paper) for paper in visible_papers(request.user, SUBJECT, file.pk)],
        "evidence": current_documents(SUBJECT, file.pk),
        "form": EvidenceForm() if own and file.status in services.HANDED_IN_WHILE else None,
        "staff": request.user.is_staff_member,
        "now": now,
    }
    return render(request, "institutions/life_case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request, pk, step):
    """A step that asks for more than a reason."""
    file = _file_or_404(request, pk)
    offer = step_offered(file, request.user, step, posted=request.method == "POST")
    if offer is None or not offer.step.asked:
        raise Http404
    asked = {"names": offer.step.asked, "reason_required": offer.step.reason_required, "process": file.process}
    form = LifeStepForm(posted(request), initial={"version": file.version}, **asked)
    if request.method == "POST" and form.is_valid():
        given = {"version": form.cleaned_data["version"], "reason": form.cleaned_data.get("reason", "")}
        try:
            advance(**call_of(request), file_id=file.pk, step=step, inputs=form.given(), **given)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            on_top_of(form, _file_or_404(request, pk).version)
        else:
            messages.success(request, str(offer.step.message))
            return redirect("institutions:life_case", pk=pk)
    context = {"file": file, "offer": offer, "form": form, "life": selectors.case_of(file)}
    return render(request, "institutions/life_step.html", context, status=status_of(form))


@require_POST
def evidence(request, pk):
    """The holder hands in a document."""
    file = _file_or_404(request, pk)
    if not can_act_for(request.user, file.organisation_id, today(timezone.now())):
        raise Http404
    form = EvidenceForm(posted(request), request.FILES)
    if form.is_valid():
        try:
            case = selectors.case_of(file)
            services.add_evidence(**call_of(request), case_id=case.pk, upload=form.cleaned_data["upload"])
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("材料已收到。"))
            return redirect("institutions:life_case", pk=pk)
    context = {"file": file, "form": form, "life": selectors.case_of(file)}
    return render(request, "institutions/life_evidence.html", context, status=status_of(form))


def _file_or_404(request, pk):
    """A file of ours that the person sees."""
    file = get_visible_file(request.user, pk)
    if file.process not in selectors.PROCESSES:
        raise Http404
    return file


def _begins(user, licence, on):
    """The cases that somebody may begin on a licence today: (process, label)."""
    found = []
    own = can_act_for(user, licence.organisation_id, on)
    roles = roles_held(user, on) if user.is_staff_member else frozenset()
    for code, (table, _move) in selectors.PROCESSES.items():
        causes = selectors.causes_open(licence, code, on)
        if selectors.open_case(licence.pk, code) is not None:
            continue
        of_office = bool(table.opened_by & roles) and not own and set(causes) - {Cause.WISH}
        at_wish = own and not user.is_staff_member and Cause.WISH in causes
        if of_office or at_wish:
            found.append((code, table.label))
    return found


def _begin_form(request, licence, process, on):
    if not request.user.is_staff_member:
        return AskCancelForm(posted(request))
    causes = [cause for cause in selectors.causes_open(licence, process, on) if cause != Cause.WISH]
    return OpenCaseForm(posted(request), process=process, causes=causes)
