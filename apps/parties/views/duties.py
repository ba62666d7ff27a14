"""Who does what in a certification body: its members read it, its managers decide it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.requests import actor_of
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.parties.forms.duties import DutyForm
from apps.parties.policies import get_manageable_duty, get_own_body, is_manager
from apps.parties.selectors.bans import ban_on_person
from apps.parties.selectors.duties import duty_grants_of
from apps.parties.selectors.memberships import running_memberships
from apps.parties.services.duties import end_duty, grant_duty
from apps.parties.views.shared import day


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, pk):
    """The duties of a body's people, and a form to give one more."""
    body = get_own_body(request.user, pk, day())
    manages = is_manager(request.user, pk, day())
    if request.method == "POST" and not manages:
        raise Http404
    people = running_memberships(day()).filter(organisation=body).select_related("user").order_by("user__display_name")
    form = DutyForm(posted(request), people=people)
    if request.method == "POST" and form.is_valid():
        try:
            grant_duty(actor=actor_of(request), now=timezone.now(), organisation_id=pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("职责已设置，立即生效"))
            return redirect("parties:duties", pk=pk)
    rows = [(grant, ban_on_person(grant.user.display_name, "", day())) for grant in duty_grants_of(pk)]
    context = {"organisation": body, "rows": rows, "form": form, "manages": manages, "on": day()}
    return render(request, "parties/duties.html", context, status=status_of(form))


@require_POST
def end(request, pk):
    """Take a duty back."""
    grant = get_manageable_duty(request.user, pk, day())
    end_duty(actor=actor_of(request), now=timezone.now(), grant_id=pk)
    messages.success(request, _("职责已收回，立即生效"))
    return redirect("parties:duties", pk=grant.organisation_id)
