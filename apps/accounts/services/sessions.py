"""The start and the end of sessions: how many a person may have, and why one ended."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.constants import SessionEnd
from apps.accounts.models import User, UserSession
from apps.accounts.rules import SESSION_LIMITS
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.text import printable

TOUCH_EVERY = dt.timedelta(minutes=1)


def start_session(*, actor: Actor, now: dt.datetime, second_factor: bool, user_agent: str) -> UserSession:
    """A person signed in. Ends their oldest sessions beyond the realm's number: one for staff, three for others.

    Locks the person's row, so that two sign-ins at once cannot both stay.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.user.pk)
        started = UserSession.objects.create(
            user=user,
            started_at=now,
            seen_at=now,
            second_factor=second_factor,
            ip=actor.ip,
            user_agent=printable(user_agent)[:300],
        )
        others = running_sessions(user).exclude(pk=started.pk).order_by("-started_at", "-pk")
        surplus = others[SESSION_LIMITS[user.realm].parallel - 1 :]
        ended = _end(
            UserSession.objects.filter(pk__in=list(surplus.values_list("pk", flat=True))), SessionEnd.SUPERSEDED, now
        )
        after = {"session": started.pk, "second_factor": second_factor, "ended_others": ended}
        _trail(actor, now, "accounts.session.start", user, after)
    return started


def end_session(*, actor: Actor, now: dt.datetime, session_id: int, because: SessionEnd) -> bool:
    """End one session of the actor's own person. False if there is no such running session."""
    with transaction.atomic():
        ended = _end(running_sessions(actor.user).filter(pk=session_id), because, now)
        if ended:
            _trail(actor, now, "accounts.session.end", actor.user, {"session": session_id, "because": str(because)})
    return bool(ended)


def end_sessions_of(*, actor: Actor, now: dt.datetime, user: User, because: SessionEnd, keep: int | None = None) -> int:
    """End every running session of a person, except the one kept. Returns how many ended."""
    with transaction.atomic():
        ended = _end(running_sessions(user).exclude(pk=keep or 0), because, now)
        if ended:
            _trail(actor, now, "accounts.session.end", user, {"sessions": ended, "because": str(because)})
    return ended


def prove_second_factor(*, session_id: int) -> None:
    """The person of this session has just bound a second factor, and so proved that they hold it."""
    UserSession.objects.filter(pk=session_id).update(second_factor=True)


def touch(*, session: UserSession, now: dt.datetime) -> None:
    """Note that the session is in use; once a minute is enough for limits counted in minutes."""
    if now - session.seen_at >= TOUCH_EVERY:
        UserSession.objects.filter(pk=session.pk).update(seen_at=now)


def running_sessions(user: User) -> QuerySet[UserSession]:
    return UserSession.objects.filter(user=user, ended_at=None)


def _end(sessions: QuerySet[UserSession], because: SessionEnd, now: dt.datetime) -> int:
    return sessions.filter(ended_at=None).update(ended_at=now, ended_because=because)


def _trail(actor: Actor, now: dt.datetime, action: str, user: User, after: Mapping[str, object]) -> None:
    record(actor=actor, now=now, action=action, subject_kind="user", subject_id=user.pk, after={**after})
