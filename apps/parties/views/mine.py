"""The organisations that a person acts for."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.parties.forms.people import InviteForm
from apps.parties.models import Claim
from apps.parties.policies import can_manage_people, get_visible_organisation, is_manager
from apps.parties.selectors import resolve, running_memberships
from apps.parties.selectors.people import open_claims_on, open_invitations, people_of
from apps.parties.views.shared import day


@require_safe
def index(request):
    """My organisations, my claims, and whom I act for now."""
    on = day()
    rows = running_memberships(on).filter(user=request.user, organisation__merged_into=None)
    context = {
        "memberships": rows.select_related("organisation").order_by("organisation__name"),
        "claims": Claim.objects.filter(user=request.user).select_related("organisation").order_by("-submitted_at")[:20],
        "chosen": getattr(request, "acting_for", None),
    }
    return render(request, "parties/mine.html", context)


def detail(request, pk):
    """An organisation as its members see it."""
    on = day()
    organisation = get_visible_organisation(request.user, pk, on)
    if organisation.merged_into_id is not None:
        return redirect("parties:mine_detail", pk=resolve(organisation).pk)
    return render(request, "parties/mine_detail.html", member_context(request, organisation, InviteForm()))


def member_context(request, organisation, form):
    """Profile, people, invitations and claims: what the page needs, also when an invitation was faulty."""
    on = day()
    manages = can_manage_people(request.user, organisation, on)
    return {
        "organisation": organisation,
        "names": organisation.names.order_by("pk"),
        "people": people_of(organisation.pk),
        "manages": manages,
        "is_manager": is_manager(request.user, organisation.pk, on),
        "invitations": open_invitations(organisation.pk) if manages else [],
        "claims": open_claims_on(organisation.pk).exclude(user=request.user) if manages else [],
        "form": form,
        "on": on,
    }
