"""Who sees a configuration, who writes it, who approves it. Cases are seen as their files are (workflow.policies)."""

from django.db.models import QuerySet
from django.http import Http404

from apps.accounts.constants import Permission
from apps.accounts.models import User
from apps.accounts.policies import has_permission
from apps.matters.models import Matter
from apps.matters.selectors.matters import versions

SEES_MATTERS = (Permission.MATTER_EDIT, Permission.MATTER_APPROVE)


def visible_matters(user: User) -> QuerySet[Matter]:
    """Every version, for those who write or approve matters: one bureau has one list."""
    allowed = any(has_permission(user, permission) for permission in SEES_MATTERS)
    return versions() if allowed else Matter.objects.none()


def get_visible_matter(user: User, pk: int) -> Matter:
    """The version, or 404 for absent and forbidden alike."""
    found = visible_matters(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_approve(user: User, matter: Matter) -> bool:
    """A second person: whoever wrote any of the version approves none of it."""
    return has_permission(user, Permission.MATTER_APPROVE) and not matter.writers.filter(pk=user.pk).exists()
