"""Locking the file of an institution, and asking again who may change it. Every write here begins with this."""

import datetime as dt
from typing import Any

from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Refused, StaleVersion
from apps.institutions.models import Institution
from apps.institutions.policies import can_edit_institution, can_supervise


def lock_for_edit(*, actor: Actor, now: dt.datetime, institution_id: int, version: int | None = None) -> Institution:
    """The locked file, if the actor may edit it. `version`: what the person saw, where a whole page is edited."""
    institution = _lock(institution_id)
    if actor.user is not None and not can_edit_institution(actor.user, institution, today(now)):
        raise Refused("scope")
    if version is not None and institution.version != version:
        raise StaleVersion
    return institution


def lock_for_supervision(actor: Actor, institution_id: int, version: int | None = None) -> Institution:
    """The locked file, if the actor supervises it. `version` as above."""
    institution = _lock(institution_id)
    if actor.user is not None and not can_supervise(actor.user, institution):
        raise Refused("scope")
    if version is not None and institution.version != version:
        raise StaleVersion
    return institution


def _lock(institution_id: int) -> Institution:
    return Institution.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=institution_id)


def note(
    verb: str,
    institution: Institution,
    *,
    actor: Actor,
    now: dt.datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """The trail entry of an act on the file; `verb` is object.verb, e.g. "person.appoint"."""
    record(
        actor=actor,
        now=now,
        action=f"institutions.{verb}",
        subject_kind="institution",
        subject_id=institution.pk,
        before=before,
        after=after,
        reason=reason,
    )
