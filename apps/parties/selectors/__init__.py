"""Reads about organisations, the people who act for them, claims, merges and divisions."""

from apps.parties.selectors.bans import (
    ban_on_person,
    ban_problem,
    bans_named_in,
    bans_on_organisation,
    barred_hashes,
    public_bans,
)
from apps.parties.selectors.divisions import (
    county_choices,
    current_codes,
    division_name,
    known_division_codes,
    place_name,
)
from apps.parties.selectors.duties import duties_held, duty_holders
from apps.parties.selectors.memberships import (
    manager_ids_of,
    managers_of,
    membership_of,
    organisations_of,
    own_organisation_ids,
    running_memberships,
)
from apps.parties.selectors.organisations import (
    approved_bodies,
    bodies_after,
    find_by_approval,
    find_by_code,
    find_by_id,
    resolve,
    resolve_id,
    search_organisations,
)

__all__ = [
    "approved_bodies",
    "ban_on_person",
    "ban_problem",
    "bans_named_in",
    "bans_on_organisation",
    "barred_hashes",
    "bodies_after",
    "county_choices",
    "current_codes",
    "division_name",
    "duties_held",
    "duty_holders",
    "find_by_approval",
    "find_by_code",
    "find_by_id",
    "known_division_codes",
    "manager_ids_of",
    "managers_of",
    "membership_of",
    "organisations_of",
    "own_organisation_ids",
    "place_name",
    "public_bans",
    "resolve",
    "resolve_id",
    "running_memberships",
    "search_organisations",
]
