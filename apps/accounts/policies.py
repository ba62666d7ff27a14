"""May this person ever, and how far do they see."""

from django.db.models import QuerySet
from django.http import Http404

from apps.accounts.constants import Permission, Realm
from apps.accounts.models import Export, RoleGrant, User
from apps.accounts.rules import scope_prefix
from apps.accounts.selectors import grant_by_id, people, permissions_held, ready_export
from apps.core.actors import Actor
from apps.core.problems import Refused


def has_permission(user: User | None, permission: Permission) -> bool:
    """True if one of the user's current roles holds the permission. Inactive and anonymous people hold none."""
    if user is None or not user.is_authenticated or not user.is_active or user.realm != Realm.STAFF:
        return False
    return permission in permissions_held(user)


def require(actor: Actor, permission: Permission) -> None:
    """Raise Refused unless the actor's person holds the permission. The system itself may do everything it does.

    Without a sentence: the name of a permission is none, and a form shows to its author whatever reason it gets.
    """
    if actor.user is not None and not has_permission(actor.user, permission):
        raise Refused("permission")


def scope_of(user: User) -> str:
    """The division-code prefix a staff member sees: their unit's. Nothing for people without a unit."""
    return scope_prefix(user.unit.division_code) if user.unit is not None else "none"


def visible_people(viewer: User, **filters: str) -> QuerySet[User]:
    """The accounts an administrator sees: the system administrator all, the security administrator staff only."""
    if has_permission(viewer, Permission.ACCOUNT_MANAGE):
        return people(**filters)
    if has_permission(viewer, Permission.ROLE_GRANT):
        return people(**filters).filter(realm=Realm.STAFF)
    return User.objects.none()


def get_visible_person(viewer: User, pk: int) -> User:
    """One account among those the viewer sees; 404 for any other."""
    found = visible_people(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_visible_grant(viewer: User, pk: int) -> RoleGrant:
    """One grant, for who may end it; 404 for any other."""
    grant = grant_by_id(pk) if has_permission(viewer, Permission.ROLE_GRANT) else None
    if grant is None:
        raise Http404
    return grant


def get_visible_export(viewer: User, pk: int) -> Export:
    """A file that was made for the viewer and is still kept; 404 for any other, and for everybody else."""
    export = ready_export(viewer, pk)
    if export is None:
        raise Http404
    return export
