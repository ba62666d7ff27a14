"""Response rules that hold for every page."""

from dataclasses import asdict

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpResponseBadRequest, QueryDict, UnreadablePostError
from django.template import loader

from apps.core.text import storable

UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
# What a page of ours never needs; a script that got in could not use it either.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "microphone", "geolocation", "payment", "usb", "serial", "bluetooth", "midi", "hid")
)


class PermissionsPolicyMiddleware:
    """No page of ours uses the browser's devices. Passkeys need no entry: they are allowed to the own origin."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp writes the header anew for each answer. Ours has no nonce and no exception: it is one text."""

    def __init__(self, get_response):
        super().__init__(get_response)
        self.policy = build_policy(**asdict(self.get_policy_parts(request=None, response=None)))  # type: ignore[arg-type]  # our policy asks neither

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self.policy)  # type: ignore[union-attr]  # no asynchronous views
        return response


class Utf8OnlyMiddleware:
    """A request that declares another encoding than UTF-8 is refused before anybody reads it.

    No browser sends one: pages of ours are UTF-8. Django would hand `charset=hex` to the parser of the query or the
    form, which then raises where nothing catches it, even inside the page for refused requests: a 500 for everybody.
    (`Utf8Request` keeps it from the query, which Django reads before any middleware.)
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.content_params.get("charset", "utf-8").lower() not in UTF8:
            return HttpResponseBadRequest(loader.get_template("400.html").render())
        return self.get_response(request)


class StorableTextMiddleware:
    """No NUL comes from a query, a cookie or an address to a view: PostgreSQL refuses it, which would be a 500.

    No person types one. It is replaced rather than refused, so that the view answers as it answers to any nonsense.
    The raw texts are searched first: nearly every request has none.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query, cookies = request.META.get("QUERY_STRING", ""), request.META.get("HTTP_COOKIE", "")
        if "%00" in query or "\0" in query:
            request.GET = _storable(request.GET)
        if "\\000" in cookies or "\0" in cookies:
            request.COOKIES = {name: storable(value) for name, value in request.COOKIES.items()}
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        for name, value in kwargs.items():
            if isinstance(value, str):
                kwargs[name] = storable(value)


class StorableFormMiddleware:
    """The same for the fields of a posted form. Behind the check of the CSRF token, which comes before any reading."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if hasattr(view, "cls"):
            return  # an interface for programs reads its content itself: once it knows who calls, within limits
        try:
            if any(storable(value) != value for _name, values in request.POST.lists() for value in values):
                request.POST = _storable(request.POST)
        except UnreadablePostError:
            return  # the sender is gone


def _storable(given):
    """A copy of a QueryDict, every value storable."""
    made = QueryDict(mutable=True)
    for name, values in given.lists():
        made.setlist(storable(name), [storable(value) for value in values])
    made._mutable = False
    return made


class PrivatePagesMiddleware:
    """A page made for a signed-in person is never stored by a browser or a proxy (back button, shared computers).

    Whoever brings no session is not asked who they are: that would touch the session, and make an answer that is the
    same for everybody vary by cookie. A page that says nothing of its keeping is for this browser only.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if self._knows_somebody(request) and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        else:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def _knows_somebody(self, request):
        """With a session cookie, or after a sign-in within this request."""
        return settings.SESSION_COOKIE_NAME in request.COOKIES or request.session.accessed
