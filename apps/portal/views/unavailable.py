"""The answer "cannot check" when the database is away: nothing that could be taken for a verdict."""

import structlog
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import render

from apps.certifications.rules.verdict import Kind, verdict_of

log = structlog.get_logger(__name__)


def cannot_check(request, error):
    """503 with the verdict card. Draws the page as for nobody, because who asks is in the database too."""
    log.error("register_unavailable", error=str(error))
    request.user = AnonymousUser()
    context = {"verdict": verdict_of(Kind.CANNOT_CHECK)}
    response = render(request, "portal/cannot_check.html", context, status=503)
    response.headers["Retry-After"] = "60"
    response.headers["Cache-Control"] = "no-store"
    return response
