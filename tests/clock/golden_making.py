"""How golden_deadlines.csv was made: from the dates of the notices, typed in by hand, by looking up places in a list.

Deliberately another way than apps.clock.rules, which walks from day to day: here all days that count are one sorted
list, and a limit is a step of so many places in it. `python -m tests.clock.golden_making` writes the table anew.
Rows marked "hand" were counted on a paper calendar as well.
"""

import csv
import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).parent / "golden_deadlines.csv"
COLUMNS = ["start", "limit", "rolls", "pauses", "extensions", "change", "due", "about", "checked"]
# First and last day off of each holiday, then the weekend days worked instead, as the yearly notices list them.
OFF = """2024-01-01 2024-01-01|2024-02-10 2024-02-17|2024-04-04 2024-04-06|2024-05-01 2024-05-05|2024-06-10 2024-06-10
2024-09-15 2024-09-17|2024-10-01 2024-10-07|2025-01-01 2025-01-01|2025-01-28 2025-02-04|2025-04-04 2025-04-06
2025-05-01 2025-05-05|2025-05-31 2025-06-02|2025-10-01 2025-10-08|2026-01-01 2026-01-03|2026-02-15 2026-02-23
2026-04-04 2026-04-06|2026-05-01 2026-05-05|2026-06-19 2026-06-21|2026-09-25 2026-09-27|2026-10-01 2026-10-07"""
ON = """2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12 2025-01-26 2025-02-08
2025-04-27 2025-09-28 2025-10-11 2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10"""
DAYS = [dt.date(2024, 1, 1) + dt.timedelta(n) for n in range(1096)]
HAND = {
    ("2024-02-09", "5wd"): "hand: Sun 18 (make-up), Mon 19 to Thu 22",
    ("2024-09-30", "5wd"): "hand: Tue 8 to Fri 11, Sat 12 (make-up)",
    ("2025-01-27", "5wd"): "hand: Wed 5 to Fri 7, Sat 8 (make-up), Mon 10",
    ("2025-09-30", "5wd"): "hand: Thu 9, Fri 10, Sat 11 (make-up), Mon 13, Tue 14",
    ("2026-02-13", "5wd"): "hand: Sat 14 (make-up), Tue 24 to Fri 27",
    ("2026-09-18", "5wd"): "hand: Sun 20 (make-up), Mon 21 to Thu 24",
    ("2026-09-30", "5wd"): "hand: Thu 8, Fri 9, Sat 10 (make-up), Mon 12, Tue 13",
    ("2024-01-31", "1m"): "hand: no 31 February, so 29",
    ("2024-02-29", "12m"): "hand: no 29 February 2025, so 28",
    ("2025-09-17", "15cd"): "hand: 2 October is off until the 8th, so the 9th",
}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def worked() -> list[dt.date]:
    """Every working day of the three years, in order."""
    off: set[dt.date] = set()
    for pair in OFF.replace("\n", "|").split("|"):
        first, last = map(day, pair.split())
        off |= {each for each in DAYS if first <= each <= last}
    extra = set(map(day, ON.split()))
    return [each for each in DAYS if each in extra or (each.isoweekday() < 6 and each not in off)]


WORKED = worked()


def without(days: list[dt.date], pauses: str) -> list[dt.date]:
    for pair in filter(None, pauses.split(";")):
        began, ended = map(day, pair.split(".."))
        days = [each for each in days if not began < each <= ended]
    return days


def later(start: dt.date, months: int) -> dt.date:
    """Try the day itself, then the days before it, until the month has one."""
    years, month = divmod(start.month - 1 + months, 12)
    for number in range(start.day, start.day - 4, -1):
        try:
            return dt.date(start.year + years, month + 1, number)
        except ValueError:
            continue
    raise AssertionError(start)


def step(start: dt.date, limit: str, pauses: str) -> dt.date:
    if limit.endswith("wd"):
        days = without(WORKED, pauses)
        return days[bisect_right(days, start) + int(limit[:-2]) - 1]
    days = without(DAYS, pauses)
    if limit.endswith("cd"):
        return days[bisect_right(days, start) + int(limit[:-2]) - 1]
    target = later(start, int(limit[:-1]))
    lost = sum(start < each <= target for each in DAYS) - sum(start < each <= target for each in days)
    return days[bisect_right(days, target) + lost - 1] if lost else target


