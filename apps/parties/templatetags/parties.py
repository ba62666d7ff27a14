"""Names of places and chips of states."""

from django import template

from apps.core.templatetags.ui import chip
from apps.parties.constants import BanState, ClaimState, MergeReason, MergeState
from apps.parties.selectors import division_name, place_name

register = template.Library()
CLAIM_CHIPS = {
    ClaimState.SUBMITTED: ("due", "clock"),
    ClaimState.CONFIRMED: ("ok", "check"),
    ClaimState.REFUSED: ("over", "x"),
    ClaimState.WITHDRAWN: ("wait", "circle-minus"),
}
MERGE_CHIPS = {
    MergeState.OPEN: ("due", "clock"),
    MergeState.MERGED: ("ok", "check"),
    MergeState.DISTINCT: ("done", "check"),
    MergeState.REVERTED: ("due", "refresh"),
}


BAN_CHIPS = {
    BanState.COMING: ("wait", "clock"),
    BanState.RUNNING: ("over", "ban"),
    BanState.OVER: ("done", "check"),
    BanState.LIFTED: ("ok", "check"),
}


@register.simple_tag
def ban_chip(state):
    kind, icon_name = BAN_CHIPS[state]
    return chip(kind, BanState(state).label, icon_name)


@register.simple_tag
def division(code):
    """The name of a division in the language of the page."""
    return division_name(code)


@register.simple_tag
def place(organisation):
    """The county or development zone of an organisation."""
    return place_name(organisation.division_code, organisation.jurisdiction_code)


@register.simple_tag
def claim_chip(claim):
    kind, icon_name = CLAIM_CHIPS[claim.state]
    return chip(kind, claim.get_state_display(), icon_name)


@register.simple_tag
def merge_chip(pair):
    kind, icon_name = MERGE_CHIPS[pair.state]
    return chip(kind, pair.get_state_display(), icon_name)


@register.simple_tag
def merge_reason(pair):
    """The reason in words; reasons that a later release adds show as they are."""
    return MergeReason(pair.reason).label if pair.reason in MergeReason.values else pair.reason
