"""What the views here share: the moment, pages of lists."""

from django.http import Http404
from django.utils import timezone

from apps.core.calendar import today
from apps.core.pages import CappedPaginator

PAGE_SIZE = 50
COUNTED = 10_000


def day():
    """Today in Shanghai."""
    return today(timezone.now())


def page_of(request, rows, size=PAGE_SIZE):
    """One page of a list by ?page=; a page that is not there is 404, not the last one."""
    number = request.GET.get("page", "1")
    paginator = CappedPaginator(rows, size, cap=COUNTED)
    if not (number.isascii() and number.isdigit() and len(number) < 8 and 1 <= int(number) <= paginator.num_pages):
        raise Http404
    return paginator.page(int(number))
