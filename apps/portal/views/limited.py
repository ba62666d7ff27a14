"""The budget of public pages: over it, a page that says how long to wait (429 with Retry-After)."""

from functools import wraps

from django.shortcuts import render

from apps.accounts.requests import client_ip
from apps.core.limits import budget, seconds_to_wait


def limited(name):
    """Decorator: count the request under the budget `name` of settings.PUBLIC_BUDGETS."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            wait = seconds_to_wait(client_ip(request), budget(name))
            return too_many(request, wait) if wait else view(request, *args, **kwargs)

        return guarded

    return decorate


def too_many(request, wait):
    response = render(request, "429.html", {"retry_after": wait}, status=429)
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response
