"""What a merge of two organisations does with our rows. Files go over with workflow's own."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Model
from django.utils.translation import gettext_lazy as _

from apps.certifying.models import Application, Offer, Tie
from apps.parties.merging import Mover, column_mover, register


def register_own_rows() -> None:
    """Called by CertifyingConfig.ready."""
    register(column_mover("certifying.bodies", _("收到的认证申请"), Application, "body_id"))
    register(column_mover("certifying.manufacturers", _("认证申请中的制造商"), Application, "manufacturer_id"))
    register(column_mover("certifying.factories", _("认证申请中的工厂"), Application, "factory_id"))
    register(_once("certifying.offers", _("认证项目和收费"), Offer, "body_id", ("project_id",)))
    register(_once("certifying.ties", _("回避申报"), Tie, "body_id", ("user_id", "organisation_id", "kind")))
    register(_once("certifying.tied", _("回避对象"), Tie, "organisation_id", ("body_id", "user_id", "kind")))


def _once(name: str, label: Any, model: type[Model], column: str, key: tuple[str, ...]) -> Mover:
    """Rows of which the survivor has each key once: what it has already stays behind."""
    rows = model._default_manager

    def move(duplicate_id: int, kept_id: int) -> list[int]:
        there = set(rows.filter(**{column: kept_id}).values_list(*key))
        locked = rows.select_for_update(of=("self",)).filter(**{column: duplicate_id}).order_by("pk")
        moving = [pk for pk, *rest in locked.values_list("pk", *key) if tuple(rest) not in there]
        rows.filter(pk__in=moving).update(**{column: kept_id})
        return moving

    def restore(moved: Any, duplicate_id: int, kept_id: int) -> None:
        rows.filter(pk__in=moved, **{column: kept_id}).update(**{column: duplicate_id})

    def count(ids: Collection[int]) -> dict[int, int]:
        found = rows.filter(**{f"{column}__in": list(ids)}).values_list(column).annotate(n=Count("pk"))
        return dict(found.order_by())

    return Mover(name, label, move, restore, count)
