"""Language and look. Both are the person's own settings in cookies, so these pages are open to everybody."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.forms import posted, way_back
from apps.portal.appearance import CHOICES
from apps.portal.forms import AppearanceForm

A_YEAR = 365 * 24 * 3600


@login_not_required
@require_GET
def language(request, code):
    """Switch the language and come back to the same page. A plain link, because it changes nothing but the words."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponseRedirect(_back(request))
    _remember(response, request, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def appearance(request):
    """Theme, type size, density, keyboard; works without JavaScript."""
    chosen = {name: request.COOKIES.get(name, "") for name in CHOICES}
    form = AppearanceForm(posted(request), initial=chosen)
    if request.method == "POST" and form.is_valid():
        response = HttpResponseRedirect(_back(request))
        for name, value in form.cleaned_data.items():
            _remember(response, request, name, value)
        return response
    status = 422 if request.method == "POST" else 200
    return render(request, "portal/appearance.html", {"form": form, "next": _back(request)}, status=status)


def _back(request):
    """Where the person came from, if that is a page of ours; otherwise the home page."""
    return way_back(request) or reverse("portal:home")


def _remember(response, request, name, value):
    if value:
        response.set_cookie(name, value, max_age=A_YEAR, secure=request.is_secure(), samesite="Lax")
    else:
        response.delete_cookie(name, samesite="Lax")
