"""Names and successors of administrative divisions (GB/T 2260): how the two source files are read."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from apps.parties.constants import DivisionLevel

LEVELS = {
    "province": DivisionLevel.PROVINCE,
    "city": DivisionLevel.CITY,
    "county": DivisionLevel.COUNTY,
    "township": DivisionLevel.TOWN,
    "省级": DivisionLevel.PROVINCE,
    "地级": DivisionLevel.CITY,
    "县级": DivisionLevel.COUNTY,
}
# The ten counties of Tongren as the city writes them in English; everything else is spelled in pinyin.
ENGLISH = {
    "520000": "Guizhou Province",
    "520600": "Tongren City",
    "520602": "Bijiang District",
    "520603": "Wanshan District",
    "520621": "Jiangkou County",
    "520622": "Yuping Dong Autonomous County",
    "520623": "Shiqian County",
    "520624": "Sinan County",
    "520625": "Yinjiang Tujia and Miao Autonomous County",
    "520626": "Dejiang County",
    "520627": "Yanhe Tujia Autonomous County",
    "520628": "Songtao Miao Autonomous County",
    "DALONG": "Dalong Economic Development Zone",
    "GAOXIN": "Tongren High-tech Industrial Development Zone",
}
# Areas that supervise like a county but have no GB/T 2260 code (design proposal: code, name, division around it).
JURISDICTIONS = (
    ("DALONG", "大龙经济开发区", "520622"),
    ("GAOXIN", "铜仁高新技术产业开发区", "520602"),
)
_SUCCESSOR = re.compile(r"(\d{6})(?:\[(\d{4})\])?")


class DivisionRow(NamedTuple):
    """One code as it is stored: its last name, and the codes that took its area over."""

    code: str
    name: str
    level: str
    parent_code: str
    since: int | None
    until: int | None
    successors: list[list[object]]


def current_rows(lines: Sequence[Mapping[str, str]]) -> dict[str, DivisionRow]:
    """The codes in use: columns code, name, level, parent."""
    return {
        line["code"]: DivisionRow(line["code"], line["name"], LEVELS[line["level"]], line["parent"], None, None, [])
        for line in lines
    }


def merge_history(current: dict[str, DivisionRow], lines: Sequence[Mapping[str, str]]) -> dict[str, DivisionRow]:
    """Current codes get their first year; repealed codes join with last name, years and successors."""
    rows = dict(current)
    for line in lines:
        code, since = line["代码"], int(line["启用时间"])
        until = int(line["变更/弃用时间"]) if line["变更/弃用时间"] else None
        known = rows.get(code)
        first = min(since, known.since) if known is not None and known.since is not None else since
        if (
            code in current or line["状态"] == "变更"
        ):  # in use, or an earlier name of the same code: only the year counts
            if known is not None:
                rows[code] = known._replace(since=first)
            continue
        latest = known is None or known.until is None or (until or 9999) >= known.until
        fresh = DivisionRow(
            code, line["名称"], LEVELS[line["级别"]], _parent(code), first, until, parse_successors(line["新代码"])
        )
        rows[code] = fresh if latest else known._replace(since=first)  # type: ignore[union-attr]
    return rows


def parse_successors(text: str) -> list[list[object]]:
    """`450200[1983];450223` -> [["450200", 1983], ["450223", None]]; a year marks an earlier, partial transfer."""
    return [[code, int(year) if year else None] for code, year in _SUCCESSOR.findall(text)]


def _parent(code: str) -> str:
    if code.endswith("0000"):
        return ""
    return code[:2] + "0000" if code.endswith("00") else code[:4] + "00"


def follow(code: str, successors_of: Mapping[str, list[list[object]]]) -> tuple[str, ...]:
    """The codes in use that today cover a code's area, in order; the code itself if it is in use or unknown.

    `successors_of` holds repealed codes only. Partial transfers count only where nothing else is known.
    """
    found: dict[str, None] = {}
    waiting, seen = [code], set()
    while waiting:
        step = waiting.pop(0)
        if step in seen:
            continue
        seen.add(step)
        following = successors_of.get(step)
        if not following:
            found[step] = None
            continue
        whole = [str(target) for target, year in following if year is None]
        waiting = (whole or [str(target) for target, _ in following]) + waiting
    return tuple(found) or (code,)
