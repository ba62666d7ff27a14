"""Setting a password, and remembering the last ones."""

import datetime as dt

from django.db import transaction

from apps.accounts.models import PasswordHistory, User
from apps.accounts.rules import PASSWORDS_REMEMBERED
from apps.audit.services import record
from apps.core.actors import Actor


def set_password(*, user: User, password: str, now: dt.datetime) -> None:
    """Give the person a new password; the validators have passed it (passwords.py). The caller writes the trail.

    Keeps the hashes of the last five, the new one included, so that staff cannot go back to one.
    """
    with transaction.atomic():
        user.set_password(password)
        user.password_changed_at = now
        user.save(update_fields=["password", "password_changed_at"])
        PasswordHistory.objects.create(user=user, password=user.password, at=now)
        kept = PasswordHistory.objects.filter(user=user).order_by("-at", "-pk")[:PASSWORDS_REMEMBERED]
        PasswordHistory.objects.filter(user=user).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


def record_security_change(
    *, actor: Actor, now: dt.datetime, user: User, action: str, after: dict[str, str] | None = None
) -> None:
    """A person's password, e-mail or second factor changed; allauth has written it, this writes the trail."""
    with transaction.atomic():
        record(actor=actor, now=now, action=action, subject_kind="user", subject_id=user.pk, after=after)
