"""The rules of a certification scheme as they held on a day, from dated rows. Pure.

A row belongs to one project group ("qms"), to one detail template ("shape:3") or to every scheme ("*"); the narrowest
row that is in force answers, also when it says that there is no such rule (value None).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from apps.certifications.constants import EVERY_SCHEME, RuleCode, RuleUnit
from apps.clock.constants import LimitUnit
from apps.clock.rules import ONE_DAY, Rule, due_under
from apps.core.calendar import add_months

FACTORY_CLASSES: Mapping[str, RuleCode] = {
    "A": RuleCode.FOLLOW_UP_MONTHS_A,
    "B": RuleCode.FOLLOW_UP_MONTHS_B,
    "C": RuleCode.FOLLOW_UP_MONTHS_C,
    "D": RuleCode.FOLLOW_UP_MONTHS_D,
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One value of one scheme, in force from `effective_from` to the end of `effective_to`."""

    scheme: str
    code: str
    value: int | None
    unit: str
    effective_from: dt.date
    effective_to: dt.date | None
    basis: str
    verified: bool = False
    applies_to_running: bool = False
    note: str = ""

    def holds_on(self, day: dt.date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules for one project on one day. A rule that no row names is None: the scheme has none."""

    project_code: str
    on: dt.date
    rows: Mapping[str, RuleRow]

    def row(self, code: str) -> RuleRow | None:
        return self.rows.get(code)

    def value(self, code: str) -> int | None:
        found = self.rows.get(code)
        return found.value if found else None

    def flag(self, code: str) -> bool:
        return bool(self.value(code))

    def basis(self, code: str) -> str:
        found = self.rows.get(code)
        return found.basis if found else ""

    @property
    def first_surveillance_months(self) -> int | None:
        return self.value(RuleCode.FIRST_SURVEILLANCE_MONTHS)

    @property
    def surveillance_gap_months(self) -> int | None:
        return self.value(RuleCode.SURVEILLANCE_GAP_MONTHS)

    @property
    def min_surveillances_per_cycle(self) -> int | None:
        return self.value(RuleCode.MIN_SURVEILLANCES_PER_CYCLE)

    @property
    def validity_months(self) -> int | None:
        return self.value(RuleCode.VALIDITY_MONTHS)

    @property
    def same_number_at_renewal(self) -> bool:
        return self.flag(RuleCode.SAME_NUMBER_AT_RENEWAL)

    @property
    def recertify_before_expiry(self) -> bool:
        return self.flag(RuleCode.RECERTIFY_BEFORE_EXPIRY)

    @property
    def renewal_apply_months(self) -> int | None:
        return self.value(RuleCode.RENEWAL_APPLY_MONTHS)

    @property
    def bar_months_after_fault(self) -> int | None:
        return self.value(RuleCode.BAR_MONTHS_AFTER_FAULT)

    @property
    def min_operation_months(self) -> int | None:
        return self.value(RuleCode.MIN_OPERATION_MONTHS)

    @property
    def fee_paid_by_client(self) -> bool:
        return self.flag(RuleCode.FEE_PAID_BY_CLIENT)

    @property
    def suspension_max_months(self) -> int | None:
        return self.value(RuleCode.SUSPENSION_MAX_MONTHS)

    @property
    def short_notice_days(self) -> int | None:
        return self.value(RuleCode.SHORT_NOTICE_DAYS)

    def longest_suspension_months(self, *, seasonal: bool = False) -> int | None:
        """For goods made in season or to order the longer limit, where the scheme has one."""
        own = self.value(RuleCode.SEASONAL_SUSPENSION_MONTHS) if seasonal else None
        return own if own is not None else self.suspension_max_months

    def follow_up_months(self, factory_class: str = "B") -> int | None:
        """Months between two follow-up inspections of a CCC factory of the class A, B, C or D."""
        return self.value(FACTORY_CLASSES[factory_class])


def chain(group: str, shape: int) -> tuple[str, ...]:
    """Where a rule of the project may stand, the narrowest first."""
    return (group, f"shape:{int(shape)}", EVERY_SCHEME)


def rule_set(rows: Iterable[RuleRow], *, project_code: str, group: str, shape: int, on: dt.date) -> RuleSet:
    """What holds for the project on the day."""
    places = chain(group, shape)
    found: dict[str, RuleRow] = {}
    for row in rows:
        if row.scheme in places and row.holds_on(on):
            known = found.get(row.code)
            if known is None or places.index(row.scheme) < places.index(known.scheme):
                found[row.code] = row
    return RuleSet(project_code, on, found)


def history(rows: Iterable[RuleRow], code: str, *, group: str, shape: int) -> list[RuleRow]:
    """The rows of one rule for the project, oldest first: of the narrowest place that has any."""
    named = [row for row in rows if row.code == code]
    for place in chain(group, shape):
        if own := sorted((row for row in named if row.scheme == place), key=lambda row: row.effective_from):
            return own
    return []


def last_day(start: dt.date, rows: Sequence[RuleRow]) -> dt.date | None:
    """The last day of a limit in months that began on `start`; None if the scheme has none.

    `rows`: the history of one rule. What began under a rule ends under it, unless its successor took over what was
    running. What began before the oldest row that is known is counted under that row.
    """
    assert all(row.unit == RuleUnit.MONTH for row in rows), "a limit in months"
    later = [row for row in rows if row.effective_to is None or row.effective_to >= start]
    if not later or later[0].value is None:
        return None
    counted = [
        Rule(row.value, LimitUnit.MONTH, row.effective_from, applies_to_running=row.applies_to_running)
        for row in later
        if row.value is not None
    ]
    _rule, end = due_under(start, counted, (), (), {})
    return end.on if end else None


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Starts from `since` to `until` end their limit `months` later, or all on the `fixed` day."""

    since: dt.date
    until: dt.date
    months: int | None
    fixed: dt.date | None


@lru_cache(maxsize=64)
def day_spans(rows: tuple[RuleRow, ...], today: dt.date) -> tuple[DaySpan, ...]:
    """`last_day` for every start whose limit can still end today or later, in as few spans as it takes: what SQL can
    count with. One truth: each start is asked of `last_day` itself."""
    lengths = sorted({row.value for row in rows if row.value is not None})
    found: list[DaySpan] = []
    start = add_months(today, -lengths[-1]) - dt.timedelta(days=31) if lengths else today
    while lengths and start <= today:
        end = last_day(start, rows)
        months = next((n for n in lengths if end == add_months(start, n)), None)
        fixed = end if months is None else None
        if end is not None:
            if found and (found[-1].months, found[-1].fixed, found[-1].until) == (months, fixed, start - ONE_DAY):
                found[-1] = replace(found[-1], until=start)
            else:
                found.append(DaySpan(start, start, months, fixed))
        start += ONE_DAY
    return tuple(found)
