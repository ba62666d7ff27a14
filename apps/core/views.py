"""Health, and the pages for refused requests."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render


@login_not_required
def healthz(request):
    """The process answers. Nothing else is asked, so that a database fault does not restart every web process."""
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request, reason=""):
    return render(request, "403.html", {"csrf": True}, status=403)
