"""How every write begins: the row is locked, seen with the writer's own eyes, compared with what they read."""

import datetime as dt
from dataclasses import dataclass

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.certifications.models import Certificate
from apps.certifications.policies import may_see_internal
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.parties.policies import can_act_for


@dataclass(frozen=True, slots=True)
class Deciding:
    """A certification body that decides on its own certificate by a process of its own, today."""

    body_id: int
    on: dt.date


def lock_certificate(
    actor: Actor, certificate_id: int, *, permission: Permission, version: int | None, deciding: Deciding | None = None
) -> Certificate:
    """The locked certificate. Refuses without the permission, outside the actor's scope, or after somebody's change.

    `version`: what the person read; None where a machine writes (sweep, import). `deciding`: the body whose own process
    decided; then the certificate is the body's, and the actor acts for it.
    """
    if deciding is not None:
        return _lock_own(actor, certificate_id, deciding)
    require(actor, permission)
    found = Certificate.objects.select_for_update(of=("self",)).select_related("project", "body", "holder")
    certificate = found.get(pk=certificate_id)
    require(actor, permission)
    if actor.user is not None and not may_see_internal(actor.user, certificate):
        raise Refused("out_of_scope")
    if version is not None and certificate.version != version:
        raise StaleVersion
    return certificate


def _lock_own(actor: Actor, certificate_id: int, deciding: Deciding) -> Certificate:
    """Only the body that issued a certificate moves it; the process of the act asked who of its people may."""
    found = Certificate.objects.select_for_update(of=("self",)).select_related("project", "body", "holder")
    certificate = found.get(pk=certificate_id)
    require_own(actor, certificate.body_id, deciding)
    return certificate


def require_own(actor: Actor, body_id: int, deciding: Deciding) -> None:
    """Refuse a body that decides on another's certificate, and a person who does not act for it."""
    own = actor.user is None or can_act_for(actor.user, deciding.body_id, deciding.on)
    if body_id != deciding.body_id or not own:
        raise Refused("out_of_scope")


def refuse_if_any(problems: list[Problem]) -> None:
    """Raise all problems at once, or none."""
    if problems:
        raise ProblemsFound(*problems)
