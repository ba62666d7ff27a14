"""Writes about people: what was refused to them, their accounts, roles and sessions."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from apps.accounts.constants import Permission
from apps.audit.services import record
from apps.core.actors import Actor


def record_refusal(*, actor: Actor, now: dt.datetime, path: str, wanted: Iterable[Permission]) -> None:
    """A signed-in person tried a page that their roles do not open. One trail entry, nothing else changes."""
    with transaction.atomic():
        record(
            actor=actor,
            now=now,
            action="accounts.access.refuse",
            subject_kind="page",
            subject_id=path[:64],
            after={"path": path[:500], "permissions": sorted(str(permission) for permission in wanted)},
        )
