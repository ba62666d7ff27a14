"""Choosing whom one acts for."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.requests import ACTING_FOR
from apps.core.forms import way_back


@require_POST
def choose(request):
    """Only an organisation of one's own; anything else is unknown here."""
    wanted = request.POST.get("organisation", "")
    chosen = next((each for each in request.organisations if str(each.pk) == wanted), None)
    if chosen is None:
        raise Http404
    request.session[ACTING_FOR] = chosen.pk
    messages.success(request, _("您现在代表“%(name)s”") % {"name": chosen.name})
    return redirect(way_back(request) or "parties:mine")
