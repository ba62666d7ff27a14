"""The standards library as pages show it."""

from django.db.models import Q, QuerySet

from apps.institutions.models import Standard


def find_standards(*, query: str = "", status: str = "") -> QuerySet[Standard]:
    """Standards by a part of number or title, and by state; by number."""
    found = Standard.objects.prefetch_related("replaced_by").order_by("number", "-year")
    if status:
        found = found.filter(status=status)
    for word in query.split()[:6]:
        found = found.filter(Q(code__icontains=word) | Q(title__icontains=word) | Q(title_en__icontains=word))
    return found


def standard_by_id(pk: int) -> Standard | None:
    return Standard.objects.filter(pk=pk).first()
