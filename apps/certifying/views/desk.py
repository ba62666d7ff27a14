"""A body's own pages: what lies with it, its people, what it offers; and what the bureau sees of all of it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.certifications.selectors.reference import project_names
from apps.certifying.forms.applying import OfferForm, TieForm
from apps.certifying.selectors.bodies import offers_of
from apps.certifying.selectors.desk import clients_due, desk_rows, steps_measured, watched
from apps.certifying.selectors.people import people_of_body
from apps.certifying.services.people import declare_offer, declare_tie
from apps.certifying.views.shared import acting_body, call_of, day
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.parties.policies import is_manager


@require_safe
def index(request):
    """Applications by whose turn it is, and clients whose certificates end or whose surveillance is due."""
    body = acting_body(request)
    tab = request.GET.get("tab", "mine")
    rows = desk_rows(request.user, body.pk, day(), tab if tab in ("mine", "open", "closed") else "mine")
    context = {"body": body, "rows": rows, "tab": tab, "due": clients_due(body.pk, day())}
    return render(request, "certifying/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def people(request):
    """The body's people: duties, bans, and from whose files they keep off."""
    body = acting_body(request)
    rows = people_of_body(body.pk, day())
    form = TieForm(posted(request), people=[row.user for row in rows])
    if request.method == "POST" and form.is_valid():
        try:
            declare_tie(**call_of(request), body_id=body.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("回避申报已登记，立即生效。"))
            return redirect("certifying:people")
    context = {"body": body, "rows": rows, "form": form, "manages": is_manager(request.user, body.pk, day())}
    return render(request, "certifying/people.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def offers(request):
    """For which projects the body takes applications, at which fees."""
    body = acting_body(request)
    english = (get_language() or "").startswith("en")
    form = OfferForm(posted(request), projects=project_names(english=english))
    if request.method == "POST" and form.is_valid():
        try:
            declare_offer(**call_of(request), body_id=body.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("已公开在认证机构名录中。"))
            return redirect("certifying:offers")
    context = {"body": body, "rows": offers_of(body.pk), "form": form}
    context["manages"] = is_manager(request.user, body.pk, day())
    return render(request, "certifying/offers.html", context, status=status_of(form))


@require_safe
@staff_permission(Permission.FILE_VIEW)
def watch(request):
    """What bodies do here, by county: open files, late steps, returns, findings, days per step."""
    context = {"rows": watched(request.user, day()), "steps": steps_measured(request.user, day())}
    return render(request, "certifying/watch.html", context)
