"""Writes about organisations and the people who act for them."""

from apps.parties.services.organisations import (
    OrganisationFacts,
    add_name,
    edit_organisation,
    record_organisation,
    refresh_search,
    rename_organisation,
)

__all__ = [
    "OrganisationFacts",
    "add_name",
    "edit_organisation",
    "record_organisation",
    "refresh_search",
    "rename_organisation",
]
