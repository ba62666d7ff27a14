"""Lists that are leafed page by page without counting all of them.

The exact count of a long list costs a walk over its whole index at every page, and nobody leafs that far: beyond a cap
a list wants a filter. Each list names its own cap, for the words on its page say it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


def capped_count(found: QuerySet[Any], cap: int) -> int:
    """How many there are, `cap` at most. Keys alone are read, in no order, so that PostgreSQL can stop early."""
    return found.order_by().values("pk")[:cap].count()


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Counts and leafs no further than `cap` rows: a page that was not counted is not offered."""

    def __init__(self, rows: QuerySet[Any], size: int, *, cap: int) -> None:
        super().__init__(rows, size)
        self._found, self._cap = rows, cap

    @cached_property
    def count(self) -> int:
        return capped_count(self._found, self._cap)


class KeyedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """For a list whose condition is dear: one statement reads the keys of all that can be leafed, `cap` at most, in
    order. They answer the count and the order, and `rows` reads the few of a page by their keys."""

    def __init__(
        self, keys: QuerySet[Any], size: int, *, cap: int, rows: Callable[[Sequence[int]], Sequence[Any]]
    ) -> None:
        super().__init__(list(keys.values_list("pk", flat=True)[:cap]), size)
        self._rows = rows

    def _get_page(self, found: Any, number: int, paginator: Any) -> "Page[Any]":
        return Page(self._rows(found), number, paginator)
