"""The rules and texts that the portal starts with (notifications/data). What somebody changed is never touched."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.db import transaction

from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.notifications.models import MessageTemplate, ReminderRule

DATA = Path(__file__).resolve().parent.parent / "data"


def load_rules(*, actor: Actor, now: dt.datetime) -> dict[str, int]:
    """Add the rules and texts that are missing. Twice does nothing more. Returns how many of each were added."""
    with transaction.atomic():
        added = {"rules": _rules(now), "templates": _templates(now)}
        if any(added.values()):
            audit.record(
                actor=actor,
                now=now,
                action="notifications.rule.load",
                subject_kind="reminder_rule",
                subject_id="*",
                after=dict(added),
            )
    return added


def _rules(now: dt.datetime) -> int:
    known = set(ReminderRule.objects.values_list("event", "variant"))
    rows = [row for row in _read("rules.json") if (row["event"], row["variant"]) not in known]
    ReminderRule.objects.bulk_create(
        [ReminderRule(**row, effective_from=today(now), updated_at=now) for row in rows], ignore_conflicts=True
    )
    return len(rows)


def _templates(now: dt.datetime) -> int:
    known = set(MessageTemplate.objects.values_list("topic", "language"))
    rows = [row for row in _read("templates.json") if (row["topic"], row["language"]) not in known]
    MessageTemplate.objects.bulk_create([MessageTemplate(**row, updated_at=now) for row in rows], ignore_conflicts=True)
    return len(rows)


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return rows
