"""What the pages that record something about a certificate have in common."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.accounts.requests import actor_of
from apps.certifications.policies import get_visible_certificate
from apps.core.calendar import today
from apps.core.forms import attempt, put_problems, status_of
from apps.core.problems import StaleVersion


def answer(request, certificate, form, service, title, done):
    """The page of one recording form: empty, faulty (422), overtaken (409), or done and back to the file."""
    if request.method == "POST":
        if form.is_valid():
            call = {"actor": actor_of(request), "now": timezone.now(), "certificate_id": certificate.pk}
            attempt(form, lambda: service(**call, **form.cleaned_data))
        elif form.cleaned_data.get("version") not in (None, certificate.version):
            put_problems(form, StaleVersion())  # what was right when the page was opened may be no choice any more
        if not form.errors:
            messages.success(request, done)
            return redirect("certifications:staff_file", certificate.pk)
    status = status_of(form)
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
