"""Chips of states: word, icon and colour together."""

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from apps.core.calendar import today
from apps.core.templatetags.ui import chip
from apps.institutions.constants import (
    ChangeState,
    CommitmentState,
    ReportState,
    ScopeState,
    StandardStatus,
)
from apps.institutions.licence_constants import Capacity, Route, Verdict
from apps.institutions.rules.commitment_check import CHECK
from apps.institutions.selectors import commitment_route
from apps.institutions.selectors.commitment_check import checks, public_commitments
from apps.institutions.services.commitment_route import SIGNED_IN

register = template.Library()
CHIPS = {
    ScopeState: {
        ScopeState.DRAFT: ("due", "edit"),
        ScopeState.APPROVED: ("ok", "check"),
        ScopeState.SUPERSEDED: ("done", "history"),
        ScopeState.DISCARDED: ("wait", "x"),
    },
    StandardStatus: {
        StandardStatus.UPCOMING: ("due", "clock"),
        StandardStatus.CURRENT: ("ok", "check"),
        StandardStatus.REPLACED: ("over", "alert"),
        StandardStatus.WITHDRAWN: ("over", "x"),
    },
    CommitmentState: {
        CommitmentState.DRAFT: ("due", "edit"),
        CommitmentState.SIGNED: ("due", "edit"),
        CommitmentState.PUBLISHED: ("ok", "check"),
        CommitmentState.REFRESHED: ("done", "history"),
        CommitmentState.BREACHED: ("over", "alert"),
    },
    Verdict: {
        Verdict.TRUE: ("ok", "check"),
        Verdict.DEFECT: ("due", "alert"),
        Verdict.FALSE: ("over", "circle-x"),
    },
    ReportState: {ReportState.DRAFT: ("due", "edit"), ReportState.FILED: ("ok", "check")},
}


def _chip(kinds, state):
    kind, icon_name = CHIPS[kinds][state]  # type: ignore[index]  # each kind has its own states
    return chip(kind, kinds(state).label, icon_name)


@register.simple_tag
def scope_chip(state):
    return _chip(ScopeState, state)


@register.simple_tag
def standard_chip(state):
    return _chip(StandardStatus, state)


@register.simple_tag
def commitment_chip(state):
    return _chip(CommitmentState, state)


@register.simple_tag
def report_chip(state):
    return _chip(ReportState, state)


@register.simple_tag
def change_chip(change, on):
    """Open and late is red, open is amber, filed waits, acknowledged is done."""
    label = ChangeState(change.state).label
    if change.state == ChangeState.OPEN:
        return chip("over" if change.due_on < on else "due", label, "alert" if change.due_on < on else "clock")
    return chip("wait" if change.state == ChangeState.FILED else "ok", label, "check")


@register.inclusion_tag("institutions/_route.html")
def route_panel(application, user):
    """Which route an application takes; on the commitment route, what was signed and what closes it."""
    own, status = not user.is_staff_member, application.file.status
    promised = application.route == Route.COMMITMENT
    signature = commitment_route.latest_signature(application) if promised else None
    open_still = application.file.closed_at is None
    check = checks().filter(application=application).first() if promised else None
    refusals = commitment_route.refusals_of(application, today(timezone.now())) if promised and open_still else ()
    return {
        "application": application,
        "own": own,
        "staff": user.is_staff_member,
        "choosing": own and status == "draft" and application.item.commitment,
        "signing": own and promised and status in SIGNED_IN,
        "refusals": refusals,
        "signature": signature,
        "current": signature is not None and (not open_still or commitment_route.is_current(signature, application)),
        "paper": commitment_route.paper_of(signature) if signature else None,
        "check": check,
        "check_state": CHECK.state(check.file.status).label if check else "",
    }


@register.simple_tag
def informed_words(text):
    """The text of a commitment in the reader's language; the Chinese one binds."""
    return text.en if (get_language() or "").startswith("en") else text.zh


@register.simple_tag
def capacity_label(code):
    return Capacity(code).label


@register.simple_tag
def verdict_chip(verdict):
    return _chip(Verdict, verdict)


@register.inclusion_tag("institutions/_commitments_of_licence.html")
def licence_commitments(licence):
    """That a licence was granted by commitment, and what the check on site found: for everybody."""
    return {"commitments": public_commitments(licence, today(timezone.now()))}
