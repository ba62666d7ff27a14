"""What a merge of two organisations does with their documents."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from apps.documents.constants import ORGANISATION
from apps.documents.models import Document
from apps.parties.merging import Mover, register


def _move(duplicate_id: int, kept_id: int) -> dict[str, list[int]]:
    """The documents go over; those of the organisation's own store change their subject with it."""
    rows = Document.objects.select_for_update(of=("self",)).filter(organisation_id=duplicate_id).order_by("pk")
    moved = list(rows.values_list("pk", "subject_kind"))
    ids, stored = [pk for pk, _kind in moved], [pk for pk, kind in moved if kind == ORGANISATION]
    Document.objects.filter(pk__in=stored).update(subject_id=kept_id)
    Document.objects.filter(pk__in=ids).update(organisation_id=kept_id)
    return {"documents": ids, "store": stored}


def _restore(moved: Any, duplicate_id: int, kept_id: int) -> None:
    Document.objects.filter(pk__in=moved["store"]).update(subject_id=duplicate_id)
    Document.objects.filter(pk__in=moved["documents"]).update(organisation_id=duplicate_id)


def _count(ids: Collection[int]) -> dict[int, int]:
    found = (
        Document.objects.filter(organisation_id__in=list(ids)).values_list("organisation_id").annotate(n=Count("pk"))
    )
    return dict(found.order_by())


def register_own_rows() -> None:
    """Called by DocumentsConfig.ready."""
    register(Mover("documents.documents", _("材料"), _move, _restore, _count))
