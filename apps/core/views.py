"""Health, and the pages for refused requests."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import selectors


@login_not_required
@require_safe
def healthz(request):
    """The process answers. Nothing else is asked, so that a database fault does not restart every web process."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request):
    """Whether this installation can serve: database, broker, migrations, periodic jobs; 503 names what cannot.

    The last run of each job and the standing alarms come with it; an alarm alone is no reason for a 503.
    """
    now = timezone.now()
    faults = selectors.readiness_faults(now)
    detail = {} if faults.keys() & {"database", "migrations"} else selectors.readiness_detail(now)
    answer = {"status": "not ready", "faults": faults} if faults else {"status": "ready"}
    return JsonResponse({**answer, **detail}, status=503 if faults else 200)


def csrf_failure(request, reason=""):
    return render(request, "403.html", {"csrf": True}, status=403)
