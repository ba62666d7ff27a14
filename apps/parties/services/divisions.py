"""Loading the divisions that the project carries (apps/parties/data, with its source note)."""

import csv
import datetime as dt
from pathlib import Path

from django.db import transaction

from apps.audit.services import record
from apps.core.actors import Actor
from apps.parties.models import Division, Jurisdiction
from apps.parties.rules.divisions import JURISDICTIONS, current_rows, merge_history
from apps.parties.selectors.divisions import forget

DATA = Path(__file__).resolve().parent.parent / "data"
_COLUMNS = ["name", "level", "parent_code", "since", "until", "successors"]


def load_divisions(*, actor: Actor, now: dt.datetime, data: Path = DATA) -> dict[str, int]:
    """Write every current and repealed division and the development zones. Idempotent: only differences are written."""
    current = current_rows(_lines(data / "divisions.csv"))
    wanted = merge_history(current, _lines(data / "divisions_history.csv"))
    with transaction.atomic():
        stored = {row[0]: row[1:] for row in Division.objects.values_list("code", *_COLUMNS)}
        changed = [Division(**row._asdict()) for row in wanted.values() if stored.get(row.code) != tuple(row[1:])]
        Division.objects.bulk_create(
            changed, batch_size=2_000, update_conflicts=True, unique_fields=["code"], update_fields=_COLUMNS
        )
        for code, name, division in JURISDICTIONS:
            Jurisdiction.objects.update_or_create(code=code, defaults={"name": name, "division_code": division})
        outcome = {"divisions": len(wanted), "changed": len(changed), "jurisdictions": len(JURISDICTIONS)}
        if changed:
            action = "parties.division.load"
            record(actor=actor, now=now, action=action, subject_kind="division", subject_id="all", after=outcome)
    forget()
    return outcome


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
