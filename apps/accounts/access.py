"""Who may open a page: decorators that refuse before the view runs and that the URL matrix test can read.

A decorated view carries `audience` ("staff") and `permissions` (any one of them opens it; empty: every staff member).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.accounts.services.refusals import record_refusal

View = Callable[..., HttpResponseBase]


def staff_permission(*permissions: Permission) -> Callable[[View], View]:
    """The view is for staff who hold one of the permissions. Everybody else who is signed in gets the 403 page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            if not any(has_permission(request.user, permission) for permission in permissions):
                refuse(request, *permissions)
            return view(request, *args, **kwargs)

        guarded.audience = "staff"  # type: ignore[attr-defined]
        guarded.permissions = frozenset(permissions)  # type: ignore[attr-defined]
        return guarded

    return decorate


def staff_required(view: View) -> View:
    """The view is for every member of staff, whatever their role."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if not request.user.is_staff_member:
            refuse(request)
        return view(request, *args, **kwargs)

    guarded.audience = "staff"  # type: ignore[attr-defined]
    guarded.permissions = frozenset()  # type: ignore[attr-defined]
    return guarded


def refuse(request: HttpRequest, *permissions: Permission) -> None:
    """Leave a trail entry of the attempt and answer 403."""
    record_refusal(actor=actor_of(request), now=timezone.now(), path=request.path, wanted=permissions)
    raise PermissionDenied


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the person to the sign-in page and back. A page fragment gets 401 and no body, or htmx would swap it in."""
    if request.headers.get("HX-Request") != "true":
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    current = request.headers.get("HX-Current-URL", "")
    here = urlsplit(current).path if url_has_allowed_host_and_scheme(current, {request.get_host()}) else "/"
    target = redirect_to_login(here, resolve_url(settings.LOGIN_URL))
    return HttpResponse(status=401, headers={"HX-Redirect": target.url})


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Closed by default: a view is public only if it says login_not_required."""

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """A public view first: to ask who came would make its answer vary by cookie."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]  # 401 for a fragment is no redirect
        self, request: HttpRequest, view_func: View
    ) -> HttpResponse:
        return ask_to_sign_in(request)
