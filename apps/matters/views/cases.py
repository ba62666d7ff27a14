"""The case: one page for everybody who may see it, with what each may do; and the bureau's acts on it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.constants import Role
from apps.accounts.selectors import roles_held
from apps.core.calendar import today
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.documents.papers import PAPERS
from apps.documents.policies import visible_papers
from apps.matters.forms.cases import PointForm, TakeForm
from apps.matters.selectors import cases as selectors
from apps.matters.services import cases as services
from apps.matters.services.points import list_point, strike_point
from apps.matters.views.shared import call_of, case_or_404, day
from apps.workflow.bindings import process_of
from apps.workflow.casepage import case_context
from apps.workflow.constants import SUBJECT
from apps.workflow.policies import allowed_steps
from apps.workflow.services import advance


@require_GET
def case(request, pk):
    """Summary, tasks, documents, points, duties, clock ledger, papers, timeline, and the steps that are one's own."""
    found, now = case_or_404(request, pk), timezone.now()
    file, staff = found.file, request.user.is_staff_member
    shown = case_context(file, request.user, now)
    points = selectors.points_of(found)
    context = {
        "found": found,
        "file": file,
        "state": process_of(file.process).state(file.status),
        "staff": staff,
        "tasks": selectors.tasks_of(found, today(now)) if file.status == "draft" else [],
        "writes": not staff and file.status in services.WRITTEN_IN,
        "ground": selectors.ground_of(found),
        "answers": selectors.answers_of(found),
        "documents": selectors.documents_of(found),
        "points": points if staff else points.filter(told_at__isnull=False),
        "answering": not staff and file.status == "correction",
        "listing": staff and _lists(request, file),
        "owed": selectors.owed_of(found),
        "showing": not staff and file.status in services.SHOWN_IN,
        "case": shown,
        "deadlines": shown.deadlines,
        "papers": [(PAPERS[paper.template].label, paper) for paper in visible_papers(request.user, SUBJECT, file.pk)],
    }
    return render(request, "matters/case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take(request, pk, step):
    """One step that asks for more than a reason: what it means, what it asks, and the press that takes it."""
    found = case_or_404(request, pk)
    file = found.file
    offer = next((each for each in allowed_steps(file, request.user) if each.step.code == step), None)
    if offer is None:
        raise Http404
    form = TakeForm(
        posted(request),
        names=offer.step.asked,
        reason_required=offer.step.reason_required,
        initial={"version": file.version},
    )
    if request.method == "POST" and form.is_valid():
        try:
            advance(
                **call_of(request),
                file_id=file.pk,
                version=form.cleaned_data["version"],
                step=step,
                inputs=form.given(),
                reason=form.cleaned_data.get("reason", ""),
            )
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
            on_top_of(form, case_or_404(request, pk).file.version)
        else:
            messages.success(request, str(offer.step.message))
            return redirect("matters:case", pk=pk)
    context = {"case": found, "file": file, "offer": offer, "form": form}
    return render(request, "matters/take.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def points(request, pk):
    """Put a point on the list of corrections."""
    found = case_or_404(request, pk)
    if not _lists(request, found.file):
        raise Http404
    form = PointForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            list_point(**call_of(request), case_id=found.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, _("已列出；随通知一次性告知申请人。"))
            return redirect("matters:points", pk=pk)
    context = {"case": found, "form": form, "points": selectors.points_of(found)}
    return render(request, "matters/points.html", context, status=status_of(form))


@require_POST
def point_strike(request, pk, point):
    """Strike a point off before it was told."""
    found = case_or_404(request, pk)
    if not found.points.filter(pk=point).exists():
        raise Http404
    strike_point(**call_of(request), case_id=found.pk, point_id=point)
    messages.success(request, _("已划去。"))
    return redirect("matters:points", pk=pk)


def _lists(request, file):
    """Whether the person lists corrections now."""
    return (
        file.status == "submitted"
        and request.user.is_staff_member
        and Role.WINDOW_CLERK in roles_held(request.user, day())
    )
