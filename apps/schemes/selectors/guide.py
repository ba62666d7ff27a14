"""The table of the guide, the catalogue edition of a day, and who is certified in a county already."""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from apps.certifications.selectors.guide import CatalogueEntry, catalogue_entry, certified_in
from apps.parties.selectors import current_codes
from apps.schemes.models import CatalogueChange, GuideRule
from apps.schemes.rules.guiding import Answers, GuideRow, Listed

DATA = Path(__file__).resolve().parents[1] / "data"
NAMED = 3  # holders named as examples


def read_data(name: str) -> list[dict[str, str]]:
    """The rows of one file of data/."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def guide_fields(line: Mapping[str, str]) -> dict[str, Any]:
    """A line of data/guide_rules.csv as values of the model."""
    return {
        **line,
        "weight": int(line["weight"]),
        "months_from": int(line["months_from"]),
        "months_to": int(line["months_to"]),
        "verified": line["verified"] == "1",
        "effective_from": dt.date.fromisoformat(line["effective_from"]),
    }


def rules_of_guide() -> QuerySet[GuideRule]:
    """Every rule, those in force first, in the order of the codes."""
    return GuideRule.objects.order_by("system", "match", "group", "-effective_from", "pk")


def get_guide_rule(pk: int) -> GuideRule:
    """A rule, or 404."""
    found = GuideRule.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def guide_rows(on: dt.date) -> list[GuideRow]:
    """The rules that hold on the day; before anybody loaded the table, those that the release brings along."""
    rows = GuideRule.objects.filter(Q(effective_to=None) | Q(effective_to__gte=on), effective_from__lte=on)
    if found := [as_row(rule) for rule in rows.order_by("pk")]:
        return found
    if GuideRule.objects.exists():
        return []
    return [as_row(GuideRule(**guide_fields(line))) for line in read_data("guide_rules")]


def as_row(rule: GuideRule) -> GuideRow:
    """A rule of the table as the pure rules read it."""
    return GuideRow(
        rule.system,
        rule.match,
        rule.activity,
        rule.market,
        rule.group,
        rule.weight,
        rule.months_from,
        rule.months_to,
        rule.reason,
        rule.reason_en,
        rule.basis,
        rule.verified,
        rule.pk,
    )


def listed_on(code: str, on: dt.date) -> Listed | None:
    """The catalogue's entry for a product code on the day, with its own day of force where an announcement set one."""
    entry: CatalogueEntry | None = catalogue_entry(code, on) if code else None
    if entry is None:
        return None
    change = CatalogueChange.objects.filter(code=code, kind="added").order_by("-compulsory_from").first()
    if change is None:
        return Listed(entry.code, entry.name, entry.version, entry.announcement)
    day = change.compulsory_from
    return Listed(entry.code, entry.name, entry.version, change.announcement, day, day is not None)


@dataclass(frozen=True, slots=True)
class Peers:
    """Who like the asker holds a valid certificate of a group in the county: how many, and some by name."""

    count: int = 0
    named: list[tuple[str, str]] = field(default_factory=list)  # (name as the public sees it, token of a certificate)


def peers_in(division_code: str, answers: Answers, on: dt.date) -> dict[str, Peers]:
    """By group of certification. Alike is who has the same code of industry, sector or product on a certificate."""
    wanted = {f"IAF:{answers.sector}"} if answers.sector else set()
    holders: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    for row in certified_in(current_codes(division_code), on):
        codes = set(row.scope_codes)
        gb = [code.removeprefix("GB:") for code in codes if code.startswith("GB:")]
        same_industry = bool(answers.industry) and any(code.startswith(answers.industry) for code in gb)
        same_product = bool(answers.product_code) and row.product_code == answers.product_code
        if same_industry or same_product or codes & wanted:
            holders[row.group].setdefault(row.holder_id, (row.public_name, row.token))
    return {group: Peers(len(found), list(found.values())[:NAMED]) for group, found in holders.items()}


def codes_of(scope_codes: Iterable[str]) -> tuple[str, str]:
    """(industry, sector) of the codes on a certificate, for the form's first choice."""
    codes = list(scope_codes)
    industry = next((code[3:6] for code in codes if code.startswith("GB:")), "")
    return industry, next((code[4:6] for code in codes if code.startswith("IAF:")), "")
