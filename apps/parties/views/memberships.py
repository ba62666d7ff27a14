"""Changing and ending memberships: managers, window staff, and people who leave."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.requests import actor_of
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.parties.forms.people import EndForm, MembershipForm
from apps.parties.policies import can_manage_people, get_manageable_membership
from apps.parties.services.memberships import change_membership, end_membership
from apps.parties.views.shared import day


@require_http_methods(["GET", "HEAD", "POST"])
def change(request, pk):
    """Role and end date of somebody else's (or one's own) membership."""
    membership = get_manageable_membership(request.user, pk, day())
    if not can_manage_people(request.user, membership.organisation, day()):
        raise Http404
    form = MembershipForm(posted(request), initial={"role": membership.role, "ends_on": membership.ends_on})
    if request.method == "POST" and form.is_valid():
        try:
            change_membership(actor=actor_of(request), now=timezone.now(), membership_id=pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("已保存"))
            return _back(request, membership)
    return _page(request, "parties/membership.html", membership, form)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request, pk):
    """Remove a person, or leave; the page says what follows."""
    membership = get_manageable_membership(request.user, pk, day())
    form = EndForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            end_membership(actor=actor_of(request), now=timezone.now(), membership_id=pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("成员关系已结束，立即生效"))
            return _back(request, membership)
    return _page(request, "parties/membership_end.html", membership, form)


def _page(request, template, membership, form):
    context = {"membership": membership, "form": form, "leaving": membership.user_id == request.user.pk}
    return render(request, template, context, status=status_of(form))


def _back(request, membership):
    if request.user.is_staff_member:
        return redirect("parties:detail", pk=membership.organisation_id)
    if membership.user_id == request.user.pk:
        return redirect("parties:mine")
    return redirect("parties:mine_detail", pk=membership.organisation_id)
