"""How the installation runs: what alarms, and the last run of each periodic job."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.core import alarms
from apps.core.selectors import job_states, readiness_faults


@staff_permission(Permission.OPERATIONS_VIEW)
@require_safe
def operations(request):
    now = timezone.now()
    context = {"alarms": alarms.standing(now), "faults": readiness_faults(now), "states": job_states(now)}
    return render(request, "portal/operations.html", context)
