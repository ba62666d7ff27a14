"""Home pages: one for the public, one for staff, one for people who act for organisations."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_permission, staff_required
from apps.accounts.constants import Permission
from apps.accounts.policies import scope_of
from apps.accounts.selectors import actor_for
from apps.certifications.selectors import workload
from apps.certifications.selectors.obligations import expiring
from apps.core.calendar import today
from apps.core.selectors import drafts_of_person
from apps.core.services import discard_draft
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
    context = {"desk": selectors.desk_of(request.user, timezone.now()), "drafts": selectors.drafts_of(request.user)}
    return render(request, "portal/home_staff.html", context)


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
    drafts = selectors.drafts_of(request.user, [each.organisation for each in duties])
    return render(request, "portal/home_enterprise.html", {"duties": duties, "drafts": drafts})


@require_POST
def draft_discard(request, pk):
    """Give up a draft from the list, without opening its form (which may be closed by now)."""
    organisations = [organisation.pk for organisation in request.organisations]
    draft = drafts_of_person(request.user.pk, organisations).filter(pk=pk).first()
    if draft is None:
        raise Http404
    discard_draft(actor=actor_for(request.user, organisation_id=draft.organisation_id or None), key=draft.key)
    messages.success(request, _("草稿已放弃"))
    return redirect("portal:desk" if request.user.is_staff_member else "portal:obligations")
