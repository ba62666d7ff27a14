"""What anybody may read: which matters there are, what each asks, and whether a decision is real."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.clock.selectors import limit_on
from apps.core.calendar import today
from apps.matters.constants import FieldKind
from apps.matters.papers import authority_of
from apps.matters.selectors import cases, matters
from apps.matters.views.shared import day, or_404


@login_not_required
@require_GET
def listing(request):
    """The matters that are in force today."""
    return render(request, "matters/guide.html", {"matters": matters.matters_on(day())})


@login_not_required
@require_GET
def matter(request, code):
    """One matter: who, on what basis, with which documents, how long, what follows."""
    on = day()
    found = or_404(matters.matter_on(code, on))
    limits = [limit_on(getattr(found, name), on) for name in matters.LIMITS if name != "limit_duty" or found.duties]
    context = {"matter": found, "rows": matters.rows_of(found), "limits": [each for each in limits if each]}
    return render(request, "matters/matter.html", context)


@login_not_required
@require_GET
def decision(request, token):
    """What anybody may know of a decision, by the code on it. No names of people, no contact."""
    case, now = or_404(cases.case_by_token(token)), timezone.now()
    answers = cases.answers_of(case)
    on = today(now)
    context = {
        "case": case,
        "file": case.file,
        "holder": cases.public_name(case),
        "private": cases.is_private(case),
        "authority": authority_of(case.file),
        "ground": cases.ground_of(case),
        "lines": next((each.lines for each in answers if each.question.kind == FieldKind.LINES), ()),
        "duties": matters.rows_of(case.matter).duties,
        "expired": case.valid_to is not None and case.valid_to < on,
        "checked_at": now,
    }
    return render(request, "matters/decision.html", context)
