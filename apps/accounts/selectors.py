"""Reads about people."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from apps.accounts.constants import Permission
from apps.accounts.models import RoleGrant, User
from apps.accounts.rules import permissions_of
from apps.core.actors import Actor
from apps.core.calendar import today


def roles_held(user: User, on: dt.date) -> frozenset[str]:
    """The roles that hold for the user on a day."""
    running = RoleGrant.objects.filter(user=user, ended_at=None, starts_on__lte=on)
    return frozenset(running.filter(Q(ends_on=None) | Q(ends_on__gte=on)).values_list("role", flat=True))


def permissions_held(user: User) -> frozenset[Permission]:
    """What the user may ever do today. Read once per user object, so once per request."""
    held: frozenset[Permission] | None = getattr(user, "_permissions_held", None)
    if held is None:
        held = permissions_of(roles_held(user, today(timezone.now())))
        user._permissions_held = held  # type: ignore[attr-defined]
    return held


def actor_for(user: User, *, organisation_id: int | None = None, request_id: str = "", ip: str | None = None) -> Actor:
    """The Actor of a signed-in person."""
    return Actor(label=str(user), user=user, organisation_id=organisation_id, request_id=request_id, ip=ip)
