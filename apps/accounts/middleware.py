"""Session limits, and what a member of staff must do before anything else.

Neither touches the session or the database unless the browser brought a session cookie: public pages stay cheap, and
their answers do not vary by cookie.
"""

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.defaults import permission_denied
from django_structlog.middlewares import RequestMiddleware

from apps.accounts.constants import NEVER_YOURS, SessionEnd
from apps.accounts.models import UserSession
from apps.accounts.requests import actor_of, anonymous_actor, client_ip
from apps.accounts.rules import password_expired, session_over
from apps.accounts.services import sessions
from apps.accounts.services.refusals import record_refused_act
from apps.core.problems import Refused, StaleVersion, noting_refusals

ABSENT = "absent"  # code in the trail of what is not there, or not for this person
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


class RequestLogMiddleware(RequestMiddleware):
    """One line per request, without what was asked: the search box gets names and identity numbers typed into it.

    The address is that of the nearest proxy that we believe, not what a client claims.
    """

    @classmethod
    def bind_ip(cls, request):
        structlog.contextvars.bind_contextvars(ip=client_ip(request))

    @staticmethod
    def format_request(request):
        return f"{request.method} {request.path}"

    @staticmethod
    def bind_user_id(request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            RequestMiddleware.bind_user_id(request)


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


class RefusalsMiddleware:
    """What a service refused leaves a trail entry, whatever the view made of it; what no view caught gets a page.

    So does an object that is not there for this person: absent and forbidden look alike, and whoever tries one id after
    the other shall be seen. The entry is written after the view, so after the rollback of the refused transaction.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.found_nothing = False
        with noting_refusals() as refusals:
            response = self.get_response(request)
        codes = [refusal.code for refusal in refusals] + ([ABSENT] if request.found_nothing else [])
        for code in dict.fromkeys(codes):
            actor = actor_of(request) if request.user.is_authenticated else anonymous_actor(request)
            record_refused_act(actor=actor, now=timezone.now(), path=request.path, code=code)
        return response

    def process_view(self, request, view, args, kwargs):
        request.private_object = bool(kwargs) and getattr(view, "login_required", True)

    def process_exception(self, request, exception):
        """403 for what is never this person's, 409 for what is not possible now. Never 500."""
        if isinstance(exception, Http404):
            request.found_nothing = request.private_object and request.user.is_authenticated
        if not isinstance(exception, Refused):
            return None
        if exception.code in NEVER_YOURS:
            return permission_denied(request, PermissionDenied())
        stale = isinstance(exception, StaleVersion)
        context = {"stale": stale, "reason": exception.reason, "typed": _typed(request)}
        return render(request, "accounts/refused.html", context, status=409)


def _typed(request):
    """The free text that came with a refused form, so that nothing typed is lost. No choices, tokens or passwords."""
    unsaid = ("csrfmiddlewaretoken", "version", "next")
    texts = [text for name, text in request.POST.items() if name not in unsaid and "password" not in name]
    return [text for text in texts if text.strip() and not (text.isascii() and text.isidentifier()) and len(text) > 3]
