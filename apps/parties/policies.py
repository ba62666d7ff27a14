"""Who sees and who may change what of organisations, memberships, claims and merges.

Staff of the whole jurisdiction (the bureau) see every organisation; staff of a county branch see those in their county.
People outside see the organisations that they act for today. Absent and forbidden look alike (404).
"""

import datetime as dt

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404

from apps.accounts.constants import Permission
from apps.accounts.models import User
from apps.accounts.policies import has_permission, scope_of
from apps.accounts.rules import scope_prefix
from apps.parties.constants import MembershipRole, OrganisationKind
from apps.parties.models import (
    ApiToken,
    Claim,
    ClaimDocument,
    DutyGrant,
    Invitation,
    Membership,
    MergeCandidate,
    Organisation,
)
from apps.parties.selectors.memberships import membership_of, own_organisation_ids, running_memberships

SEES_ORGANISATIONS = (
    Permission.CERTIFICATE_VIEW_INTERNAL,
    Permission.ORGANISATION_EDIT,
    Permission.ORGANISATION_MERGE,
    Permission.CLAIM_CONFIRM,
)


def sees_everywhere(user: User) -> bool:
    """Whether the unit is the bureau of the whole jurisdiction (or one above it)."""
    return scope_prefix(settings.HOME_DIVISION).startswith(scope_of(user))


def in_scope(user: User, field: str = "division_code") -> Q:
    """Rows whose division lies in the unit's scope. The bureau's scope has no edge: bodies and makers sit elsewhere."""
    if sees_everywhere(user):
        return Q(pk__isnull=False)  # an empty Q would vanish in an OR
    return Q(**{f"{field}__startswith": scope_of(user)})


def visible_organisations(user: User, on: dt.date) -> QuerySet[Organisation]:
    """What the user may look at on the staff or the members' pages."""
    if user.is_staff_member:
        allowed = any(has_permission(user, permission) for permission in SEES_ORGANISATIONS)
        return Organisation.objects.filter(in_scope(user)) if allowed else Organisation.objects.none()
    if not user.is_active:
        return Organisation.objects.none()
    return Organisation.objects.filter(pk__in=own_organisation_ids(user, on))


def get_visible_organisation(user: User, organisation_id: int, on: dt.date) -> Organisation:
    """The organisation, or 404."""
    found = visible_organisations(user, on).filter(pk=organisation_id).first()
    if found is None:
        raise Http404
    return found


def can_edit_organisation(user: User | None, organisation: Organisation) -> bool:
    """Staff with the permission, inside their scope."""
    return (
        user is not None
        and has_permission(user, Permission.ORGANISATION_EDIT)
        and Organisation.objects.filter(in_scope(user), pk=organisation.pk).exists()
    )


def can_act_for(user: User | None, organisation_id: int, on: dt.date) -> bool:
    """Any running membership."""
    return user is not None and user.is_active and membership_of(user, organisation_id, on) is not None


def can_manage_people(user: User | None, organisation: Organisation, on: dt.date) -> bool:
    """A running manager of the organisation, or window staff in scope."""
    return is_manager(user, organisation.pk, on) or can_decide_for_staff(user, organisation)


def is_manager(user: User | None, organisation_id: int, on: dt.date) -> bool:
    """A running manager of the organisation."""
    if user is None or not user.is_active:
        return False
    found = membership_of(user, organisation_id, on)
    return found is not None and found.role == MembershipRole.MANAGER


def can_decide_for_staff(user: User | None, organisation: Organisation) -> bool:
    """Window staff who may confirm claims, inside their scope."""
    return (
        user is not None
        and has_permission(user, Permission.CLAIM_CONFIRM)
        and Organisation.objects.filter(in_scope(user), pk=organisation.pk).exists()
    )


def visible_claims(user: User, on: dt.date) -> QuerySet[Claim]:
    """One's own claims, claims on organisations that one manages, and for window staff those in scope."""
    seen = Q(user=user)
    if has_permission(user, Permission.CLAIM_CONFIRM):
        seen |= in_scope(user)
    elif not user.is_staff_member:
        managed = running_memberships(on).filter(user=user, role=MembershipRole.MANAGER)
        seen |= Q(organisation_id__in=managed.values("organisation_id"))
    return Claim.objects.filter(seen) if user.is_active else Claim.objects.none()


