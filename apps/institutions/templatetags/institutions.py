"""Chips of states: word, icon and colour together."""

from django import template

from apps.core.templatetags.ui import chip
from apps.institutions.constants import (
    ChangeState,
    CommitmentState,
    ReportState,
    ScopeState,
    StandardStatus,
)

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