def answer(row: dict[str, str]) -> dt.date:
    """The last day that a row of the table must have."""
    end = day(row["start"])
    for limit in filter(None, [row["limit"], *row["extensions"].split(";")]):
        end = step(end, limit, row["pauses"])
    for pair in filter(None, row["pauses"].split(";")):
        began, ended = map(day, pair.split(".."))
        if began == end and ended > began:
            days = WORKED if row["limit"].endswith("wd") else DAYS
            end = days[bisect_left(days, ended)]
    if row["rolls"] == "yes":
        end = WORKED[bisect_left(WORKED, end)]
    for change in filter(None, row["change"].split(";")):
        since, limit, running = change.split(":")
        if running == "running" and end >= day(since):
            end = max(answer({**row, "limit": limit, "change": ""}), day(since))
    return end


FESTIVALS = {
    "Spring Festival 2024": "2024-02-02 2024-02-03 2024-02-08 2024-02-09 2024-02-10 2024-02-17 2024-02-18",
    "Qingming 2024": "2024-04-03 2024-04-07",
    "Labour Day 2024": "2024-04-26 2024-04-30 2024-05-10",
    "Mid-autumn 2024": "2024-09-13 2024-09-14",
    "National Day 2024": "2024-09-27 2024-09-30 2024-10-01 2024-10-07 2024-10-11",
    "New Year 2025": "2024-12-31 2025-01-01",
    "Spring Festival 2025": "2025-01-24 2025-01-26 2025-01-27 2025-01-28 2025-02-04 2025-02-07 2025-02-08",
    "Labour Day 2025": "2025-04-25 2025-04-30",
    "Dragon Boat 2025": "2025-05-30",
    "National Day 2025": "2025-09-26 2025-09-28 2025-09-30 2025-10-01 2025-10-08 2025-10-10",
    "New Year 2026": "2025-12-31 2026-01-03",
    "Spring Festival 2026": "2026-02-06 2026-02-13 2026-02-14 2026-02-15 2026-02-23 2026-02-27 2026-02-28",
    "Labour Day 2026": "2026-04-30 2026-05-08",
    "Dragon Boat 2026": "2026-06-18",
    "National Day 2026": "2026-09-18 2026-09-20 2026-09-24 2026-09-30 2026-10-01 2026-10-07 2026-10-09",
}
PAUSED = """2024-02-05 10wd|2024-02-07..2024-02-21|2024-01-29 30wd|2024-02-06..2024-02-06
2024-01-29 30wd|2024-02-06..2024-02-18|2024-09-23 20wd|2024-09-26..2024-10-10
2024-09-23 20wd|2024-09-29..2024-10-12|2024-09-23 20wd|2024-09-25..2024-09-27;2024-10-08..2024-10-15
2025-01-20 10wd|2025-01-24..2025-02-05|2025-01-20 10wd|2025-01-26..2025-02-08
2025-01-20 5wd|2025-01-26..2025-02-08|2025-01-20 5wd|2025-01-26..2025-02-09
2025-09-22 20wd|2025-09-28..2025-10-09|2025-09-22 30wd|2025-10-01..2025-10-08
2025-09-22 20wd|2025-09-24..2025-09-26;2025-10-10..2025-10-11|2026-02-09 5wd|2026-02-11..2026-02-25
2026-02-09 5wd|2026-02-14..2026-02-24|2026-02-09 30wd|2026-02-14..2026-02-28;2026-03-05..2026-03-10
2026-09-14 10wd|2026-09-18..2026-09-22|2026-09-14 10wd|2026-09-19..2026-09-20
2026-09-14 30wd|2026-09-30..2026-10-10|2026-09-28 20cd|2026-10-01..2026-10-05
2026-08-31 1m|2026-09-10..2026-09-20|2025-11-30 3m|2025-12-10..2025-12-20;2026-01-05..2026-01-06
2024-02-29 12m|2024-06-01..2024-06-30|2025-06-02 15cd|2025-06-17..2025-06-21"""
EXTENDED = """2024-01-29 20wd 10wd|2024-09-18 10wd 10wd|2025-01-13 10wd 10wd|2025-09-22 10wd 10wd|2026-01-26 20wd 10wd
2026-02-02 10wd 10wd|2026-09-14 10wd 10wd|2026-09-28 10wd 10wd|2024-12-02 15wd 15wd|2025-09-16 90cd 30cd
2026-01-31 1m 1m|2025-12-31 2m 10wd"""
BOTH = """2026-02-02 10wd 10wd 2026-02-05..2026-02-25|2026-09-14 20wd 10wd 2026-09-24..2026-10-08
2024-09-18 10wd 10wd 2024-09-20..2024-09-29|2025-01-13 10wd 10wd 2025-01-24..2025-02-08"""
CHANGED = """2026-01-05 45wd 2026-02-01:30wd:running|2026-01-05 45wd 2026-02-01:30wd:new
2026-01-05 20wd 2026-02-01:10wd:running|2026-01-05 20wd 2026-02-04:10wd:running
2026-01-05 20wd 2026-01-20:10wd:running|2026-01-05 20wd 2026-01-12:10wd:running
2025-09-22 10wd 2025-10-11:7wd:running|2025-09-22 10wd 2025-10-12:7wd:running
2025-09-22 10wd 2025-09-29:20wd:running|2024-09-23 20wd 2024-10-08:10wd:running;2024-10-10:15wd:running
2024-09-23 20wd 2024-10-08:10wd:new;2024-10-15:30wd:running|2024-02-01 30wd 2024-02-19:45wd:running
2024-02-01 5wd 2024-02-18:3wd:running"""
MONTHS = """2024-01-31 1m|2024-01-30 1m|2024-01-29 1m|2024-02-29 12m|2024-02-29 1m|2024-03-31 1m|2024-08-31 6m
2024-11-30 3m|2024-12-31 2m|2025-01-31 1m|2025-01-28 1m|2025-03-31 3m|2025-08-31 1m|2025-10-31 4m
2025-11-30 3m|2025-12-31 6m|2026-01-31 1m|2026-03-31 6m|2026-05-31 1m|2024-02-28 12m|2024-02-29 24m
2024-08-29 6m"""
ROLLING = """2025-09-17 15cd|2025-09-16 15cd|2024-09-20 15cd|2024-09-14 15cd|2026-02-01 15cd|2026-02-08 15cd
2026-01-31 15cd|2026-09-18 15cd|2026-09-25 15cd|2025-01-13 15cd|2025-01-20 15cd|2025-01-24 15cd
2024-01-26 15cd|2024-02-03 15cd|2026-04-20 15cd|2024-11-15 1m|2025-12-31 1m|2026-01-31 1m|2026-07-03 3m
2026-01-20 1m|2025-09-13 15cd|2025-09-26 15cd"""


