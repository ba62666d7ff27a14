"""What the registry knows of an applicant that may bar it."""

from apps.certifications.selectors.files import scheme_losses
from apps.parties.selectors.organisations import resolve_id
from apps.schemes.rules import Loss


def losses_of(organisation_id: int, project_code: str) -> list[Loss]:
    """Every suspension, revocation and cancellation of the organisation's certificates of the project's scheme."""
    rows = scheme_losses(resolve_id(organisation_id), project_code)
    return [Loss(row.to_status, row.on, row.reason_class, row.number) for row in rows]
