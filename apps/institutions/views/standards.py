"""The standards library: open to everyone to read, kept by staff."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.institutions.forms.scopes import StandardFilterForm, StandardForm
from apps.institutions.selectors.standards import find_standards, standard_by_id
from apps.institutions.services.standards import StandardFacts, record_standard
from apps.institutions.views.shared import call_of, page_of


@login_not_required
@require_safe
def listing(request):
    """Which standard is current, and what replaced an old one."""
    form = StandardFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "status": ""}
    found = find_standards(query=asked["q"], status=asked["status"])
    may_edit = has_permission(request.user, Permission.STANDARD_EDIT)
    context = {"form": form, "page": page_of(request, found), "may_edit": may_edit}
    return render(request, "institutions/standards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission(Permission.STANDARD_EDIT)
def edit(request, pk=None):
    """Add a standard or correct one."""
    standard = standard_by_id(pk) if pk else None
    if pk and standard is None:
        raise Http404
    form = StandardForm(posted(request), initial=_initial(standard))
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        version = asked.pop("version")
        try:
            record_standard(**call_of(request), facts=StandardFacts(**asked), standard_id=pk, version=version)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            if standard is not None:
                standard.refresh_from_db(fields=["version"])
                on_top_of(form, standard.version)
        else:
            messages.success(request, _("已保存"))
            return redirect("institutions:standards")
    context = {"form": form, "standard": standard}
    return render(request, "institutions/standard_edit.html", context, status=status_of(form) if form.is_bound else 200)


def _initial(standard):
    if standard is None:
        return {"version": 0, "status": "current"}
    names = ("code", "title", "title_en", "status", "effective_on", "ended_on", "source", "verified", "version")
    followers = ", ".join(standard.replaced_by.values_list("code", flat=True))
    return {**{name: getattr(standard, name) for name in names}, "replaced_by": followers}
