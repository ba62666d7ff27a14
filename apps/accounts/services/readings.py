"""Reading the trail is itself an act: who looked at sensitive entries, and who took the trail away."""

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


def record_export(*, actor: Actor, now: dt.datetime, form: str, asked: dict[str, str]) -> None:
    """Entries left the portal as a file. Written before the first byte goes out: no record, no file."""
    require(actor, Permission.AUDIT_READ)
    with transaction.atomic():
        record(
            actor=actor,
            now=now,
            action="audit.trail.export",
            subject_kind="audit_trail",
            subject_id=form,
            after={"filter": asked},
        )
