"""Who is barred from the trade, as far as a law makes it public."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.core.calendar import today
from apps.parties.rules.masking import mask_person_name
from apps.parties.selectors import public_bans
from apps.portal.views.limited import limited

PAGE_SIZE = 50


@login_not_required
@require_safe
@limited("page")
def bans(request):
    """Running bans with a legal basis for publication; persons by their surname only."""
    page = Paginator(public_bans(today(timezone.now())), PAGE_SIZE).get_page(request.GET.get("page"))
    for ban in page:
        ban.shown_name = mask_person_name(ban.person_name)  # type: ignore[attr-defined]  # for the page alone
    return render(request, "portal/bans.html", {"page": page})
