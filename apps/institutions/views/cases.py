"""The case: one page for everybody who may see it, with what each may do; and the acts of the bureau on it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.constants import Role
from apps.accounts.selectors import roles_held
from apps.core.calendar import today
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.documents.papers import PAPERS
from apps.documents.policies import visible_papers
from apps.institutions.forms.licensing import (
    LICENCE_ITEMS,
    DemandForm,
    MemberForm,
    OpinionForm,
    PlanForm,
    ReopenForm,
    TakeForm,
)
from apps.institutions.licence_constants import DemandKind
from apps.institutions.selectors import applications as selectors
from apps.institutions.selectors import certificates
from apps.institutions.selectors.life import standing_of
from apps.institutions.services import demands, reviews
from apps.institutions.views.licence_shared import application_or_404, demand_or_404
from apps.institutions.views.shared import call_of, version_seen
from apps.workflow.bindings import process_of
from apps.workflow.casepage import case_context
from apps.workflow.constants import SUBJECT
from apps.workflow.policies import allowed_steps, step_offered
from apps.workflow.selectors.hands import people_in
from apps.workflow.services import advance

ACTS = {"strike": demands.strike_demand, "settle": demands.settle_demand}


@require_GET
def case(request, pk):
    """Summary, tasks, materials, points, review, clock ledger, papers, timeline, and the steps that are one's own."""
    application = application_or_404(request, pk)
    file, now = application.file, timezone.now()
    on = today(now)
    roles = roles_held(request.user, on) if request.user.is_staff_member else frozenset()
    shown = case_context(file, request.user, now)
    draft = file.submitted_at is None and file.closed_at is None
    points = selectors.demands_of if request.user.is_staff_member else selectors.told_demands_of
    context = {
        "application": application,
        "file": file,
        "state": process_of(file.process).state(file.status),
        "staff": request.user.is_staff_member,
        "tasks": selectors.tasks_of(application) if draft else [],
        "materials": selectors.materials_of(application),
        "corrections": points(application, DemandKind.CORRECTION),
        "rectifications": points(application, DemandKind.RECTIFICATION),
        "team": selectors.team_standing(application),
        "case": shown,
        "deadlines": shown.deadlines,
        "papers": [(PAPERS[paper.template].label, paper) for paper in visible_papers(request.user, SUBJECT, file.pk)],
        "offers": allowed_steps(file, request.user, on),
        "lists": _lists(application, request.user, roles),
        "plans": file.status in reviews.TEAM_IN and Role.REVIEWER in roles and application.item.review,
        "signs": file.status == reviews.SIGNED_IN and application.team.filter(user=request.user).exists(),
        "answers": not request.user.is_staff_member and file.status in demands.ANSWERED_IN,
    }
    return render(request, "institutions/case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take(request, pk, step):
    """One step: what it means, what it asks, and the press that takes it."""
    application = application_or_404(request, pk)
    file = application.file
    offer = step_offered(file, request.user, step, posted=request.method == "POST")
    if offer is None:
        raise Http404
    names = offer.step.asked
    if application.item_id not in LICENCE_ITEMS:
        names = tuple(name for name in names if name != "licence_number")
    form = TakeForm(
        posted(request), names=names, reason_required=offer.step.reason_required, initial={"version": file.version}
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
            return redirect("institutions:case", pk=pk)
    context = {"application": application, "file": file, "offer": offer, "form": form}
    return render(request, "institutions/take.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def demand_list(request, pk):
    """Put a point on the list of corrections or rectifications."""
    application = application_or_404(request, pk)
    roles = roles_held(request.user, today(timezone.now())) if request.user.is_staff_member else frozenset()
    kind = _lists(application, request.user, roles)
    if kind is None:
        raise Http404
    form = DemandForm(posted(request), criteria=kind == DemandKind.RECTIFICATION)
    if request.method == "POST" and form.is_valid():
        try:
            demands.list_demand(**call_of(request), application_id=application.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("已列出；随通知一次性告知申请人。"))
            return redirect("institutions:demand_list", pk=pk)
    context = {
        "application": application,
        "form": form,
        "kind": kind,
        "listed": selectors.demands_of(application, kind),
    }
    return render(request, "institutions/demands.html", context, status=status_of(form))


@require_POST
def demand_act(request, pk, demand, act):
    """Strike a point off, or confirm that it was rectified."""
    application = application_or_404(request, pk)
    if act not in ACTS:
        raise Http404
    point = demand_or_404(application, demand)
    try:
        ACTS[act](**call_of(request), application_id=application.pk, demand_id=point.pk, version=version_seen(request))
    except StaleVersion:
        messages.error(request, _("该项在您打开页面后有变动，请核对最新内容后再办理。"))
    else:
        messages.success(request, _("已更新。"))
    return redirect("institutions:case", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request, pk, demand):
    """Send a rectification back with what is still wrong."""
    application = application_or_404(request, pk)
    found = demand_or_404(application, demand)
    if not application.team.filter(user=request.user).exists():
        raise Http404
    form = ReopenForm(posted(request), initial={"problem": found.problem, "version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            demands.reopen_demand(
                **call_of(request), application_id=application.pk, demand_id=found.pk, **form.cleaned_data
            )
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
            on_top_of(form, demand_or_404(application, demand).version)
        else:
            messages.success(request, _("已退回；随整改要求告知申请人。"))
            return redirect("institutions:case", pk=pk)
    context = {"application": application, "demand": found, "form": form}
    return render(request, "institutions/reopen.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request, pk):
    """How, from when, how long, and by whom the review is done."""
    application = _plannable_or_404(request, pk)
    initial = {
        "mode": application.review_mode,
        "review_from": application.review_from,
        "review_days": application.review_days,
    }
    form = PlanForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            reviews.plan_review(**call_of(request), application_id=application.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("评审方案已保存。"))
            return redirect("institutions:plan", pk=pk)
    return _plan_page(request, application, form, MemberForm(people=_experts()))


@require_POST
def member_add(request, pk):
    application = _plannable_or_404(request, pk)
    form = MemberForm(posted(request), people=_experts())
    if form.is_valid():
        given = form.cleaned_data
        try:
            reviews.name_member(
                **call_of(request),
                application_id=application.pk,
                user_id=given["user"].pk,
                duty=given["duty"],
                field=given["field"],
            )
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("已加入评审组。"))
            return redirect("institutions:plan", pk=pk)
    initial = {"mode": application.review_mode, "review_from": application.review_from}
    plan_form = PlanForm(initial={**initial, "review_days": application.review_days})
    return _plan_page(request, application, plan_form, form)


@require_POST
def member_drop(request, pk, member):
    application = _plannable_or_404(request, pk)
    if not application.team.filter(pk=member).exists():
        raise Http404
    reviews.drop_member(**call_of(request), application_id=application.pk, member_id=member)
    messages.info(request, _("已移出评审组。"))
    return redirect("institutions:plan", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request, pk):
    """Sign one's own opinion."""
    application = application_or_404(request, pk)
    member = application.team.filter(user=request.user).first()
    if member is None:
        raise Http404
    form = OpinionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            reviews.sign_opinion(**call_of(request), application_id=application.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("意见已签署。"))
            return redirect("institutions:case", pk=pk)
    context = {
        "application": application,
        "member": member,
        "form": form,
        "earlier": member.opinions.order_by("-pk"),
    }
    return render(request, "institutions/opinion.html", context, status=status_of(form))


@login_not_required
@require_GET
def certificate(request, token):
    """What anybody may know of a licence, by the code on its certificate."""
    found = certificates.licence_by_token(token)
    if found is None:
        raise Http404
    now = timezone.now()
    context = {
        "licence": found,
        "standing": standing_of(found, today(now)),
        "changes": found.changes.order_by("-n"),
        "scope": certificates.public_scope(found),
        "now": now,
        "checked_at": now,
    }
    return render(request, "institutions/certificate.html", context)


def _lists(application, user, roles):
    """The kind of point that the person lists now, or None."""
    role, kind = demands.LISTED_IN.get(application.file.status, (None, None))
    if role not in roles:
        return None
    if role == Role.REVIEW_EXPERT and not application.team.filter(user=user).exists():
        return None
    return kind


def _plannable_or_404(request, pk):
    application = application_or_404(request, pk)
    on = today(timezone.now())
    if not request.user.is_staff_member or Role.REVIEWER not in roles_held(request.user, on):
        raise Http404
    return application


def _experts():
    return people_in([Role.REVIEW_EXPERT], today(timezone.now())).order_by("pk")


def _plan_page(request, application, form, member_form):
    context = {
        "application": application,
        "form": form,
        "member_form": member_form,
        "plans": application.file.status == reviews.PLANNED_IN,
        "team": selectors.team_standing(application),
    }
    faulty = form if form.errors else member_form
    return render(request, "institutions/plan.html", context, status=status_of(faulty))
