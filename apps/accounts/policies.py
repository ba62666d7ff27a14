"""May this person ever, and how far do they see."""

from apps.accounts.constants import Permission, Realm
from apps.accounts.models import User
from apps.accounts.rules import scope_prefix
from apps.accounts.selectors import permissions_held
from apps.core.actors import Actor
from apps.core.problems import Refused


def has_permission(user: User | None, permission: Permission) -> bool:
    """True if one of the user's current roles holds the permission. Inactive and anonymous people hold none."""
    if user is None or not user.is_authenticated or not user.is_active or user.realm != Realm.STAFF:
        return False
    return permission in permissions_held(user)


def require(actor: Actor, permission: Permission) -> None:
    """Raise Refused unless the actor's person holds the permission. The system itself may do everything it does."""
    if actor.user is not None and not has_permission(actor.user, permission):
        raise Refused("permission", str(permission))


def scope_of(user: User) -> str:
    """The division-code prefix a staff member sees: their unit's. Nothing for people without a unit."""
    return scope_prefix(user.unit.division_code) if user.unit is not None else "none"
