"""What a merge of two organisations does with their endpoints: they go over, under names that stay apart."""

from collections.abc import Collection

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from apps.parties.merging import Mover, register
from apps.webhooks.constants import EndpointState
from apps.webhooks.models import Endpoint


def _move(duplicate_id: int, kept_id: int) -> list[int]:
    """An endpoint whose name the survivor has already stays behind."""
    named = Endpoint.objects.filter(organisation_id=kept_id).exclude(state=EndpointState.ENDED).values("name")
    rows = Endpoint.objects.select_for_update().filter(organisation_id=duplicate_id).exclude(name__in=named)
    moved = list(rows.order_by("pk").values_list("pk", flat=True))
    Endpoint.objects.filter(pk__in=moved).update(organisation_id=kept_id)
    return moved


def _restore(moved: list[int], duplicate_id: int, kept_id: int) -> None:
    Endpoint.objects.filter(pk__in=moved, organisation_id=kept_id).update(organisation_id=duplicate_id)


def _count(ids: Collection[int]) -> dict[int, int]:
    found = Endpoint.objects.filter(organisation_id__in=list(ids)).values_list("organisation_id")
    return dict(found.annotate(n=Count("pk")).order_by())


def register_own_rows() -> None:
    """Called by WebhooksConfig.ready."""
    register(Mover("webhooks.endpoints", _("推送地址"), _move, _restore, _count))
