"""Entering one certificate by hand, and mending its places and details."""

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.requests import actor_of
from apps.certifications.constants import Shape
from apps.certifications.forms.details import DetailForm
from apps.certifications.forms.entering import EnterForm, SitesForm
from apps.certifications.policies import get_visible_certificate
from apps.certifications.services.file import set_detail, set_sites
from apps.certifications.services.records import record_certificate
from apps.certifications.views.shared import answer
from apps.core.calendar import today
from apps.core.drafts import Drafting
from apps.core.forms import attempt, posted, status_of

RECORD = Permission.CERTIFICATE_RECORD_STATUS


@require_GET
@staff_permission(RECORD)
def choose_shape(request):
    """Which of the four kinds of paper lies on the desk."""
    return render(request, "certifications/enter_start.html", {"shapes": Shape.choices})


@require_http_methods(["GET", "POST"])
@staff_permission(RECORD)
def enter(request, shape):
    if shape not in Shape.values:
        raise Http404
    call: dict[str, Any] = {"actor": actor_of(request), "now": timezone.now()}
    drafting = Drafting(request, **call, key=f"certifications.enter.{shape}", title=_entering(shape))
    form = EnterForm(drafting.data, shape=shape, viewer=request.user, on=today(call["now"]))
    if answered := drafting.step(form):
        return answered
    status, made = 200, []
    if request.method == "POST":
        status = status_of(form)
        if form.is_valid():
            status = attempt(form, lambda: made.append(record_certificate(**call, data=form.as_data())))
        if made:
            drafting.done()
            messages.success(request, _("证书已登记，公开页面可以查到。"))
            return redirect("certifications:staff_file", made[0].pk)
    context = {"form": form, "shape": Shape(shape).label, "drafting": drafting}
    return render(request, "certifications/enter.html", context, status=status)


def _entering(shape):
    return _("登记证书：%(shape)s") % {"shape": Shape(shape).label}


@require_http_methods(["GET", "POST"])
@staff_permission(RECORD)
def sites(request, pk):
    certificate = get_visible_certificate(request.user, pk)
    form = SitesForm(posted(request), initial=SitesForm.initial_of(certificate))
    return answer(request, certificate, form, set_sites, _("更正场所"), _("场所已更正。"))


@require_http_methods(["GET", "POST"])
@staff_permission(RECORD)
def detail(request, pk):
    certificate = get_visible_certificate(request.user, pk)
    form = DetailForm(posted(request), certificate=certificate, viewer=request.user, on=today(timezone.now()))

    def service(**call: Any) -> None:
        places = {name: call[name] for name in ("actor", "now", "certificate_id")}
        set_detail(**places, **form.as_call())

    return answer(request, certificate, form, service, _("更正本类证书的信息"), _("更正已登记。"))
