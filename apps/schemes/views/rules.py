"""The rules of the schemes: read by scheme, changed by one person and another."""

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.certifications.selectors.schemes import get_scheme_rule
from apps.certifications.services.schemes import NewValue
from apps.core.calendar import today
from apps.core.forms import attempt, on_top_of, posted, status_of
from apps.schemes.constants import ProposalState
from apps.schemes.forms import DecisionForm, NewRuleForm, ProposalForm
from apps.schemes.selectors import rules as reads
from apps.schemes.services.proposals import decide_proposal, propose_rule, withdraw_proposal

VIEW, EDIT = Permission.CERTIFICATE_VIEW_INTERNAL, Permission.SCHEME_EDIT
PAGE_SIZE = 50


def _english() -> bool:
    return (get_language() or "").startswith("en")


@staff_permission(VIEW, EDIT)
@require_GET
def rule_list(request):
    context = {
        "schemes": reads.rules_by_scheme(today(timezone.now()), english=_english()),
        "waiting": reads.proposals().filter(state=ProposalState.OPEN).count(),
        "may_edit": has_permission(request.user, EDIT),
    }
    return render(request, "schemes/rules.html", context)


@staff_permission(EDIT)
@require_http_methods(["GET", "POST"])
def rule_change(request, pk):
    rule = get_scheme_rule(pk)
    initial = {
        "value": rule.value,
        "effective_from": today(timezone.now()),
        "basis": rule.basis,
        "note": rule.note,
        "applies_to_running": rule.applies_to_running,
    }
    form = ProposalForm(posted(request), initial=initial)
    place = {"scheme": rule.scheme, "code": rule.code, "unit": rule.unit}
    if request.method == "POST" and form.is_valid() and _proposed(request, form, place):
        return redirect("schemes:proposals")
    context = {"form": form, "rule": rule, "scheme_name": reads.scheme_name(rule.scheme, english=_english())}
    return render(request, "schemes/rule_change.html", context, status=status_of(form))


@staff_permission(EDIT)
@require_http_methods(["GET", "POST"])
def rule_new(request):
    form = NewRuleForm(
        posted(request),
        schemes=reads.scheme_choices(english=_english()),
        initial={"effective_from": today(timezone.now())},
    )
    if request.method == "POST" and form.is_valid() and _proposed(request, form, {}):
        return redirect("schemes:proposals")
    return render(request, "schemes/rule_change.html", {"form": form}, status=status_of(form))


def _proposed(request, form, place) -> bool:
    values = {**form.cleaned_data, **place}
    reason = values.pop("reason")
    call = {"actor": actor_of(request), "now": timezone.now(), "new": NewValue(**values), "reason": reason}
    if attempt(form, lambda: propose_rule(**call)) != 200:
        return False
    flash.success(request, _("修改已提交，由另一人审核后生效。"))
    return True


@staff_permission(VIEW, EDIT)
@require_GET
def proposal_list(request):
    page = Paginator(reads.proposals(), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [reads.described(row, english=_english()) for row in page]
    return render(request, "schemes/proposals.html", {"page": page, "rows": rows})


@staff_permission(EDIT)
@require_http_methods(["GET", "POST"])
def proposal(request, pk):
    found = reads.get_proposal(pk)
    form = DecisionForm(posted(request), initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        call = {"actor": actor_of(request), "now": timezone.now(), "proposal_id": pk, **form.cleaned_data}
        if attempt(form, lambda: decide_proposal(**call, approved="approve" in request.POST)) == 200:
            flash.success(request, _("审核结果已登记。"))
            return redirect("schemes:proposals")
        found = reads.get_proposal(pk)
        on_top_of(form, found.version)
    context = {
        "form": form,
        "proposal": found,
        "scheme_name": reads.scheme_name(found.scheme, english=_english()),
        "value": reads.value_text(found.value, found.unit),
        "current": reads.current_of(found.scheme, found.code),
        "own": found.proposed_by_id == request.user.pk,
        "open": found.state == ProposalState.OPEN,
    }
    return render(request, "schemes/proposal.html", context, status=status_of(form))


@staff_permission(EDIT)
@require_POST
def withdraw(request, pk):
    found = reads.get_proposal(pk)
    form = DecisionForm(request.POST)
    call = {"actor": actor_of(request), "now": timezone.now(), "proposal_id": pk}
    version = form.cleaned_data["version"] if form.is_valid() else found.version
    withdraw_proposal(**call, version=version)
    flash.success(request, _("修改已撤回。"))
    return redirect("schemes:proposals")
