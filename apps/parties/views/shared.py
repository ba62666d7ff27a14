"""What the views here share: the moment, refusals as pages, pages of lists."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property

from apps.accounts.requests import actor_of
from apps.accounts.services.refusals import record_refusal
from apps.core.calendar import today
from apps.core.problems import Refused, StaleVersion

FORBIDDEN = ("permission", "scope", "claim.staff", "invitation.staff")
PAGE_SIZE = 50
COUNTED = 10_000


def day():
    """Today in Shanghai."""
    return today(timezone.now())


def refusals_as_pages(view):
    """What a service refuses is answered by 403 (never yours) or 409 (not now), and leaves one trail entry."""

    @wraps(view)
    def answering(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            record_refusal(actor=actor_of(request), now=timezone.now(), path=request.path, wanted=[])
            if refused.code in FORBIDDEN:
                raise PermissionDenied from None
            context = {"stale": isinstance(refused, StaleVersion), "reason": refused.reason}
            return render(request, "parties/refused.html", context, status=409)

    return answering


class CappedPaginator(Paginator):
    """Counts no further than anybody pages."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[:COUNTED].count()  # type: ignore[attr-defined]


def page_of(request, rows, size=PAGE_SIZE):
    """One page of a list by ?page=; a page that is not there is 404, not the last one."""
    number = request.GET.get("page", "1")
    paginator = CappedPaginator(rows, size)
    if not (number.isascii() and number.isdigit() and len(number) < 8 and 1 <= int(number) <= paginator.num_pages):
        raise Http404
    return paginator.page(int(number))
