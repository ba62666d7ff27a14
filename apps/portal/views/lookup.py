"""Lookup of the register: one box, filters, pages by cursor. Plain GET; every state has its own address."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.certifications.selectors.asked import cursor_text, read_question
from apps.certifications.selectors.certificate_page import sources
from apps.certifications.selectors.listed import for_lists
from apps.certifications.selectors.listing import facets_of, rows_of
from apps.certifications.selectors.lookup import Meaning
from apps.certifications.selectors.search import PAGE_SIZE, SearchTooSlow, search, summary
from apps.core.calendar import today as date_of
from apps.core.problems import ProblemsFound
from apps.portal.options import filters_for
from apps.portal.views.limited import limited
from apps.portal.views.unavailable import cannot_check

LIST = "portal/lookup.html"


@login_not_required
@require_safe
@limited("lookup")
def lookup(request):
    """The box and what it finds. A whole number or token that names one certificate leads straight to its page."""
    try:
        question = read_question(request.GET, default_size=PAGE_SIZE)
        if _names_one(question):
            return HttpResponseRedirect(reverse("portal:certificate", args=[_token_of(question.found.ids[0])]))
        return render(request, LIST, {**_form(request), **_answer(question)})
    except ProblemsFound as found:
        return render(request, LIST, {**_form(request), "problems": found.problems}, status=400)
    except SearchTooSlow:
        response = render(request, LIST, {**_form(request), "too_slow": True}, status=503)
        response.headers["Retry-After"] = "60"
        return response
    except DatabaseError as error:
        return cannot_check(request, error)


@login_not_required
@require_safe
@limited("lookup")
def lookup_summary(request):
    """How many, and ways to narrow. A piece of the page for htmx, a page of its own without."""
    piece = request.headers.get("HX-Request") == "true"
    template = "portal/lookup_summary.html" if piece else "portal/lookup_summary_page.html"
    try:
        question = read_question(request.GET, default_size=PAGE_SIZE)
        counted = summary(question.criteria, today=date_of(timezone.now()))
    except ProblemsFound as found:
        return render(request, template, {"problems": found.problems}, status=400)
    except SearchTooSlow:
        return render(request, template, {"too_slow": True}, status=200 if piece else 503)
    except DatabaseError as error:
        return cannot_check(request, error)
    return render(request, template, {"summary": counted, "groups": facets_of(counted), "asked": request.GET})


def _names_one(question):
    exact = question.found.meaning in (Meaning.NUMBER, Meaning.TOKEN)
    return exact and len(question.found.ids) == 1 and not question.filtered


def _token_of(pk):
    return for_lists([pk])[0].token


def _form(request):
    return {"asked": request.GET, "filters": filters_for(request.GET)}


def _answer(question):
    now = timezone.now()
    today = date_of(now)
    answer = {"question": question, "meaning": str(question.found.meaning), "now": now}
    if question.is_empty:
        return answer
    if question.finds_nothing or question.is_list_of_ids:
        rows = rows_of(for_lists(list(question.found.ids)), now=now, today=today)
        return {**answer, "rows": rows, "sources": [] if rows else sources()}
    page = search(question.criteria, today=today, cursor=question.cursor, size=question.size)
    rows = rows_of(page.certificates, now=now, today=today)
    answer |= {"rows": rows, "sources": [] if rows else sources(), "paged": True}
    answer["next"] = cursor_text(page.next) if page.next else None
    answer["previous"] = cursor_text(page.previous) if page.previous else None
    if not rows:
        return answer
    if page.summary_inline:
        counted = summary(question.criteria, today=today)
        return {**answer, "summary": counted, "groups": facets_of(counted)}
    return {**answer, "summary_later": True}
