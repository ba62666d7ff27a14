"""What a merge of two organisations moves here: certificates held and issued, and the parties of CCC certificates."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from apps.certifications.models import CccDetail, Certificate
from apps.parties.merging import Mover, column_mover, register


def register_own_rows() -> None:
    """Called by CertificationsConfig.ready."""
    register(column_mover("certifications.held", _("持有的证书"), Certificate, "holder"))
    register(Mover("certifications.issued", _("颁发的证书"), _move_issued, _restore_issued, _count_issued))
    for column, label in (
        ("applicant", _("CCC 申请人")),
        ("manufacturer", _("CCC 制造商")),
        ("factory", _("CCC 工厂")),
    ):
        register(column_mover(f"certifications.ccc_{column}", label, CccDetail, column))


def _move_issued(duplicate_id: int, kept_id: int) -> list[int]:
    """Certificates of a body go over, except numbers that the kept body has too (unique by body and number).

    Those few stay under the merged record, which leads to the survivor anyway; a clerk compares the two papers.
    """
    issued = Certificate.objects.filter(body=duplicate_id)
    taken = Certificate.objects.filter(body=kept_id).values("number_key")
    free = issued.exclude(number_key__in=taken).select_for_update(of=("self",)).order_by("pk")
    ids = list(free.values_list("pk", flat=True))
    Certificate.objects.filter(pk__in=ids).update(body=kept_id)
    return ids


def _restore_issued(moved: Any, duplicate_id: int, kept_id: int) -> None:
    Certificate.objects.filter(pk__in=moved, body=kept_id).update(body=duplicate_id)


def _count_issued(ids: Collection[int]) -> dict[int, int]:
    found = Certificate.objects.filter(body__in=list(ids)).values_list("body").annotate(n=Count("pk"))
    return dict(found.order_by())
