"""How every write begins: the row is locked, seen with the writer's own eyes, compared with what they read."""

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.certifications.models import Certificate
from apps.certifications.policies import may_see_internal
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion


def lock_certificate(actor: Actor, certificate_id: int, *, permission: Permission, version: int | None) -> Certificate:
    """The locked certificate. Refuses without the permission, outside the actor's scope, or after somebody's change.

    `version`: what the person read; None where a machine writes (sweep, import).
    """
    require(actor, permission)
    found = Certificate.objects.select_for_update(of=("self",)).select_related("project", "body", "holder")
    certificate = found.get(pk=certificate_id)
    require(actor, permission)
    if actor.user is not None and not may_see_internal(actor.user, certificate):
        raise Refused("out_of_scope")
    if version is not None and certificate.version != version:
        raise StaleVersion
    return certificate


def refuse_if_any(problems: list[Problem]) -> None:
    """Raise all problems at once, or none."""
    if problems:
        raise ProblemsFound(*problems)