def _row(start: str, limit: str, about: str, **more: str) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "") | {"start": start, "limit": limit, "rolls": "no", "about": about, **more}
    plain = not (row["pauses"] or row["extensions"] or row["change"])
    return {**row, "checked": HAND.get((start, limit), "") if plain else ""}


def _cells(text: str) -> list[str]:
    return text.replace("\n", "|").split("|")


def rows() -> Iterator[dict[str, str]]:
    """Every case with its answer."""
    cases = [
        _row(start, limit, name)
        for name, starts in FESTIVALS.items()
        for start in starts.split()
        for limit in (["1wd", "5wd", "10wd", "30wd"] if "Spring" in name or "National" in name else ["1wd", "5wd"])
    ]
    cells = _cells(PAUSED)
    for case, pauses in zip(cells[::2], cells[1::2], strict=True):
        start, limit = case.split()
        cases.append(_row(start, limit, "paused", pauses=pauses))
    for start, limit, extension in map(str.split, _cells(EXTENDED)):
        cases.append(_row(start, limit, "extended", extensions=extension))
    for start, limit, extension, pauses in map(str.split, _cells(BOTH)):
        cases.append(_row(start, limit, "paused and extended", extensions=extension, pauses=pauses))
    for start, limit, change in map(str.split, _cells(CHANGED)):
        cases.append(_row(start, limit, "rule changed in flight", change=change))
    cases += [_row(start, limit, "months") for start, limit in map(str.split, _cells(MONTHS))]
    cases += [_row(start, limit, "rolling", rolls="yes") for start, limit in map(str.split, _cells(ROLLING))]
    for case in cases:
        yield {**case, "due": answer(case).isoformat()}


def table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    with TABLE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())
