"""Reading the trail is itself an act: who looked at sensitive entries (who took it away: exports.py)."""

import datetime as dt

from django.db import transaction

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import record
from apps.core.actors import Actor


def record_reading(*, actor: Actor, now: dt.datetime, entry_id: int, action: str) -> None:
    """A sensitive entry was opened."""
    require(actor, Permission.AUDIT_READ)
    with transaction.atomic():
        record(
            actor=actor,
            now=now,
            action="audit.entry.read",
            subject_kind="audit_entry",
            subject_id=entry_id,
            after={"action": action},
        )
