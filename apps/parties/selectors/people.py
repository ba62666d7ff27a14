"""The people of one organisation, as its page lists them."""

from django.db.models import QuerySet

from apps.parties.constants import ClaimState
from apps.parties.models import Claim, Invitation, Membership


def people_of(organisation_id: int) -> QuerySet[Membership]:
    """Memberships that nobody ended; those that ran out stay visible until the daily round ends them."""
    rows = Membership.objects.filter(organisation_id=organisation_id, ended_at=None)
    return rows.select_related("user").order_by("role", "starts_on", "pk")


def ended_people_of(organisation_id: int) -> QuerySet[Membership]:
    """Former members, last first."""
    rows = Membership.objects.filter(organisation_id=organisation_id).exclude(ended_at=None)
    return rows.select_related("user").order_by("-ended_at", "-pk")


def open_invitations(organisation_id: int) -> QuerySet[Invitation]:
    """Invitations that were neither accepted nor taken back."""
    rows = Invitation.objects.filter(organisation_id=organisation_id, accepted_at=None, revoked_at=None)
    return rows.select_related("invited_by").order_by("-invited_at")


def open_claims_on(organisation_id: int) -> QuerySet[Claim]:
    """Claims on the organisation that wait for a decision, oldest first."""
    rows = Claim.objects.filter(organisation_id=organisation_id, state=ClaimState.SUBMITTED)
    return rows.select_related("user").order_by("submitted_at")
