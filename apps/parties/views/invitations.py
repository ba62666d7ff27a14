"""Inviting people to act for an organisation, and accepting."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.requests import actor_of
from apps.core.forms import put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.parties.forms.people import InviteForm
from apps.parties.models import Invitation
from apps.parties.policies import can_manage_people, get_manageable_invitation, get_visible_organisation
from apps.parties.services.invitations import accept_invitation, closed_because, invite, revoke_invitation, token_hash
from apps.parties.views.mine import member_context
from apps.parties.views.shared import day


@require_POST
def send(request, pk):
    """A manager (or window staff) sends the link."""
    organisation = get_visible_organisation(request.user, pk, day())
    if not can_manage_people(request.user, organisation, day()):
        raise Http404
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            invite(actor=actor_of(request), now=timezone.now(), organisation_id=pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("邀请已发往 %(email)s，14天内有效") % {"email": form.cleaned_data["email"]})
            return _back(request, pk)
    context = member_context(request, organisation, form)
    return render(request, "parties/mine_detail.html", context, status=status_of(form))


@require_POST
def revoke(request, pk):
    """Take an invitation back."""
    invitation = get_manageable_invitation(request.user, pk, day())
    revoke_invitation(actor=actor_of(request), now=timezone.now(), invitation_id=pk)
    messages.success(request, _("邀请已撤回，链接不再有效"))
    return _back(request, invitation.organisation_id)


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request, token):
    """The page behind the link in the e-mail. Reading it changes nothing: mail scanners open links."""
    invitation = Invitation.objects.select_related("organisation", "invited_by").filter(token_hash=token_hash(token))
    found = invitation.first()
    if found is None or request.user.is_staff_member:
        raise Http404
    if request.method == "POST":
        membership = accept_invitation(actor=actor_of(request), now=timezone.now(), token=token)
        messages.success(request, _("您现在可以代表“%(name)s”") % {"name": membership.organisation.name})
        return redirect("parties:mine_detail", pk=membership.organisation_id)
    context = {
        "invitation": found,
        "closed": closed_because(found, timezone.now()),
        "other_address": request.user.email.lower() != found.email,
    }
    return render(request, "parties/invitation.html", context)


def _back(request, organisation_id):
    return redirect("parties:detail" if request.user.is_staff_member else "parties:mine_detail", pk=organisation_id)
