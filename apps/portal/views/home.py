"""Home pages: one for the public, one for staff, one for people who act for organisations."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.access import staff_permission, staff_required
from apps.accounts.constants import Permission
from apps.accounts.policies import scope_of
from apps.certifications.selectors import workload
from apps.certifications.selectors.obligations import expiring
from apps.core.calendar import today
from apps.portal import selectors
from apps.portal.forms import ExpiringForm

PAGE_SIZE = 50


@login_not_required
@require_safe
def home(request):
    """The public's home page; a signed-in person goes on to their own."""
    if request.user.is_authenticated:
        return redirect("portal:desk" if request.user.is_staff_member else "portal:obligations")
    return render(request, "portal/home.html", {"last_received": workload.last_received()})


@staff_required
@require_safe
def desk(request):
    return render(request, "portal/home_staff.html", {"desk": selectors.desk_of(request.user, timezone.now())})


@staff_permission(Permission.CERTIFICATE_VIEW_INTERNAL)
@require_safe
def expiring_list(request):
    """The list behind the numbers of the desk: the same query, so the same count."""
    form = ExpiringForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = expiring(scope_of(request.user), today(timezone.now()), asked.get("within") or ExpiringForm.DEFAULT)
    if asked.get("division"):
        rows = rows.filter(division_code=asked["division"])
    page = Paginator(rows.select_related("project", "body", "holder"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "portal/expiring.html", {"form": form, "page": page, "today": today(timezone.now())})


@require_safe
def obligations(request):
    """What is due for the organisations that the person acts for."""
    duties = selectors.duties_of(request.user, timezone.now())
    return render(request, "portal/home_enterprise.html", {"duties": duties})
