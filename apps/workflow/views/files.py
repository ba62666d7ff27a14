"""One file: its plain page, its steps, and into whose hands it goes."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.requests import actor_of
from apps.core.calendar import today
from apps.core.forms import on_top_of, posted
from apps.core.problems import Refused
from apps.workflow.bindings import known, path_of, process_of
from apps.workflow.casepage import case_context, step_path
from apps.workflow.forms import HandOverForm, ReasonForm, StepForm
from apps.workflow.policies import (
    allowed_steps,
    can_hand_over,
    get_visible_file,
    takers,
    visible_files,
    works_for_handler,
)
from apps.workflow.services import advance, claim, hand_over, recuse
from apps.workflow.views.shared import attempt


@require_safe
def file(request, pk):
    """The plain case page, for processes whose app has none of its own."""
    found = get_visible_file(request.user, pk)
    if not known(found.process):
        raise Http404
    if path_of(found) != request.path:
        return redirect(path_of(found))
    return render(request, "workflow/file.html", {"case": case_context(found, request.user, timezone.now())})


@require_http_methods(["GET", "POST"])
def step(request, pk, step):
    """The plain form of a step: its consequence, a reason, one button."""
    found = get_visible_file(request.user, pk)
    row = next((row for row in process_of(found.process).steps if row.code == step), None)
    if row is None:
        raise Http404
    if request.method == "GET" and step_path(found, row) != request.path:
        return redirect(step_path(found, row))
    form = StepForm(posted(request), initial={"version": found.version}, reason_required=row.reason_required)
    status = 200
    if request.method == "POST":
        status = _take(request, found, row, form)
        if status == 200:
            messages.success(request, str(row.message))
            return redirect(path_of(found))
        found = get_visible_file(request.user, pk)
        on_top_of(form, found.version)
    offers = {offer.step.code: offer for offer in allowed_steps(found, request.user)}
    context = {"form": form, "file": found, "step": row, "offer": offers.get(step), "path": path_of(found)}
    return render(request, "workflow/step.html", context, status=status)


def _take(request, found, row, form) -> int:
    if not form.is_valid():
        return 422
    given = {"version": form.cleaned_data["version"], "reason": form.cleaned_data["reason"]}
    inputs = {name: request.POST[name] for name in row.asked if name in request.POST}
    return attempt(
        form,
        lambda: advance(
            actor=actor_of(request), now=timezone.now(), file_id=found.pk, step=row.code, inputs=inputs, **given
        ),
    )


def _worked_file(user, pk):
    """A file that the person's side works: the bureau's staff, the people of its body; 404 for its applicant."""
    found = get_visible_file(user, pk)
    if not (user.is_staff_member or works_for_handler(user, found, today(timezone.now()))):
        raise Http404
    return found


def _onward(user, file):
    """Where one goes when a file left one's hands: to one's list, or what there is of the file."""
    if user.is_staff_member:
        return redirect("workflow:worklist")
    return redirect(path_of(file) if visible_files(user).filter(pk=file.pk).exists() else "/")


@require_POST
def take(request, pk):
    """Claim a file from the pool."""
    found = _worked_file(request.user, pk)
    try:
        claim(actor=actor_of(request), now=timezone.now(), file_id=found.pk)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("已领取 %(number)s。") % {"number": found.number})
    return redirect(path_of(found))


@require_http_methods(["GET", "POST"])
def give(request, pk):
    """Hand a file over to a colleague."""
    found = _worked_file(request.user, pk)
    now = timezone.now()
    if not can_hand_over(request.user, found, today(now)):
        raise Http404
    form = HandOverForm(posted(request), people=takers(request.user, found, today(now)))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = {"user_id": form.cleaned_data["user"].pk, "reason": form.cleaned_data["reason"]}
            status = attempt(form, lambda: hand_over(actor=actor_of(request), now=now, file_id=found.pk, **given))
        if status == 200:
            messages.success(request, _("已移交。"))
            return _onward(request.user, found)
    context = {"form": form, "file": found, "path": path_of(found), "title": _("移交案件"), "button": _("移交")}
    context["consequence"] = _("移交后您不再承办本件；经过与理由记入案卷。")
    return render(request, "workflow/act.html", context, status=status)


@require_http_methods(["GET", "POST"])
def step_aside(request, pk):
    """Declare one's own recusal."""
    found = _worked_file(request.user, pk)
    form = ReasonForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = {"file_id": found.pk, "reason": form.cleaned_data["reason"]}
            status = attempt(form, lambda: recuse(actor=actor_of(request), now=timezone.now(), **given))
        if status == 200:
            messages.success(request, _("已登记回避。"))
            return _onward(request.user, found)
    context = {"form": form, "file": found, "path": path_of(found), "title": _("申请回避"), "button": _("登记回避")}
    context["consequence"] = _("登记后您不能再办理本件的任何环节，且不能撤销。")
    return render(request, "workflow/act.html", context, status=status)
