"""Testing institutions as the public sees them: who may test what, and everything about one of them."""

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.core.calendar import today as date_of
from apps.core.patience import SearchTooSlow
from apps.core.tokens import spoken_token, token_key
from apps.institutions.rules.asking import ask
from apps.institutions.selectors.capabilities import LAST_PAGE, who_may_test
from apps.institutions.selectors.files import institution_by_token
from apps.institutions.selectors.life import public_standings
from apps.institutions.selectors.public import public_page
from apps.institutions.selectors.scopes import rows_of, scope_in_force, warned
from apps.portal.forms import TestingForm
from apps.portal.views.limited import limited
from apps.portal.views.unavailable import cannot_check

ROWS = 50


@login_not_required
@require_safe
@limited("lookup")
def testing(request):
    """谁能检：which institutions may test this, here."""
    first = not request.GET
    form = TestingForm({"division": TestingForm.PROVINCE} if first else request.GET)
    if not form.is_valid():
        return render(request, "portal/testing.html", {"form": form, "asked": False}, status=400)
    asked = dict(form.cleaned_data)
    page = asked.pop("page") or 1
    question = ask(**asked)
    unread = not first and not question.literal
    context = {"form": form, "asked": not first, "page": page, "next": None, "unread": unread}
    try:
        answer = who_may_test(question, page=page)
    except SearchTooSlow:
        context["slow"] = True
        return render(request, "portal/testing.html", context, status=503)
    except DatabaseError as error:
        return cannot_check(request, error)
    on = date_of(timezone.now())
    standings = public_standings([each.institution.organisation_id for each in answer.holders], on)
    context["rows"] = [(each, standings.get(each.institution.organisation_id)) for each in answer.holders]
    context |= {"answer": answer, "next": page + 1 if answer.more and page < LAST_PAGE else None}
    return render(request, "portal/testing.html", context)


@login_not_required
@require_safe
@limited("page")
def institution(request, token):
    """The public page of an institution: a permalink that its certificate and its QR code carry."""
    known = institution_by_token(token_key(token)[:12])
    if known is None:
        raise Http404
    if token != known.token:
        return HttpResponseRedirect(reverse("portal:institution", args=[known.token]))
    now = timezone.now()
    scope = scope_in_force(known.pk)
    query = request.GET.get("q", "")[:100]
    page = Paginator(rows_of(scope, query=query), ROWS).get_page(request.GET.get("page")) if scope else None
    context = {
        "institution": known,
        "shown": public_page(known, date_of(now)),
        "scope": scope,
        "page": page,
        "rows": warned(page.object_list) if page else [],
        "query": query,
        "spoken": spoken_token(known.token),
        "address": f"{settings.PUBLIC_URL}{reverse('portal:institution', args=[known.token])}",
        "now": now,
    }
    return render(request, "portal/institution.html", context)


@login_not_required
@require_safe
@limited("page")
def institution_qr(request, token):
    """The QR code: the permalink and nothing else."""
    address = f"{settings.PUBLIC_URL}{reverse('portal:institution', args=[token_key(token)[:12] or 'x'])}"
    response = HttpResponse(content_type="image/svg+xml")
    segno.make_qr(address, error="m").save(
        response,  # type: ignore[arg-type]  # it writes bytes
        kind="svg",
        scale=4,
        border=4,
        dark="#000",
        light="#fff",
        omitsize=True,
        xmldecl=False,
    )
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
