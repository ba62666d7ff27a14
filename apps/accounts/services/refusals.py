"""What was refused leaves a trace."""

import datetime as dt
from collections.abc import Iterable

import structlog
from django.db import transaction
from redis.exceptions import RedisError

from apps.accounts import throttle
from apps.accounts.constants import Permission
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.text import printable

log = structlog.get_logger(__name__)


def record_refusal(*, actor: Actor, now: dt.datetime, path: str, wanted: Iterable[Permission]) -> None:
    """A signed-in person tried a page that their roles do not open. One trail entry, nothing else changes."""
    permissions = sorted(str(permission) for permission in wanted)
    _refusal_trail(actor, now, "accounts.access.refuse", path, ",".join(permissions), {"permissions": permissions})


def record_refused_act(*, actor: Actor, now: dt.datetime, path: str, code: str) -> None:
    """A service refused what somebody tried, and its transaction is rolled back. `code` says which rule refused."""
    _refusal_trail(actor, now, "accounts.act.refuse", path, code, {"code": code})


def _refusal_trail(
    actor: Actor, now: dt.datetime, action: str, path: str, code: str, after: dict[str, str | list[str]]
) -> None:
    """One entry a minute for the same attempt: a flood must not fill the trail. The log has a line for each."""
    who, path = str(actor.user_id or actor.ip), printable(path)  # PostgreSQL stores no NUL
    log.warning("refused", action=action, path=path[:500], code=code, actor=who)
    if _told_already(who, path, code):
        return
    with transaction.atomic():
        record(
            actor=actor,
            now=now,
            action=action,
            subject_kind="page",
            subject_id=path[:64],
            after={"path": path[:500], **after},
        )


def _told_already(who: str, path: str, code: str) -> bool:
    """Whether the trail knows of this attempt, or of so many by this person that more would tell nothing new.

    Without Valkey each is recorded: rather too much in the trail than a refusal without a trace.
    """
    try:
        again = throttle.count(throttle.SAME_REFUSAL, who, path, code) > throttle.SAME_REFUSAL.attempts
        return again or throttle.count(throttle.REFUSALS, who) > throttle.REFUSALS.attempts
    except RedisError:
        return False


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
