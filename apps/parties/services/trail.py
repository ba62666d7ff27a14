"""How an act of parties stands in the trail: parties.<kind>.<verb>, about one subject of that kind."""

import datetime as dt
from typing import Any

from apps.audit.services import record
from apps.core.actors import Actor


def note(
    *,
    actor: Actor,
    now: dt.datetime,
    kind: str,
    verb: str,
    subject_id: int,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Called by every service here, inside its transaction."""
    record(
        actor=actor,
        now=now,
        action=f"parties.{kind}.{verb}",
        subject_kind=kind,
        subject_id=subject_id,
        before=before,
        after=after,
        reason=reason,
    )
