"""What goes over when two records of one organisation are merged: the institution's file, and its licences.

Bars on applying and decisions that bear on the route only grow and stay where they are: selectors.life and
selectors.route_records ask for those of the merged records too.
"""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.institutions.models import Institution, Licence
from apps.parties.merging import Mover, column_mover, register


def register_own_rows() -> None:
    """Called by InstitutionsConfig.ready."""
    register(column_mover("institutions.licences", _("资质认定证书"), Licence, "organisation_id"))
    register(Mover("institutions.file", _("检验检测机构档案"), _move, _restore, _count))


def _move(duplicate_id: int, kept_id: int) -> list[int]:
    """The duplicate's file, unless the survivor has one of its own: then both stay where they are, for a person."""
    if Institution.objects.filter(organisation_id=kept_id).exists():
        return []
    rows = Institution.objects.select_for_update(of=("self",)).filter(organisation_id=duplicate_id)
    ids = list(rows.values_list("pk", flat=True))
    Institution.objects.filter(pk__in=ids).update(organisation_id=kept_id)
    return ids


def _restore(moved: Any, duplicate_id: int, kept_id: int) -> None:
    Institution.objects.filter(pk__in=moved, organisation_id=kept_id).update(organisation_id=duplicate_id)


def _count(ids: Collection[int]) -> dict[int, int]:
    return dict.fromkeys(
        Institution.objects.filter(organisation_id__in=list(ids)).values_list("organisation_id", flat=True), 1
    )
