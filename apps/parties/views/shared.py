"""What the views here share: the moment, pages of lists."""

from django.http import Http404
from django.utils import timezone

from apps.core.calendar import today
from apps.core.pages import CappedPaginator
from apps.core.text import whole_number

PAGE_SIZE = 50
COUNTED = 10_000


def day():
    """Today in Shanghai."""
    return today(timezone.now())


def page_of(request, rows, size=PAGE_SIZE):
    """One page of a list by ?page=; a page that is not there is 404, not the last one."""
    number = request.GET.get("page", "1")
    paginator = CappedPaginator(rows, size, cap=COUNTED)
    if (wanted := whole_number(number)) is None or not 1 <= wanted <= paginator.num_pages:
        raise Http404
    return paginator.page(wanted)
