"""Response rules that hold for every page."""


class PrivatePagesMiddleware:
    """A page made for a signed-in person is never stored by a browser or a proxy (back button, shared computers)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response
