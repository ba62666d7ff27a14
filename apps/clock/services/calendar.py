"""Loading and changing the calendar and the limits."""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import chinese_calendar
from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.clock.constants import NOTICES, DayKind
from apps.clock.models import CalendarDay, StatutoryLimit
from apps.clock.rules import by_weekday
from apps.clock.services.locking import take_calendar
from apps.clock.services.recounting import recount
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion

DATA = Path(__file__).resolve().parent.parent / "data"
Allow = Callable[[Actor], None]  # raises Refused
HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


def load_calendar(*, actor: Actor, years: Iterable[int], now: dt.datetime) -> dict[str, int]:
    """Fill the years; an unannounced year by weekday and marked provisional. What a person changed is left alone."""
    wanted = [day for year in years for day in _year(year)]
    with transaction.atomic():
        take_calendar()
        known = {day.date: day for day in CalendarDay.objects.filter(date__in=[day.date for day in wanted])}
        fresh = [day for day in wanted if day.date not in known]
        stale = [day for day in wanted if day.date in known and _differs(known[day.date], day)]
        CalendarDay.objects.bulk_create(fresh)
        CalendarDay.objects.bulk_update(stale, ["kind", "name", "notice", "provisional"])
        limits = _load_limits()
        counts = {"days": len(fresh), "changed": len(stale), "limits": limits}
        if stale:
            recount(actor=actor, now=now, days=[day.date for day in stale], reason=_("载入工作日历"))
        if any(counts.values()):
            _record(actor, now, "clock.calendar.load", "calendar", "*", None, dict(counts), "")
    return counts


def edit_day(
    *,
    actor: Actor,
    day: CalendarDay,
    kind: str,
    name: str,
    notice: str,
    version: int,
    reason: str,
    now: dt.datetime,
    allow: Allow,
) -> CalendarDay:
    """Change one day, by a notice, and every deadline that runs through it. Loading then leaves the day alone.

    `allow` re-checks the policy after the lock; it is handed in because roles live in a higher app.
    """
    with transaction.atomic():
        take_calendar()
        found = CalendarDay.objects.select_for_update().get(pk=day.pk)
        allow(actor)
        if found.version != version:
            raise StaleVersion
        before = {"kind": found.kind, "name": found.name, "notice": found.notice, "provisional": found.provisional}
        found.kind, found.name, found.notice = kind, name, notice
        found.provisional, found.edited = False, True
        found.version += 1
        found.save()
        after = {"kind": kind, "name": name, "notice": notice, "provisional": False}
        _record(actor, now, "clock.calendar.edit", "calendar_day", found.date.isoformat(), before, after, reason)
        told = _("%(day)s 改为%(kind)s：%(reason)s")
        told %= {"day": found.date, "kind": found.get_kind_display(), "reason": reason}
        recount(actor=actor, now=now, days=[found.date], reason=told)
    return found


def change_limit(
    *,
    actor: Actor,
    limit: StatutoryLimit,
    value: int,
    effective_from: dt.date,
    article: str,
    consequence: str,
    version: int,
    now: dt.datetime,
    allow: Allow,
    applies_to_running: bool = False,
) -> StatutoryLimit:
    """End a limit the day before the change and begin its successor. The unit stays: another unit is another limit.

    What is running keeps the rule of its day, unless the successor applies to it too: then it is counted again.
    """
    with transaction.atomic():
        take_calendar()
        found = StatutoryLimit.objects.select_for_update().get(pk=limit.pk)
        allow(actor)
        if found.version != version:
            raise StaleVersion
        if found.effective_to is not None:
            raise Refused("limit_ended")
        if problems := _limit_problems(found, value, effective_from):
            raise ProblemsFound(*problems)
        before = _facts(found)
        found.effective_to = effective_from - dt.timedelta(days=1)
        found.version += 1
        found.save()
        successor = StatutoryLimit.objects.create(
            code=found.code,
            name=found.name,
            value=value,
            unit=found.unit,
            effective_from=effective_from,
            article=article,
            consequence=consequence,
            verified=True,
            rolls=found.rolls,
            applies_to_running=applies_to_running,
        )
        _record(actor, now, "clock.limit.edit", "statutory_limit", successor.pk, before, _facts(successor), "")
        if applies_to_running:
            recount(actor=actor, now=now, code=found.code, reason=_("时限修改：%(article)s") % {"article": article})
    return successor


def _limit_problems(found: StatutoryLimit, value: int, effective_from: dt.date) -> list[Problem]:
    problems = []
    if value < 1:
        problems.append(Problem("range", "value", str(value), _("时限须为正整数"), _("请填写天数或月数")))
    if effective_from <= found.effective_from:
        text = effective_from.isoformat()
        problems.append(Problem("past", "effective_from", text, _("须晚于现行规定的生效日期"), _("请填写更晚的日期")))
    return problems


def _year(year: int) -> list[CalendarDay]:
    first = dt.date(year, 1, 1)
    count = (dt.date(year + 1, 1, 1) - first).days
    return [_day(first + dt.timedelta(days=n)) for n in range(count)]


def _day(date: dt.date) -> CalendarDay:
    if date.year not in NOTICES:
        return CalendarDay(date=date, kind=_by_weekday(date), provisional=True)
    holiday, name = chinese_calendar.get_holiday_detail(date)
    notice = NOTICES[date.year] if name else ""
    if not name:
        return CalendarDay(date=date, kind=_by_weekday(date), notice=notice)
    label = HOLIDAYS.get(str(getattr(name, "value", name)), str(name))
    kind = DayKind.HOLIDAY if holiday else DayKind.MAKE_UP
    return CalendarDay(date=date, kind=kind, name=label, notice=notice)


def _by_weekday(date: dt.date) -> DayKind:
    return DayKind.WORKDAY if by_weekday(date) else DayKind.WEEKEND


def _differs(known: CalendarDay, day: CalendarDay) -> bool:
    same = (known.kind, known.name, known.notice, known.provisional) == (
        day.kind,
        day.name,
        day.notice,
        day.provisional,
    )
    return not known.edited and not same


def _load_limits() -> int:
    known = set(StatutoryLimit.objects.values_list("code", flat=True))
    rows: list[dict[str, Any]] = json.loads((DATA / "limits.json").read_text(encoding="utf-8"))
    fresh = [StatutoryLimit(**row) for row in rows if row["code"] not in known]
    StatutoryLimit.objects.bulk_create(fresh)
    return len(fresh)


def _facts(limit: StatutoryLimit) -> dict[str, Any]:
    return {
        "code": limit.code,
        "value": limit.value,
        "unit": limit.unit,
        "effective_from": str(limit.effective_from),
        "article": limit.article,
        "applies_to_running": limit.applies_to_running,
    }


def _record(
    actor: Actor,
    now: dt.datetime,
    action: str,
    kind: str,
    pk: object,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    reason: str,
) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=action,
        subject_kind=kind,
        subject_id=pk,
        before=before,
        after=after,
        reason=reason,
    )
