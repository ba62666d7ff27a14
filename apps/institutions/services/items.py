"""The items that can be applied for, as data: loading, and changing who decides one."""

import datetime as dt
import json
from pathlib import Path

from django.db import transaction

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.problems import StaleVersion
from apps.institutions.models import Item, Material
from apps.workflow.constants import Competence

DATA = Path(__file__).resolve().parent.parent / "data" / "items.json"


def load_items(*, actor: Actor, now: dt.datetime) -> int:
    """Add the items that are not there yet. Returns how many."""
    rows = json.loads(DATA.read_text(encoding="utf-8"))
    added = 0
    with transaction.atomic():
        known = set(Item.objects.values_list("code", flat=True))
        for position, row in enumerate(rows):
            materials = row.pop("materials")
            if row["code"] in known:
                continue
            item = Item.objects.create(position=position, **row)
            Material.objects.bulk_create(Material(item=item, position=n, **each) for n, each in enumerate(materials))
            added += 1
        if added:
            audit.record(
                actor=actor,
                now=now,
                action="institutions.item.load",
                subject_kind="item",
                subject_id="*",
                after={"added": added},
            )
    return added


def set_competence(
    *, actor: Actor, now: dt.datetime, code: str, competence: Competence, before: str, reason: str
) -> Item:
    """Say who decides an item from now on: the bureau by its own right, by delegation, or the province by relay.

    Files that are open keep the competence under which they were begun. `before` is what the person saw.
    """
    require(actor, Permission.LIMIT_EDIT)
    with transaction.atomic():
        item = Item.objects.select_for_update().get(pk=code)
        if item.competence != before:
            raise StaleVersion
        item.competence, item.verified = competence, True
        item.save(update_fields=["competence", "verified"])
        audit.record(
            actor=actor,
            now=now,
            action="institutions.item.competence",
            subject_kind="item",
            subject_id=code,
            before={"competence": before},
            after={"competence": str(competence)},
            reason=reason,
        )
    return item
