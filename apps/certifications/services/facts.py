"""What the public may rely on about a certificate, in one form for one record and for a million (audit.publish).

No personal data: a sole trader counts as a person, so its code is left out (Personal Information Protection Law).
"""

import datetime as dt
from typing import Any

from apps.audit.services import facts_sql
from apps.certifications.models import Certificate, StatusChange
from apps.parties.constants import OrganisationKind


def certificate_facts(certificate: Certificate) -> dict[str, Any]:
    """The facts of `certificate.recorded` and `certificate.corrected`."""
    holder = certificate.holder
    return {
        "body": certificate.body.approval_number,
        "holder": None if holder.kind == OrganisationKind.SOLE_TRADER else holder.uscc,
        "number": certificate.number,
        "project": certificate.project_id,
        "status": str(certificate.status),
        "valid_from": iso(certificate.valid_from),
        "valid_to": iso(certificate.valid_to),
    }


# The same as SQL, for publish_from_select over certificate c joined with its body b and holder h.
CERTIFICATE_FACTS_SQL = facts_sql(
    {
        "body": "b.approval_number",
        "holder": f"CASE WHEN h.kind = '{OrganisationKind.SOLE_TRADER}' THEN NULL ELSE h.uscc END",
        "number": "c.number",
        "project": "c.project_id",
        "status": "c.status",
        "valid_from": "c.valid_from",
        "valid_to": "c.valid_to",
    }
)


def status_facts(change: StatusChange) -> dict[str, Any]:
    """The facts of `certificate.status`."""
    return {
        "from": str(change.from_status),
        "on": iso(change.on),
        "reason": str(change.reason_class),
        "to": str(change.to_status),
        "until": iso(change.until),
    }


# The same as SQL, over a status change s.
STATUS_FACTS_SQL = facts_sql(
    {"from": "s.from_status", "on": 's."on"', "reason": "s.reason_class", "to": "s.to_status", "until": "s.until"}
)


def iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
