"""Home pages: one for the public, one for staff, one for people who act for organisations."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.accounts.access import staff_required


@login_not_required
@require_safe
def home(request):
    """The public's home page; a signed-in person goes on to their own."""
    if request.user.is_authenticated:
        return redirect("portal:desk" if request.user.is_staff_member else "portal:obligations")
    return render(request, "portal/home.html")


@staff_required
@require_safe
def desk(request):
    return render(request, "portal/home_staff.html")


@require_safe
def obligations(request):
    return render(request, "portal/home_enterprise.html")
