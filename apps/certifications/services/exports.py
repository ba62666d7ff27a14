"""Taking the list out of the portal: what was taken, by whom, under which filter, stands in the trail."""

import dataclasses
import datetime as dt

from django.db import transaction

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import record
from apps.certifications.selectors.staff import Filter
from apps.core.actors import Actor


def record_export(*, actor: Actor, now: dt.datetime, wanted: Filter, rows: int, file_format: str) -> None:
    """Called before the first byte leaves: no trail, no export."""
    require(actor, Permission.CERTIFICATE_VIEW_INTERNAL)
    asked = {name: value for name, value in dataclasses.asdict(wanted).items() if value not in ("", None, False)}
    with transaction.atomic():
        record(
            actor=actor,
            now=now,
            action="certifications.certificate.export",
            subject_kind="certificates",
            subject_id=file_format,
            after={"rows": rows, "filter": asked},
        )
