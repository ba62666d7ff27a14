"""Anybody may say that something does not match a certificate; they get a receipt number."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.requests import actor_of, anonymous_actor
from apps.certifications.rules import token_key
from apps.certifications.selectors.certificate_page import head
from apps.certifications.services.mismatches import report_mismatch
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.portal.forms import MismatchForm
from apps.portal.views.limited import limited


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("lookup")
def report(request, token):
    """The form; after it the receipt, which a reload does not send again."""
    certificate = head(token_key(token)[:12]) if token.isprintable() else None
    if certificate is None:
        raise Http404
    form = MismatchForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actor = actor_of(request) if request.user.is_authenticated else anonymous_actor(request)
        try:
            made = report_mismatch(actor=actor, now=timezone.now(), certificate=certificate, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            return HttpResponseRedirect(
                f"{reverse('portal:certificate_reported', args=[certificate.token, made.receipt])}"
            )
    return render(request, "portal/report.html", {"form": form, "certificate": certificate}, status=status_of(form))


@login_not_required
@require_http_methods(["GET", "HEAD"])
def reported(request, token, receipt):
    """The receipt. Nothing is looked up: the number says no more than the person who reported already knows."""
    if not receipt.replace("-", "").isalnum() or len(receipt) > 16:
        raise Http404
    return render(request, "portal/reported.html", {"receipt": receipt, "token": token_key(token)[:12] or "x"})
