"""What was refused leaves a trace."""

import datetime as dt
from collections.abc import Iterable

import structlog
from django.db import transaction

from apps.accounts.constants import Permission
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.text import printable

log = structlog.get_logger(__name__)


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


def record_failed_sign_in(*, actor: Actor, now: dt.datetime, login_name: str, factor: str) -> None:
    """A wrong password or second factor. The name typed stands in the entry; who typed it is not known."""
    name = printable(login_name)[:150]
    log.warning("sign_in_failed", login_name=name, factor=factor, ip=actor.ip)
    _sign_in_trail(actor, now, "accounts.session.fail", {"login_name": name, "factor": factor})


def record_blocked_sign_in(*, actor: Actor, now: dt.datetime, login_name: str, limit: str) -> None:
    """Sign-in attempts went over a limit; further ones are refused unread. One entry when it happens, not for each."""
    name = printable(login_name)[:150]
    log.warning("sign_in_blocked", login_name=name, limit=limit, ip=actor.ip)
    _sign_in_trail(actor, now, "accounts.session.block", {"login_name": name, "limit": limit})


def _sign_in_trail(actor: Actor, now: dt.datetime, action: str, after: dict[str, str]) -> None:
    subject = after["login_name"][:64]
    with transaction.atomic():
        record(actor=actor, now=now, action=action, subject_kind="login", subject_id=subject, after={**after})
