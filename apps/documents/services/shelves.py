"""The locks of quotas: one row for each thing that a quota is counted on."""

from collections.abc import Sequence

from apps.documents.models import Shelf


def lock_shelves(keys: Sequence[str]) -> None:
    """Hold the shelves, in the order given, until the caller's transaction ends."""
    Shelf.objects.bulk_create([Shelf(key=key) for key in keys], ignore_conflicts=True)
    for key in keys:
        Shelf.objects.select_for_update().get(key=key)
