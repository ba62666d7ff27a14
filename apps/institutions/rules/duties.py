"""When what an institution owes falls due, and what it has to say. Limits are rows; nothing here knows a number."""

import calendar
import datetime as dt
import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from apps.core.problems import Problem

SHORTEST_COMMITMENT = 50
_REPORT = re.compile(r"\s*([^,，\t]+)[,，\t]\s*(\d{4}-\d{2}-\d{2})\s*[,，\t]\s*([^,，\t]+)[,，\t]\s*([^,，\t]+)\s*")


def due_on(begins: dt.date, *, months: int, days: int) -> dt.date:
    """`months` then `days` after a day. The last day of a month leads to the last day of a month: a year after
    28 February 2027 is 29 February 2028. A day that the month lacks is its last one.
    """
    month = begins.month - 1 + months
    year, month = begins.year + month // 12, month % 12 + 1
    last = calendar.monthrange(year, month)[1]
    day = last if begins.day == calendar.monthrange(begins.year, begins.month)[1] else min(begins.day, last)
    return dt.date(year, month, day) + dt.timedelta(days=days)


def quarter_of(day: dt.date) -> tuple[int, int]:
    """(year, quarter) of a day."""
    return day.year, (day.month - 1) // 3 + 1


def quarter_end(year: int, quarter: int) -> dt.date:
    """The last day of a quarter."""
    return dt.date(year, 3 * quarter, calendar.monthrange(year, 3 * quarter)[1])


def last_quarter(day: dt.date) -> tuple[int, int]:
    """The quarter that ended last before the day."""
    year, quarter = quarter_of(day)
    return (year - 1, 4) if quarter == 1 else (year, quarter - 1)


class Report(NamedTuple):
    """A report of a sample."""

    number: str
    issued_on: dt.date
    object: str
    standard: str


def read_reports(text: str, year: int, quarter: int, place: str = "reports") -> tuple[list[Report], list[Problem]]:
    """One report a line: number, day, object, standard. Everything that is wrong comes with its line number."""
    reports: list[Report] = []
    problems: list[Problem] = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        report = _report(line)
        if report is None:
            rule = _("第%(n)d行不是“报告编号，签发日期，检测对象，标准编号”") % {"n": n}
            problems.append(Problem("sample.line", place, line[:100], rule, _("日期写成 2026-03-18，各项以逗号分开")))
        elif quarter_of(report.issued_on) != (year, quarter):
            rule = _("第%(n)d行的签发日期不在该季度内") % {"n": n}
            problems.append(Problem("sample.quarter", place, line[:100], rule, _("请核对日期，或选择正确的季度")))
        elif report.number in {known.number for known in reports}:
            rule = _("第%(n)d行的报告编号与前面重复") % {"n": n}
            problems.append(Problem("sample.repeated", place, line[:100], rule, _("请删去重复的一行")))
        else:
            reports.append(report)
    return reports, problems


def _report(line: str) -> Report | None:
    found = _REPORT.fullmatch(line)
    if found is None or any(len(part.strip()) > 200 for part in found.groups()) or len(found[1].strip()) > 60:
        return None
    try:
        return Report(found[1].strip(), dt.date.fromisoformat(found[2]), found[3].strip(), found[4].strip())
    except ValueError:
        return None


def commitment_problems(text: str, signed_by: str | None = None) -> list[Problem]:
    """A commitment says something, and somebody answers for it."""
    problems = []
    if len("".join(text.split())) < SHORTEST_COMMITMENT:
        rule = _("承诺内容少于%(n)d字") % {"n": SHORTEST_COMMITMENT}
        problems.append(
            Problem("commitment.short", "text", text[:50], rule, _("请写明遵纪守法、独立公正、诚信的具体承诺"))
        )
    if signed_by is not None and not signed_by.strip():
        rule = _("须写明签署人")
        problems.append(Problem("commitment.unsigned", "signed_by", "", rule, _("由法定代表人或最高管理者签署")))
    return problems
