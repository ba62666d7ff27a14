"""Guardian's direct grants mirror the running memberships. Policies ask the dates; these rows only follow."""

import datetime as dt
from collections.abc import Collection

from guardian.shortcuts import assign_perm, remove_perm

from apps.parties.constants import MembershipRole
from apps.parties.models import Membership, Organisation, OrganisationUserObjectPermission
from apps.parties.selectors.memberships import running_memberships

ACT, MANAGE = "act_for_organisation", "manage_organisation"


def sync_grants(user_id: int, organisation_id: int, on: dt.date) -> None:
    """Give the person exactly the grants that their membership of the organisation carries on the day."""
    running = running_memberships(on).filter(user_id=user_id, organisation_id=organisation_id).select_related("user")
    membership = running.first()
    wanted: set[str] = set()
    if membership is not None:
        wanted = {ACT, MANAGE} if membership.role == MembershipRole.MANAGER else {ACT}
    rows = OrganisationUserObjectPermission.objects.filter(user_id=user_id, content_object_id=organisation_id)
    held = set(rows.values_list("permission__codename", flat=True))
    if held == wanted:
        return
    organisation = Organisation.objects.get(pk=organisation_id)
    user = membership.user if membership is not None else rows.select_related("user")[0].user
    for codename in held - wanted:
        remove_perm(codename, user, organisation)
    for codename in wanted - held:
        assign_perm(codename, user, organisation)


def sync_grants_of(organisation_ids: Collection[int], on: dt.date) -> None:
    """The same for everybody who has, or had, something to do with these organisations (after a merge)."""
    members = Membership.objects.filter(organisation_id__in=organisation_ids).values_list("user_id", flat=True)
    granted = OrganisationUserObjectPermission.objects.filter(content_object_id__in=organisation_ids)
    for user_id in sorted({*members, *granted.values_list("user_id", flat=True)}):
        for organisation_id in organisation_ids:
            sync_grants(user_id, organisation_id, on)
