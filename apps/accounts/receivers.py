"""What happens to a sign-in, a password or a second factor, heard from Django and allauth.

Signals carry no logic elsewhere in this project. Here they are the only hook: allauth offers no other call when a
person signs in by passkey, binds a factor or resets a password. Each receiver only hands on to a service.
"""

from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import signals as auth
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts import throttle
from apps.accounts.constants import SessionEnd
from apps.accounts.middleware import ENDED_BECAUSE, SESSION_ROW
from apps.accounts.models import User
from apps.accounts.requests import actor_for_user, anonymous_actor
from apps.accounts.services.passwords import record_security_change
from apps.accounts.services.refusals import record_failed_sign_in
from apps.accounts.services.sessions import end_session, end_sessions_of, prove_second_factor, start_session


@receiver(auth.user_logged_in)
def on_sign_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A demo account passes without a second factor in a demo; every page says so."""
    records = get_authentication_records(request, user)
    proven = any(entry["method"] == "mfa" for entry in records) or (settings.DEMO and user.demo)
    started = start_session(
        actor=actor_for_user(request, user),
        now=timezone.now(),
        second_factor=proven,
        user_agent=request.headers.get("User-Agent", ""),
    )
    request.session[SESSION_ROW] = started.pk
    request.session.pop(ENDED_BECAUSE, None)


@receiver(auth.user_logged_out)
def on_sign_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    row = request.session.get(SESSION_ROW)
    if user is not None and row is not None:
        actor = actor_for_user(request, user)
        end_session(actor=actor, now=timezone.now(), session_id=row, because=SessionEnd.SIGNED_OUT)


@receiver(auth.user_login_failed)
def on_wrong_password(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    if request is not None:
        name = str(credentials.get("email") or credentials.get("username") or "")
        record_failed_sign_in(actor=anonymous_actor(request), now=timezone.now(), login_name=name, factor="password")


@receiver(mfa.authentication_failed)
def on_wrong_second_factor(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record_failed_sign_in(
        actor=actor_for_user(request, user), now=timezone.now(), login_name=user.username, factor="second"
    )


@receiver([account.password_changed, account.password_set, account.password_reset])
def on_new_password(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Every other session of the person ends: whoever knew the old password is out."""
    actor, now = actor_for_user(request, user), timezone.now()
    record_security_change(actor=actor, now=now, user=user, action="accounts.password.change")
    keep = request.session.get(SESSION_ROW)
    end_sessions_of(actor=actor, now=now, user=user, because=SessionEnd.PASSWORD_CHANGED, keep=keep)


@receiver(account.password_reset)
def on_reset_by_mail(user: User, **kwargs: Any) -> None:
    """Whoever reads the owner's mail is the owner: strangers' guesses no longer count against them."""
    for name in (user.username, user.email):
        throttle.forget(throttle.STRANGERS, name.casefold())


@receiver(mfa.authenticator_added)
def on_factor_bound(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _factor_changed(request, user, authenticator, "accounts.factor.bind")
    if authenticator.type != Authenticator.Type.RECOVERY_CODES and request.session.get(SESSION_ROW):
        prove_second_factor(session_id=request.session[SESSION_ROW])


@receiver(mfa.authenticator_removed)
def on_factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _factor_changed(request, user, authenticator, "accounts.factor.remove")


@receiver(mfa.authenticator_reset)
def on_codes_renewed(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _factor_changed(request, user, authenticator, "accounts.factor.renew")


@receiver(account.user_signed_up)
def on_registration(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _account_changed(request, user, "accounts.account.register", email=user.email)


@receiver(account.email_confirmed)
def on_address_confirmed(request: HttpRequest, email_address: Any, **kwargs: Any) -> None:
    _account_changed(request, email_address.user, "accounts.email.confirm", email=email_address.email)


@receiver([account.email_added, account.email_removed])
def on_address_listed(request: HttpRequest, user: User, email_address: Any, signal: Any, **kwargs: Any) -> None:
    action = "accounts.email.add" if signal is account.email_added else "accounts.email.remove"
    _account_changed(request, user, action, email=email_address.email)


@receiver(account.email_changed)
def on_address_changed(request: HttpRequest, user: User, to_email_address: Any, **kwargs: Any) -> None:
    _account_changed(request, user, "accounts.email.change", email=to_email_address.email)


def _factor_changed(request: HttpRequest, user: User, authenticator: Authenticator, action: str) -> None:
    _account_changed(request, user, action, type=str(authenticator.type))


def _account_changed(request: HttpRequest, user: User, action: str, **after: str) -> None:
    actor = actor_for_user(request, user)
    record_security_change(actor=actor, now=timezone.now(), user=user, action=action, after=after)
