"""Who acts for whom, on a day. Dates are asked every time, so a grant that ran out stops at once."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.parties.constants import MembershipRole
from apps.parties.models import Membership, Organisation


def running_memberships(on: dt.date) -> QuerySet[Membership]:
    """Memberships in force on a day."""
    begun = Membership.objects.filter(ended_at=None, starts_on__lte=on)
    return begun.filter(Q(ends_on=None) | Q(ends_on__gte=on))


def membership_of(user: User, organisation_id: int, on: dt.date) -> Membership | None:
    """The user's membership of the organisation on a day."""
    return running_memberships(on).filter(user=user, organisation_id=organisation_id).first()


def own_organisation_ids(user: User, on: dt.date) -> QuerySet[Membership, Any]:
    """The ids of the organisations that the user acts for on a day, to filter by in the same statement."""
    return running_memberships(on).filter(user=user).values("organisation_id")


def organisations_of(user: User, on: dt.date) -> QuerySet[Organisation]:
    """The organisations that the user may act for, by name."""
    return Organisation.objects.filter(pk__in=own_organisation_ids(user, on), merged_into=None).order_by("name", "pk")


def managers_of(organisation_id: int, on: dt.date) -> QuerySet[User]:
    """The active accounts that manage the organisation on a day."""
    running = running_memberships(on).filter(organisation_id=organisation_id, role=MembershipRole.MANAGER)
    return User.objects.filter(pk__in=running.values("user_id"), is_active=True).order_by("pk")


def manager_ids_of(organisation_ids: Iterable[int], on: dt.date) -> dict[int, list[int]]:
    """Manager user ids of many organisations in one query (reminders)."""
    managing: dict[int, list[int]] = {}
    rows = running_memberships(on).filter(
        organisation_id__in=list(organisation_ids), role=MembershipRole.MANAGER, user__is_active=True
    )
    for organisation_id, user_id in rows.order_by("pk").values_list("organisation_id", "user_id"):
        managing.setdefault(organisation_id, []).append(user_id)
    return managing
