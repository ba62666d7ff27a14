"""Response rules that hold for every page."""

from django.conf import settings


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
