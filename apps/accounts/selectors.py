"""Reads about people."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone
from redis.exceptions import RedisError

from apps.accounts.constants import EXPORT_OPEN, ExportState, Permission, Role
from apps.accounts.exporting import source_of
from apps.accounts.models import Export, PasswordHistory, RoleGrant, Unit, User, UserSession
from apps.accounts.rules import PASSWORDS_REMEMBERED, ROLE_PERMISSIONS, permissions_of
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


def holders_of(permission: str, on: dt.date) -> list[int]:
    """The active people whose roles hold the permission on a day."""
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]
    running = RoleGrant.objects.filter(role__in=roles, ended_at=None, starts_on__lte=on, user__is_active=True)
    running = running.filter(Q(ends_on=None) | Q(ends_on__gte=on)).order_by("user_id")
    return list(running.values_list("user_id", flat=True).distinct())


def actor_for(user: User, *, organisation_id: int | None = None, request_id: str = "", ip: str | None = None) -> Actor:
    """The Actor of a signed-in person."""
    return Actor(label=str(user), user=user, organisation_id=organisation_id, request_id=request_id, ip=ip)


def is_known_address(login_name: str, address: str) -> bool:
    """True if the owner of the login name has signed in from this address before."""
    owner = Q(user__username__iexact=login_name) | Q(user__email__iexact=login_name)
    return UserSession.objects.filter(owner, ip=address).exists()


def former_passwords(user: User) -> list[str]:
    """The hashes of the last five passwords, the current one included even if it was set before we kept them."""
    kept = PasswordHistory.objects.filter(user=user).order_by("-at", "-pk").values_list("password", flat=True)
    return list(dict.fromkeys([*kept[:PASSWORDS_REMEMBERED], user.password]))


def demo_accounts_exist() -> bool:
    """True if an active account carries the public demo password. /readyz and the deployment check ask it."""
    return User.objects.filter(demo=True, is_active=True).exists()


def login_name_taken(name: str) -> bool:
    """True if the name opens some account already, as user name or as e-mail address."""
    return User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).exists()


def is_last_system_admin(user: User, now: dt.datetime) -> bool:
    """True if nobody but `user` is an active system administrator today. Locks the grants: inside a transaction only.

    Two administrators who close each other at once meet at the lock, and the second sees the first one closed.
    """
    running = RoleGrant.objects.filter(role=Role.SYSTEM_ADMIN, ended_at=None).order_by("pk")
    list(running.select_for_update().values_list("pk", flat=True))
    holding = running.filter(user__is_active=True, starts_on__lte=today(now))
    holders = set(holding.filter(Q(ends_on=None) | Q(ends_on__gte=today(now))).values_list("user_id", flat=True))
    return holders == {user.pk}


def people(*, q: str = "", realm: str = "", unit: str = "", role: str = "", state: str = "") -> QuerySet[User]:
    """Accounts for the administrators' list, by name. Every filter is optional; `state` is "active" or "closed"."""
    found = User.objects.select_related("unit").order_by("username", "pk")
    if q:
        found = found.filter(Q(username__icontains=q) | Q(email__icontains=q) | Q(display_name__icontains=q))
    if realm:
        found = found.filter(realm=realm)
    if unit:
        found = found.filter(unit__code=unit)
    if role:
        found = found.filter(pk__in=RoleGrant.objects.filter(role=role, ended_at=None).values("user"))
    if state:
        found = found.filter(is_active=state == "active")
    return found


def units() -> QuerySet[Unit]:
    """Every unit, the bureau first."""
    return Unit.objects.order_by("code")


def grants_of(user: User) -> QuerySet[RoleGrant]:
    """Every grant a person has or had, the running ones first."""
    return user.role_grants.select_related("granted_by").order_by("-ended_at", "-starts_on", "-pk")


def sessions_of(user: User) -> QuerySet[UserSession]:
    """The running sessions of a person, the latest first."""
    return UserSession.objects.filter(user=user, ended_at=None).order_by("-started_at", "-pk")


def factors_of(user: User) -> list[str]:
    """The kinds of second factor a person has bound, recovery codes included."""
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def grant_by_id(pk: int) -> RoleGrant | None:
    return RoleGrant.objects.select_related("user").filter(pk=pk).first()


def ids_of_people_named(name: str) -> tuple[int, ...]:
    """The people whom a name, user name or e-mail part may mean; at most two hundred."""
    return tuple(people(q=name).values_list("pk", flat=True)[:200])


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A file as its list shows it. `done`: how many rows a worker has written, if it is at work."""

    export: Export
    label: Any
    done: int | None


def exports_of(user: User) -> list[ExportRow]:
    """The latest files that a person asked for."""
    found = list(Export.objects.filter(user=user).order_by("-requested_at", "-pk")[:50])
    running = [export.pk for export in found if export.state == ExportState.RUNNING]
    done: dict[str, int] = {}
    with suppress(RedisError):
        done = cache.get_many([progress_key(pk) for pk in running]) if running else {}
    return [ExportRow(export, _label(export), done.get(progress_key(export.pk))) for export in found]


def _label(export: Export) -> Any:
    source = source_of(export.source)
    return source.label if source is not None else export.source


def progress_key(export_id: int) -> str:
    """Where in the cache it stands how far a worker is with a file."""
    return f"export:{export_id}"


def waiting_exports() -> list[int]:
    """Files that are to be made, the oldest first; those in a living worker's hands are refused by the service."""
    return list(Export.objects.filter(state__in=EXPORT_OPEN).order_by("pk").values_list("pk", flat=True)[:100])


def ready_export(user: User, pk: int) -> Export | None:
    """A file of the person's that can be downloaded."""
    own = Export.objects.filter(user=user, state=ExportState.READY, expires_at__gt=timezone.now())
    return own.filter(pk=pk).first()
