"""The file of an application: one page for everybody who may see it; and the body's work on it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.certifications.rules import day_after, next_validity
from apps.certifying.constants import Kind, PointKind
from apps.certifying.forms.applying import MemberForm, PlanForm, PointForm, ReopenForm, StageForm, TakeForm
from apps.certifying.rules.applying import APPLYING, AUDIT, PLAN
from apps.certifying.rules.stages import stages
from apps.certifying.selectors import applications as reading
from apps.certifying.selectors.people import auditors
from apps.certifying.selectors.schemes import validity_months
from apps.certifying.services import examining, planning, points
from apps.certifying.services.points import ANSWERED_IN, LISTED_IN
from apps.certifying.views.shared import application_or_404, call_of, day, works
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.documents.papers import PAPERS
from apps.documents.policies import visible_papers
from apps.parties.policies import can_act_for
from apps.workflow.casepage import case_context
from apps.workflow.constants import SUBJECT
from apps.workflow.policies import allowed_steps, works_for_handler
from apps.workflow.services import advance

ACTS = {"strike": points.strike_point, "settle": points.settle_point}


@require_safe
def case(request, pk):
    """Where it is, who holds it, which clock runs, what is missing; tasks, points, examinations, papers, timeline."""
    application = application_or_404(request, pk)
    file, user = application.file, request.user
    shown = case_context(file, user, timezone.now())
    own = not user.is_staff_member and can_act_for(user, file.organisation_id, day())
    inside = works_for_handler(user, file, day())
    draft = own and file.status == APPLYING.start
    obstacles = reading.facts_of(file, day()).obstacles if draft else ()
    context = {
        "application": application,
        "file": file,
        "state": APPLYING.state(file.status),
        "case": shown,
        "deadlines": shown.deadlines,
        "own": own,
        "inside": inside,
        "staff": user.is_staff_member,
        "tasks": reading.tasks_of(application) if draft else [],
        "obstacles": obstacles,
        "materials": reading.materials_of(application),
        "completions": reading.points_of(application, PointKind.COMPLETION, told=not inside),
        "findings": reading.points_of(application, PointKind.FINDING, told=not inside),
        "answers": own and file.status in ANSWERED_IN,
        "answer_kind": ANSWERED_IN.get(file.status, ""),
        "lists": file.status in LISTED_IN and works(user, file, LISTED_IN[file.status][0]),
        "plans": works(user, file, PLAN),
        "reports": bool(examining.open_stages(application)) and works(user, file, AUDIT),
        "stages": stages(application.project.group, application.project.shape, application.kind),
        "examinations": application.examinations.order_by("to_on", "pk"),
        "team": reading.team_of(application),
        "papers": [(PAPERS[paper.template].label, paper) for paper in visible_papers(user, SUBJECT, file.pk)],
        "offers": allowed_steps(file, user, day()),
    }
    return render(request, "certifying/case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take(request, pk, step):
    """One step: what it means, what it asks, and the press that takes it."""
    application = application_or_404(request, pk)
    file = application.file
    offer = next((each for each in allowed_steps(file, request.user) if each.step.code == step), None)
    if offer is None:
        raise Http404
    initial = {"version": file.version, **_term(application)}
    form = TakeForm(
        posted(request), names=offer.step.asked, reason_required=offer.step.reason_required, initial=initial
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
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            on_top_of(form, application_or_404(request, pk).file.version)
        else:
            messages.success(request, str(offer.step.message))
            return redirect("certifying:case", pk=pk)
    context = {"application": application, "file": file, "offer": offer, "form": form}
    return render(request, "certifying/take.html", context, status=status_of(form))


def _term(application):
    """From the day after the certificate that is renewed, else from today, as long as the scheme allows."""
    before, on = application.predecessor, day()
    first = on
    if before is not None and before.valid_to is not None and application.kind == Kind.RECERTIFICATION:
        first = max(on, day_after(before.valid_to))
    last = next_validity(first, validity_months(application.project_id, on))
    return {"valid_from": first.isoformat(), "valid_to": last.isoformat()}


@require_http_methods(["GET", "HEAD", "POST"])
def point_list(request, pk):
    """Put a point on the list: something to complete, or a finding."""
    application = application_or_404(request, pk)
    party, kind = LISTED_IN.get(application.file.status, ("", ""))
    if not works(request.user, application.file, party):
        raise Http404
    form = PointForm(posted(request), graded=kind == PointKind.FINDING)
    if request.method == "POST" and form.is_valid():
        try:
            points.list_point(**call_of(request), application_id=application.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("已列出；随通知一并告知申请人。"))
            return redirect("certifying:points", pk=pk)
    context = {"application": application, "form": form, "kind": kind}
    context["points"] = reading.points_of(application, kind)
    return render(request, "certifying/points.html", context, status=status_of(form))


@require_POST
def point_act(request, pk, point, act):
    """Strike a point off, or close a finding."""
    application = application_or_404(request, pk)
    if act not in ACTS or not application.points.filter(pk=point).exists():
        raise Http404
    party, _kind = LISTED_IN.get(application.file.status, ("", ""))
    if not works(request.user, application.file, party):
        raise Http404
    try:
        ACTS[act](**call_of(request), application_id=application.pk, point_id=point)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("已更新。"))
    return redirect("certifying:case", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request, pk, point):
    """Send a finding back with what is still wrong."""
    application = application_or_404(request, pk)
    found = application.points.filter(pk=point, kind=PointKind.FINDING).first()
    if found is None or not works(request.user, application.file, AUDIT):
        raise Http404
    form = ReopenForm(posted(request), initial={"problem": found.problem})
    if request.method == "POST" and form.is_valid():
        try:
            points.reopen_point(
                **call_of(request), application_id=application.pk, point_id=found.pk, **form.cleaned_data
            )
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, _("已退回；随整改要求告知申请人。"))
            return redirect("certifying:case", pk=pk)
    context = {"application": application, "point": found, "form": form}
    return render(request, "certifying/reopen.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request, pk):
    """When, how long, and by whom it is examined."""
    application = _plannable_or_404(request, pk)
    names = ("plan_from", "plan_to", "plan_days", "plan_note")
    form = PlanForm(posted(request), initial={name: getattr(application, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            planning.plan_audit(**call_of(request), application_id=application.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("审核计划已保存。"))
            return redirect("certifying:plan", pk=pk)
    return _plan_page(request, application, form, MemberForm(people=_auditors(application)))


@require_POST
def member_add(request, pk):
    application = _plannable_or_404(request, pk)
    form = MemberForm(posted(request), people=_auditors(application))
    if form.is_valid():
        try:
            planning.name_member(**call_of(request), application_id=application.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("已加入审核组。"))
            return redirect("certifying:plan", pk=pk)
    names = ("plan_from", "plan_to", "plan_days", "plan_note")
    plan_form = PlanForm(initial={name: getattr(application, name) for name in names})
    return _plan_page(request, application, plan_form, form)


@require_POST
def member_drop(request, pk, member):
    application = _plannable_or_404(request, pk)
    if not application.team.filter(pk=member, left_at=None).exists():
        raise Http404
    planning.drop_member(**call_of(request), application_id=application.pk, member_id=member)
    messages.info(request, _("已移出审核组。"))
    return redirect("certifying:plan", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def stage(request, pk):
    """Write up an examination."""
    application = application_or_404(request, pk)
    open_ = examining.open_stages(application)
    if not open_ or not works(request.user, application.file, AUDIT):
        raise Http404
    form = StageForm(posted(request), stages=open_)
    if request.method == "POST" and form.is_valid():
        try:
            examining.report_stage(**call_of(request), application_id=application.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("结果已登记。"))
            return redirect("certifying:case", pk=pk)
    context = {"application": application, "form": form, "done": application.examinations.order_by("to_on", "pk")}
    return render(request, "certifying/stage.html", context, status=status_of(form))


def _plannable_or_404(request, pk):
    application = application_or_404(request, pk)
    if not works(request.user, application.file, PLAN):
        raise Http404
    return application


def _auditors(application):
    return auditors(application.file.handler_id, day())


def _plan_page(request, application, form, member_form):
    context = {
        "application": application,
        "form": form,
        "member_form": member_form,
        "team": reading.team_of(application),
    }
    faulty = form if form.errors else member_form
    return render(request, "certifying/plan.html", context, status=status_of(faulty))
