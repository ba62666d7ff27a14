"""Reference data of the app: when duties fall due, and a small library of standards. Rows of people are left alone."""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from apps.audit.services import record
from apps.core.actors import Actor
from apps.institutions.models import DutyRule, Standard
from apps.institutions.rules.standards import read_standard

DATA = Path(__file__).resolve().parent.parent / "data"


def load_reference(*, actor: Actor, now: dt.datetime) -> dict[str, int]:
    """Add the rows that are missing; what stands there already, edited or not, stays. One audit row if any came."""
    with transaction.atomic():
        added = {"duties": _load_duties(), "standards": _load_standards(now)}
        if any(added.values()):
            record(
                actor=actor,
                now=now,
                action="institutions.reference.load",
                subject_kind="reference",
                subject_id="institutions",
                after=added,
            )
        return added


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _load_duties() -> int:
    added = 0
    for row in _rows("duties.csv"):
        days = {"effective_from": _day(row["effective_from"]), "effective_to": _day(row["effective_to"])}
        numbers = {"months": int(row["months"]), "days": int(row["days"]), "verified": row["verified"] == "1"}
        texts = {name: row[name] for name in ("label", "label_en", "begins", "legal_basis")}
        key = {"code": row["code"], "effective_from": days.pop("effective_from")}
        added += DutyRule.objects.get_or_create(**key, defaults={**days, **numbers, **texts})[1]
    return added


def _load_standards(now: dt.datetime) -> int:
    """Two passes: the standards, then which replaces which."""
    rows = list(_rows("standards.csv"))
    fresh = set()
    for row in rows:
        cited = read_standard(row["code"])
        assert cited is not None, f"{row['code']} is no standard number"
        defaults = {
            **{name: row[name] for name in ("title", "title_en", "status", "source")},
            "number": cited.number,
            "year": cited.year,
            "effective_on": _day(row["effective_on"]),
            "ended_on": _day(row["ended_on"]),
            "verified": row["verified"] == "1",
            "updated_at": now,
        }
        if Standard.objects.get_or_create(code=cited.code, defaults=defaults)[1]:
            fresh.add(cited.code)
    for row in rows:
        if row["code"] in fresh and row["replaced_by"]:
            followers = Standard.objects.filter(code__in=row["replaced_by"].split("|"))
            Standard.objects.get(code=row["code"]).replaced_by.add(*followers)
    return len(fresh)
