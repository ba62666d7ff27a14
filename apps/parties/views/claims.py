"""Claims: handing in, looking at, deciding."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.requests import actor_of
from apps.accounts.selectors import actor_for
from apps.core.drafts import Drafting
from apps.core.forms import put_on_open, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.parties.constants import ClaimState
from apps.parties.forms.people import ClaimForm, ConfirmForm, RefuseForm
from apps.parties.policies import can_decide_claim, get_visible_claim, get_visible_document, visible_claims
from apps.parties.selectors import find_by_code
from apps.parties.selectors.people import people_of
from apps.parties.services.claims import confirm_claim, refuse_claim, submit_claim, withdraw_claim
from apps.parties.views.shared import day, page_of


@require_GET
@staff_permission(Permission.CLAIM_CONFIRM)
def listing(request):
    """The window's queue, oldest first; decided ones under their own tab."""
    state = request.GET.get("state", ClaimState.SUBMITTED)
    seen = visible_claims(request.user, day()).select_related("user", "organisation")
    order = "submitted_at" if state == ClaimState.SUBMITTED else "-decided_at"
    page = page_of(request, seen.filter(state=state).order_by(order, "pk"))
    tabs = [(value, label, seen.filter(state=value).count()) for value, label in ClaimState.choices]
    return render(request, "parties/claims.html", {"page": page, "tabs": tabs, "state": state})


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request):
    """The claim form."""
    if request.user.is_staff_member:
        raise Refused("claim.staff")
    call: dict[str, Any] = {"actor": actor_of(request), "now": timezone.now()}
    # Whomever the person acts for now: a claim is for nobody yet, and its draft shall be found again.
    writer = actor_for(request.user)
    drafting = Drafting(request, actor=writer, now=call["now"], key="parties.claim", title=_("申请绑定组织"))
    form = ClaimForm(drafting.data, request.FILES or None)
    if answered := drafting.step(form):
        return answered
    if request.method == "POST" and form.is_valid():
        try:
            claim = submit_claim(**call, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            drafting.done()
            messages.success(request, _("申请已提交，确认后会通知您"))
            return redirect("parties:claim", pk=claim.pk)
    context = {"form": form, "drafting": drafting}
    return render(request, "parties/claim_new.html", context, status=status_of(form))


@require_GET
def detail(request, pk):
    """The claim as its claimant and its confirmers see it."""
    claim = get_visible_claim(request.user, pk, day())
    return render(request, "parties/claim.html", _context(request, claim))


@require_POST
def confirm(request, pk):
    """Yes."""
    claim = get_visible_claim(request.user, pk, day())
    form = ConfirmForm(request.POST, new_organisation=_organisation_of(claim) is None)
    return _decide(request, claim, confirm_claim, form, "confirm_form", _("已确认，该用户可代表组织办理业务"))


@require_POST
def refuse(request, pk):
    """No, and why."""
    claim = get_visible_claim(request.user, pk, day())
    return _decide(
        request, claim, refuse_claim, RefuseForm(request.POST, auto_id="refuse_%s"), "refuse_form", _("已记录为未通过")
    )


def _decide(request, claim, service, form, form_name, done):
    if form.is_valid():
        try:
            service(actor=actor_of(request), now=timezone.now(), claim_id=claim.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            claim = get_visible_claim(request.user, claim.pk, day())
            put_on_open(form, found, version=claim.version, is_open=claim.state == ClaimState.SUBMITTED)
        else:
            messages.success(request, done)
            return redirect("parties:claim", pk=claim.pk)
    context = {**_context(request, claim), form_name: form}
    return render(request, "parties/claim.html", context, status=status_of(form))


@require_POST
def withdraw(request, pk):
    """The claimant changes their mind."""
    get_visible_claim(request.user, pk, day())
    withdraw_claim(actor=actor_of(request), now=timezone.now(), claim_id=pk)
    messages.success(request, _("申请已撤回"))
    return redirect("parties:claim", pk=pk)


@require_GET
def document(request, pk, document_pk):
    """Evidence goes out as a download that no browser will run: attachment, no sniffing, sandboxed, never stored."""
    found = get_visible_document(request.user, pk, document_pk, day())
    response = FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.original_name, content_type=found.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _organisation_of(claim):
    return claim.organisation or find_by_code(claim.uscc)


def _context(request, claim):
    organisation = _organisation_of(claim)
    decides = claim.state == ClaimState.SUBMITTED and can_decide_claim(request.user, claim, day())
    initial = {"version": claim.version}
    return {
        "claim": claim,
        "organisation": organisation,
        "documents": claim.documents.order_by("pk"),
        "people": people_of(organisation.pk) if organisation and decides else [],
        "decides": decides,
        "own": claim.user_id == request.user.pk,
        "confirm_form": ConfirmForm(initial=initial, new_organisation=organisation is None) if decides else None,
        "refuse_form": RefuseForm(initial=initial, auto_id="refuse_%s") if decides else None,
    }
