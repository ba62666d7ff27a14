"""Organisations, the people and the machines that act for them."""

from apps.parties.models.duties import DutyGrant
from apps.parties.models.records import (
    Ban,
    Claim,
    ClaimDocument,
    Division,
    Invitation,
    Jurisdiction,
    Membership,
    MergeCandidate,
    Organisation,
    OrganisationCode,
    OrganisationGroupObjectPermission,
    OrganisationName,
    OrganisationUserObjectPermission,
)
from apps.parties.models.tokens import AnsweredCall, ApiToken

__all__ = [
    "AnsweredCall",
    "ApiToken",
    "Ban",
    "Claim",
    "ClaimDocument",
    "Division",
    "DutyGrant",
    "Invitation",
    "Jurisdiction",
    "Membership",
    "MergeCandidate",
    "Organisation",
    "OrganisationCode",
    "OrganisationGroupObjectPermission",
    "OrganisationName",
    "OrganisationUserObjectPermission",
]