def get_visible_claim(user: User, claim_id: int, on: dt.date) -> Claim:
    """The claim, or 404."""
    found = visible_claims(user, on).select_related("user", "organisation", "decided_by").filter(pk=claim_id).first()
    if found is None:
        raise Http404
    return found


def get_visible_document(user: User, claim_id: int, document_id: int, on: dt.date) -> ClaimDocument:
    """A document of a claim that the user may see, or 404."""
    claim = get_visible_claim(user, claim_id, on)
    found = claim.documents.filter(pk=document_id).first()
    if found is None:
        raise Http404
    return found


def can_decide_claim(user: User | None, claim: Claim, on: dt.date) -> bool:
    """A manager of that organisation or window staff in scope; never the claimant."""
    if user is None or user.pk == claim.user_id:
        return False
    if claim.organisation_id is not None and is_manager(user, claim.organisation_id, on):
        return True
    return has_permission(user, Permission.CLAIM_CONFIRM) and Claim.objects.filter(in_scope(user), pk=claim.pk).exists()


def get_manageable_membership(user: User, membership_id: int, on: dt.date) -> Membership:
    """A membership that the user may change or end (their own included: people may leave), or 404."""
    found = Membership.objects.select_related("organisation", "user").filter(pk=membership_id, ended_at=None).first()
    if found is None or not (found.user_id == user.pk or can_manage_people(user, found.organisation, on)):
        raise Http404
    return found


def get_own_body(user: User, organisation_id: int, on: dt.date) -> Organisation:
    """A certification body that the person acts for, or 404."""
    found = Organisation.objects.filter(pk=organisation_id, kind=OrganisationKind.BODY, merged_into=None).first()
    if found is None or user.is_staff_member or not can_act_for(user, organisation_id, on):
        raise Http404
    return found


def get_manageable_duty(user: User, grant_id: int, on: dt.date) -> DutyGrant:
    """A duty, not yet ended, in a body that the person manages, or 404."""
    found = DutyGrant.objects.filter(pk=grant_id, ended_at=None).first()
    if found is None or not is_manager(user, found.organisation_id, on):
        raise Http404
    return found


def get_manageable_invitation(user: User, invitation_id: int, on: dt.date) -> Invitation:
    """An invitation of an organisation whose people the user manages, or 404."""
    found = Invitation.objects.select_related("organisation").filter(pk=invitation_id).first()
    if found is None or not can_manage_people(user, found.organisation, on):
        raise Http404
    return found


def managed_organisations(user: User, on: dt.date) -> QuerySet[Organisation]:
    """The organisations that the person manages today, by name."""
    if not user.is_active or user.is_staff_member:
        return Organisation.objects.none()
    running = running_memberships(on).filter(user=user, role=MembershipRole.MANAGER)
    ids = running.values("organisation_id")
    return Organisation.objects.filter(pk__in=ids, merged_into=None).order_by("name", "pk")


def get_managed_organisation(user: User, organisation_id: int, on: dt.date) -> Organisation:
    """An organisation that the person manages, or 404."""
    found = managed_organisations(user, on).filter(pk=organisation_id).first()
    if found is None:
        raise Http404
    return found


def get_managed_token(user: User, token_id: int, on: dt.date) -> ApiToken:
    """A token, not yet revoked, of an organisation that the person manages; or 404."""
    known = ApiToken.objects.select_related("organisation", "made_by").filter(pk=token_id, revoked_at=None).first()
    if known is None or not managed_organisations(user, on).filter(pk=known.organisation_id).exists():
        raise Http404
    return known


def visible_merges(user: User) -> QuerySet[MergeCandidate]:
    """Pairs of which at least one record lies in the clerk's scope."""
    if not has_permission(user, Permission.ORGANISATION_MERGE):
        return MergeCandidate.objects.none()
    return MergeCandidate.objects.filter(
        in_scope(user, "kept__division_code") | in_scope(user, "duplicate__division_code")
    )


def get_visible_merge(user: User, merge_id: int) -> MergeCandidate:
    """The pair, or 404."""
    found = visible_merges(user).select_related("kept", "duplicate", "decided_by").filter(pk=merge_id).first()
    if found is None:
        raise Http404
    return found
