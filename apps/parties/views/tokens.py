"""The tokens with which machines act for an organisation: its managers list, make and revoke them."""

import datetime as dt

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.requests import actor_of
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.parties.forms.tokens import TokenForm
from apps.parties.policies import get_managed_organisation, get_managed_token, managed_organisations
from apps.parties.scopes import scope_label, scopes_for
from apps.parties.selectors.tokens import tokens_of
from apps.parties.services.tokens import make_token, revoke_token
from apps.parties.views.shared import day

USUAL_TERM = dt.timedelta(days=180)


@require_safe
def index(request):
    """The tokens of every organisation that the person manages."""
    if request.user.is_staff_member:
        raise Http404
    organisations = list(managed_organisations(request.user, day()))
    rows = tokens_of([each.pk for each in organisations], day())
    groups = [
        (each, bool(scopes_for(each.kind)), [row for row in rows if row.token.organisation_id == each.pk])
        for each in organisations
    ]
    return render(request, "parties/tokens.html", {"groups": groups})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request, pk):
    """A new token. The answer to the form shows it, this once."""
    organisation = get_managed_organisation(request.user, pk, day())
    scopes = scopes_for(organisation.kind)
    form = TokenForm(posted(request), scopes=scopes, initial={"expires_on": day() + USUAL_TERM})
    if request.method == "POST" and form.is_valid():
        try:
            made, token = make_token(
                actor=actor_of(request), now=timezone.now(), organisation_id=pk, **form.cleaned_data
            )
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            context = {"organisation": organisation, "made": made, "token": token}
            return render(request, "parties/token_made.html", context, status=201)
    context = {"organisation": organisation, "form": form, "offered": bool(scopes)}
    return render(request, "parties/token_new.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request, pk):
    """Take a token back; the page says what follows."""
    token = get_managed_token(request.user, pk, day())
    if request.method == "POST":
        revoke_token(actor=actor_of(request), now=timezone.now(), token_id=pk)
        messages.success(request, _("令牌已作废，立即失效"))
        return redirect("parties:tokens")
    context = {"token": token, "scopes": [scope_label(code) for code in token.scopes]}
    return render(request, "parties/token_revoke.html", context)
