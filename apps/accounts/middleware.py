"""Session limits, and what a member of staff must do before anything else.

Neither touches the session or the database unless the browser brought a session cookie: public pages stay cheap, and
their answers do not vary by cookie.
"""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import SessionEnd
from apps.accounts.models import UserSession
from apps.accounts.requests import actor_of
from apps.accounts.rules import password_expired, session_over
from apps.accounts.services import sessions

SESSION_ROW = "user_session"  # session key: the id of the UserSession row
ENDED_BECAUSE = "session_ended"  # session key of the anonymous session that follows: why the former one ended

ENROLMENT = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_reauthenticate",
    "account_logout",
    "set_language",
    "language",
    "appearance",
}
PASSWORD_CHANGE = {
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "set_language",
    "language",
    "appearance",
}


class SessionLimitsMiddleware:
    """Ends a session that idled or lasted too long, or that was ended elsewhere; `request.user_session` otherwise."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user_session = None
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _check_session(request)
        return self.get_response(request)


def _check_session(request):
    """The row is asked before Django looks the person up: a changed password would make Django forget the row."""
    row_id = request.session.get(SESSION_ROW)
    if row_id is None:
        if request.user.is_authenticated:
            _drop(request, SessionEnd.UNKNOWN)
        return
    now = timezone.now()
    row = UserSession.objects.filter(pk=row_id).first()
    if row is None or row.ended_at is not None:
        _drop(request, row.ended_because if row else SessionEnd.UNKNOWN)
    elif not request.user.is_authenticated or request.user.pk != row.user_id:
        _drop(request, SessionEnd.UNKNOWN)
    elif over := session_over(request.user.realm, row.started_at, row.seen_at, now):
        sessions.end_session(actor=actor_of(request), now=now, session_id=row.pk, because=over)
        _drop(request, over)
    else:
        sessions.touch(session=row, now=now)
        request.user_session = row


def _drop(request, because):
    """The browser goes on as a stranger, and the sign-in page says why."""
    request.session.flush()
    request.session[ENDED_BECAUSE] = str(because)
    request.user = AnonymousUser()


class SecondFactorMiddleware:
    """Staff first bind a second factor, then renew an old password; until then they reach nothing else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        session = request.user_session
        if session is None or not request.user.is_staff_member:
            return None
        name = request.resolver_match.url_name
        if not session.second_factor:
            return None if name in ENROLMENT else _first(request, "mfa_index")
        if password_expired(request.user.realm, request.user.password_changed_at, timezone.now()):
            return None if name in PASSWORD_CHANGE else _first(request, "account_change_password")
        return None


def _first(request, url_name):
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": reverse(url_name)})
    return HttpResponseRedirect(reverse(url_name))
