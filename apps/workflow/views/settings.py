"""Who is away, by which rules files find their people, and the process tables themselves."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.core.calendar import today
from apps.core.forms import posted
from apps.core.problems import Refused
from apps.core.text import whole_number
from apps.workflow.bindings import known, process_of, processes
from apps.workflow.diagram import numbered, svg
from apps.workflow.forms import AbsenceForm, RoutingForm
from apps.workflow.policies import colleagues, people_of_absences, visible_absences
from apps.workflow.selectors.rules import routing_rules, step_rows
from apps.workflow.services import add_rule, declare_absence, end_absence, end_rule
from apps.workflow.views.shared import attempt

WORK, ROUTING = Permission.FILE_WORK, Permission.ROUTING_EDIT


@require_http_methods(["GET", "POST"])
@staff_permission(WORK)
def absences(request):
    """Declare an absence; see those that run or are to come."""
    day = today(timezone.now())
    people = people_of_absences(request.user, day)
    form = AbsenceForm(
        posted(request), people=people, delegates=colleagues(request.user, day), initial={"user": request.user.pk}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            given = {name: data[name] for name in ("first_on", "last_on", "reason")}
            given |= {"user_id": data["user"].pk, "delegate_id": data["delegate"].pk if data["delegate"] else None}
            status = attempt(form, lambda: declare_absence(actor=actor_of(request), now=timezone.now(), **given))
        if status == 200:
            messages.success(request, _("已登记离岗。"))
            return redirect("workflow:absences")
    context = {"form": form, "absences": visible_absences(request.user, day), "today": day}
    return render(request, "workflow/absences.html", context, status=status)


@require_POST
@staff_permission(WORK)
def absence_end(request, pk):
    if not visible_absences(request.user, today(timezone.now())).filter(pk=pk).exists():
        raise Http404
    try:
        end_absence(actor=actor_of(request), now=timezone.now(), absence_id=pk)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("已结束离岗。"))
    return redirect("workflow:absences")


@require_http_methods(["GET", "POST"])
@staff_permission(ROUTING)
def routing(request):
    """The rules, and a form for one more."""
    form = RoutingForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            process, _colon, matter = data["matter"].partition(":")
            given = {"process": process, "matter": matter, "division_code": data["place"]}
            given |= {name: data[name] for name in ("role", "unit", "most")}
            status = attempt(form, lambda: add_rule(actor=actor_of(request), now=timezone.now(), **given))
        if status == 200:
            messages.success(request, _("已添加分派规则。"))
            return redirect("workflow:routing")
    return render(request, "workflow/routing.html", {"form": form, "rules": routing_rules()}, status=status)


@require_POST
@staff_permission(ROUTING)
def routing_end(request, pk):
    version = whole_number(request.POST.get("version", "")) or 0
    try:
        end_rule(actor=actor_of(request), now=timezone.now(), rule_id=pk, version=version)
    except Refused as refused:
        messages.error(request, refused.reason if refused.code == "ended" else _("该规则已被他人修改，请核对后再试。"))
    else:
        messages.success(request, _("已停用该规则。"))
    return redirect("workflow:routing")


@require_safe
@staff_permission(WORK)
def process_list(request):
    tables = processes()
    return render(request, "workflow/processes.html", {"processes": tables})


@require_safe
@staff_permission(WORK)
def process(request, code):
    """The table as a picture and as rows, the way the engine reads it."""
    if not known(code):
        raise Http404
    table = process_of(code)
    context = {"process": table, "diagram": svg(table), "rows": step_rows(table, numbered(table))}
    context["may_route"] = has_permission(request.user, ROUTING)
    return render(request, "workflow/process.html", context)
