"""What the rules of a scheme say about one application (apps.schemes, dated data)."""

import datetime as dt

from apps.certifications.selectors.schemes import rule_set
from apps.certifying.constants import Kind
from apps.certifying.models import Application
from apps.certifying.selectors.life import transfer_problems
from apps.core.problems import Problem
from apps.schemes.services import may_apply

USUAL_MONTHS = 36


def validity_months(project_code: str, on: dt.date) -> int:
    """How long a certificate of the project holds at most."""
    return rule_set(project_code, on).validity_months or USUAL_MONTHS


def keeps_number(project_code: str, on: dt.date) -> bool:
    """Whether recertification adds a period under the unchanged number."""
    return rule_set(project_code, on).same_number_at_renewal


def obstacles(application: Application, on: dt.date) -> list[Problem]:
    """Everything that bars the organisation from applying on the day, with its rule and the day that changes it."""
    found: list[Problem] = list(
        may_apply(
            application.file.organisation_id,
            application.project_id,
            on,
            kind=application.kind,
            operating_since=application.operating_since,
            fee_paid_by_client=application.fee_own or None,
            predecessor_id=application.predecessor_id,
        )
    )
    if application.kind == Kind.TRANSFER and application.predecessor is not None and application.body_id is not None:
        found += transfer_problems(application.predecessor, application.body_id, on)
    return found
