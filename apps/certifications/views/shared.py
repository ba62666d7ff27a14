"""What the staff views have in common: a service's refusals become errors on the form, with the right status."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.requests import actor_of
from apps.certifications.policies import get_visible_certificate
from apps.core.calendar import today
from apps.core.forms import put_problems
from apps.core.problems import ProblemsFound, Refused, StaleVersion


def attempt(form: BaseForm, call: Callable[[], Any]) -> int:
    """Run the service. 200 if it did its work, else the status of the page that shows why it did not.

    422: the input is faulty. 409: somebody else was faster, or the state does not allow it.
    """
    try:
        call()
    except ProblemsFound as found:
        for problem in found.problems:
            place = problem.place if problem.place in form.fields else None
            form.add_error(place, str(problem))
        return 422
    except StaleVersion:
        form.add_error(None, _("在您填写期间，他人修改了这份记录。请核对最新内容后重新提交。"))
        return 409
    except Refused as refused:
        form.add_error(None, refused.reason)
        return 409
    return 200


def answer(request, certificate, form, service, title, done):
    """The page of one recording form: empty, faulty (422), overtaken (409), or done and back to the file."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            call = {"actor": actor_of(request), "now": timezone.now(), "certificate_id": certificate.pk}
            status = attempt(form, lambda: service(**call, **form.cleaned_data))
        elif form.cleaned_data.get("version") not in (None, certificate.version):
            put_problems(form, StaleVersion())  # what was right when the page was opened may be no choice any more
            status = 409
        if status == 200:
            messages.success(request, done)
            return redirect("certifications:staff_file", certificate.pk)
    if status == 409:
        certificate = get_visible_certificate(request.user, certificate.pk)
        form.data = {**form.data.dict(), "version": certificate.version}  # what was typed, against the newest version
    context = {
        "form": form,
        "certificate": certificate,
        "title": title,
        "overtaken": status == 409,
        "today": today(timezone.now()),
    }
    return render(request, "certifications/staff_form.html", context, status=status)
