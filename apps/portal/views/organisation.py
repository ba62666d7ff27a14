"""One organisation with all its certificates, under every name and code it had."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.certifications.selectors.asked import cursor_text, read_question
from apps.certifications.selectors.holders import holder_at
from apps.certifications.selectors.listing import facets_of, rows_of
from apps.certifications.selectors.matching import Criteria
from apps.certifications.selectors.search import PAGE_SIZE, SearchTooSlow, search, summary
from apps.core.calendar import today as date_of
from apps.core.problems import ProblemsFound
from apps.portal.views.limited import limited
from apps.portal.views.unavailable import cannot_check


@login_not_required
@require_safe
@limited("page")
def organisation(request, reference):
    """By code or by id; the address with the code is the permalink."""
    try:
        holder = holder_at(reference)
        if holder is None:
            raise Http404
        if holder.merged_from:
            return HttpResponseRedirect(reverse("portal:organisation", args=[holder.uscc or holder.pk]))
        cursor = read_question(_only_cursor(request), default_size=PAGE_SIZE).cursor
        return render(request, "portal/organisation.html", _context(holder, cursor))
    except ProblemsFound as found:
        return render(request, "portal/problems.html", {"problems": found.problems}, status=400)
    except (DatabaseError, SearchTooSlow) as error:
        return cannot_check(request, error)


def _only_cursor(request):
    return {name: request.GET[name] for name in ("after", "before", "page") if name in request.GET}


def _context(holder, cursor):
    now = timezone.now()
    today = date_of(now)
    criteria = Criteria(body_id=holder.pk) if holder.is_body else Criteria(holder_id=holder.pk)
    page = search(criteria, today=today, cursor=cursor)
    counted = summary(criteria, today=today)
    return {
        "holder": holder,
        "rows": rows_of(page.certificates, now=now, today=today),
        "next": cursor_text(page.next) if page.next else None,
        "previous": cursor_text(page.previous) if page.previous else None,
        "summary": counted,
        "groups": [group for group in facets_of(counted) if group.parameter == "status"],
        "now": now,
    }
