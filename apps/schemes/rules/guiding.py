"""Which certification suits: a table of rules over codes, never over free text. Pure.

A product whose code stands in the catalogue of compulsory certification comes first, whatever the table says (CAR art.
27). Then the table: a rule fits if each of its conditions is empty or equals the answer; a code fits what begins with
it. Of several rules for one certification the most particular speaks.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

CCC = "ccc"


class Force(StrEnum):
    COMPULSORY = "compulsory"
    POSSIBLY = "possibly"  # the industry has listed products: ask for the product code
    USEFUL = "useful"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said: codes of the lists, an activity, a market; empty where nothing was said."""

    product_code: str = ""
    industry: str = ""
    sector: str = ""
    activity: str = ""
    market: str = ""


@dataclass(frozen=True, slots=True)
class GuideRow:
    """One rule. `system`: gb or iaf, the list that `match` is a code of; `months`: rough effort, an estimate."""

    system: str
    match: str
    activity: str
    market: str
    group: str
    weight: int
    months_from: int
    months_to: int
    reason: str
    reason_en: str
    basis: str
    verified: bool = False
    key: int | None = None

    def fits(self, answers: Answers) -> bool:
        code = answers.industry if self.system == "gb" else answers.sector
        coded = not self.match or (bool(code) and code.startswith(self.match))
        return coded and self.activity in ("", answers.activity) and self.market in ("", answers.market)

    @property
    def particular(self) -> tuple[int, int]:
        conditions = sum(bool(value) for value in (self.match, self.activity, self.market))
        return conditions, self.weight


@dataclass(frozen=True, slots=True)
class Listed:
    """A code of the catalogue edition that holds on the day. `compulsory_from`: where it was added with a day of its
    own; `day_known` False: added, but nobody has verified from when."""

    code: str
    name: str
    version: str
    announcement: str
    compulsory_from: dt.date | None = None
    day_known: bool = True


@dataclass(frozen=True, slots=True)
class Advice:
    """A certification that suits, the strongest first. `row` is the rule that speaks, None for a listed product."""

    group: str
    force: Force
    row: GuideRow | None = None
    listed: Listed | None = None


def advise(rows: Iterable[GuideRow], answers: Answers, listed: Listed | None) -> list[Advice]:
    """Compulsory, then possibly compulsory, then useful; heavier before lighter."""
    best: dict[str, GuideRow] = {}
    for row in rows:
        if row.fits(answers) and (row.group not in best or row.particular > best[row.group].particular):
            best[row.group] = row
    found = [Advice(CCC, Force.COMPULSORY, best.pop(CCC, None), listed)] if listed else []
    if answers.product_code and listed is None:
        best.pop(CCC, None)  # a code was given and it is not in the catalogue: nothing is left to check
    ordered = sorted(best.values(), key=lambda row: (row.group != CCC, -row.weight, row.group))
    return [*found, *(Advice(row.group, Force.POSSIBLY if row.group == CCC else Force.USEFUL, row) for row in ordered)]
