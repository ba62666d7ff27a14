"""May an organisation apply? What the registry knows, with what the applicant declares."""

import datetime as dt
from typing import Any

from apps.certifications.selectors.files import certificate_by_id
from apps.certifications.selectors.schemes import rule_set
from apps.schemes.rules import Facts, Obstacle, obstacles
from apps.schemes.selectors.applying import losses_of


def may_apply(organisation_id: int, project_code: str, on: dt.date, **facts: Any) -> list[Obstacle]:
    """Everything that bars the organisation from the project on the day; empty: it may apply.

    `facts`: fields of rules.Facts that the applicant declares (kind, operating_since, dishonest, fee_paid_by_client,
    accident_on), and `predecessor_id`, the certificate to be renewed, from which validity and status are read.
    """
    predecessor_id = facts.pop("predecessor_id", None)
    if predecessor_id is not None and (known := certificate_by_id(predecessor_id)) is not None:
        facts = {"valid_to": known.valid_to, "predecessor_status": known.status, **facts}
    declared = Facts(losses=losses_of(organisation_id, project_code), **facts)
    return obstacles(rule_set(project_code, on), declared, on)
