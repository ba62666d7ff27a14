"""The register of compulsory certification, and what changed in its catalogue."""

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission, scope_of
from apps.accounts.requests import actor_of
from apps.certifications.rules import effective_status
from apps.certifications.selectors.ccc import ccc_register, editions
from apps.core.calendar import today
from apps.core.forms import attempt, posted, status_of
from apps.core.pages import CappedPaginator
from apps.schemes.forms import ChangeForm, RegisterFilter
from apps.schemes.rules.stock import stock_duty
from apps.schemes.selectors import catalogue as reads
from apps.schemes.services.catalogue import ChangeFacts, enter_change

VIEW, EDIT = Permission.CERTIFICATE_VIEW_INTERNAL, Permission.SCHEME_EDIT
PAGE_SIZE, COUNTED = 50, 10_000


@staff_permission(VIEW)
@require_GET
def register(request):
    """Who holds, applied for, makes and manufactures under which CCC certificate, in the unit's own area."""
    on, form = today(timezone.now()), RegisterFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    scope, county = scope_of(request.user), asked.get("county", "")
    prefix = county if county.startswith(scope) else scope
    found = ccc_register(prefix, state=asked.get("state", ""), code=asked.get("product", ""), on=on)
    page = CappedPaginator(found, PAGE_SIZE, cap=COUNTED).get_page(request.GET.get("page"))
    rows = [
        (row, reads.parties_of(row), stock_duty(row.shape, effective_status(row.status, row.valid_to, on)))
        for row in page
    ]
    return render(request, "schemes/register.html", {"form": form, "page": page, "rows": rows, "today": on})


@login_not_required
@require_safe
def catalogue(request):
    """Two editions side by side, and what was added from when."""
    names = {name: request.GET.get(name, "")[:16] for name in ("newer", "older")}
    context = {
        "compared": reads.compared(**names),
        "editions": editions(),
        "changes": [(change, reads.change_note(change)) for change in reads.changes()],
        "today": today(timezone.now()),
        "may_see": has_permission(request.user, VIEW) if request.user.is_authenticated else False,
        "may_edit": has_permission(request.user, EDIT) if request.user.is_authenticated else False,
    }
    return render(request, "schemes/catalogue.html", context)


@staff_permission(VIEW)
@require_GET
def affected(request, pk):
    """Whom a change reaches, in the unit's own area."""
    change = reads.get_change(pk)
    context = {
        "change": change,
        "note": reads.change_note(change),
        "rows": reads.affected_by(change, scope_of(request.user)),
        "today": today(timezone.now()),
    }
    return render(request, "schemes/affected.html", context)


@staff_permission(EDIT)
@require_http_methods(["GET", "POST"])
def change_new(request):
    form = ChangeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actor, now, facts = actor_of(request), timezone.now(), ChangeFacts(**form.cleaned_data)
        if attempt(form, lambda: enter_change(actor=actor, now=now, facts=facts)) == 200:
            flash.success(request, _("目录变化已登记，受影响的单位将按提醒规则收到提醒。"))
            return redirect("schemes:catalogue")
    return render(request, "schemes/change_new.html", {"form": form}, status=status_of(form))
