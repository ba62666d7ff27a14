"""The rows of parties that go over in a merge: names, codes, memberships, claims, invitations."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Model
from django.utils.translation import gettext_lazy as _

from apps.parties.constants import NameKind
from apps.parties.merging import Mover, column_mover, register
from apps.parties.models import Ban, Claim, DutyGrant, Invitation, Membership, OrganisationCode, OrganisationName


def _count(model: type[Model]) -> Any:
    def count(ids: Collection[int]) -> dict[int, int]:
        found = model._default_manager.filter(organisation_id__in=list(ids)).values_list("organisation_id")
        return dict(found.annotate(n=Count("pk")).order_by())

    return count


def _move_names(duplicate_id: int, kept_id: int) -> list[list[Any]]:
    """The registered name of the duplicate becomes an alias of the survivor; identical entries stay behind."""
    kept = set(OrganisationName.objects.filter(organisation_id=kept_id).values_list("kind", "name", "since"))
    moved: list[list[Any]] = []
    for row in OrganisationName.objects.select_for_update().filter(organisation_id=duplicate_id).order_by("pk"):
        kind = NameKind.ALIAS if row.kind == NameKind.REGISTERED else row.kind
        if (kind, row.name, row.since) in kept:
            continue
        moved.append([row.pk, row.kind])
        OrganisationName.objects.filter(pk=row.pk).update(organisation_id=kept_id, kind=kind)
    return moved


def _restore_names(moved: Any, duplicate_id: int, kept_id: int) -> None:
    for pk, kind in moved:
        OrganisationName.objects.filter(pk=pk, organisation_id=kept_id).update(organisation_id=duplicate_id, kind=kind)


def _move_codes(duplicate_id: int, kept_id: int) -> list[int]:
    kept = OrganisationCode.objects.filter(organisation_id=kept_id)
    same = set(kept.values_list("value", "source"))
    rows = OrganisationCode.objects.select_for_update().filter(organisation_id=duplicate_id).order_by("pk")
    moved = [row.pk for row in rows if (row.value, row.source) not in same]
    OrganisationCode.objects.filter(pk__in=moved).update(organisation_id=kept_id)
    return moved


def _restore_codes(moved: Any, duplicate_id: int, kept_id: int) -> None:
    OrganisationCode.objects.filter(pk__in=moved, organisation_id=kept_id).update(organisation_id=duplicate_id)


def _move_memberships(duplicate_id: int, kept_id: int) -> list[int]:
    """Open memberships of people who already act for the survivor stay behind: one person, one membership."""
    already = Membership.objects.filter(organisation_id=kept_id, ended_at=None).values("user_id")
    rows = Membership.objects.select_for_update().filter(organisation_id=duplicate_id)
    moving = list(rows.exclude(ended_at=None, user_id__in=already).order_by("pk").values_list("pk", flat=True))
    Membership.objects.filter(pk__in=moving).update(organisation_id=kept_id)
    return moving


def _restore_memberships(moved: Any, duplicate_id: int, kept_id: int) -> None:
    Membership.objects.filter(pk__in=moved, organisation_id=kept_id).update(organisation_id=duplicate_id)


def _move_duties(duplicate_id: int, kept_id: int) -> list[int]:
    """A duty that the person already holds at the survivor stays behind: one person, each duty once."""
    already = set(DutyGrant.objects.filter(organisation_id=kept_id, ended_at=None).values_list("user_id", "duty"))
    rows = DutyGrant.objects.select_for_update().filter(organisation_id=duplicate_id).order_by("pk")
    moving = [row.pk for row in rows if row.ended_at is not None or (row.user_id, row.duty) not in already]
    DutyGrant.objects.filter(pk__in=moving).update(organisation_id=kept_id)
    return moving


def _restore_duties(moved: Any, duplicate_id: int, kept_id: int) -> None:
    DutyGrant.objects.filter(pk__in=moved, organisation_id=kept_id).update(organisation_id=duplicate_id)


def register_own_rows() -> None:
    """Called by PartiesConfig.ready, before any other app."""
    register(Mover("parties.names", _("名称"), _move_names, _restore_names, _count(OrganisationName)))
    register(Mover("parties.codes", _("其他代码"), _move_codes, _restore_codes, _count(OrganisationCode)))
    people = Mover("parties.memberships", _("成员"), _move_memberships, _restore_memberships, _count(Membership))
    register(people)
    register(Mover("parties.duties", _("职责"), _move_duties, _restore_duties, _count(DutyGrant)))
    register(column_mover("parties.claims", _("绑定申请"), Claim, "organisation_id"))
    register(column_mover("parties.bans", _("禁业记录"), Ban, "organisation_id"))
    register(column_mover("parties.invitations", _("邀请"), Invitation, "organisation_id"))
