"""A line of a capability scope: reading it from cells, its identity, and the difference between two versions."""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from apps.core.grams import fold
from apps.core.tables.cells import Fault, looks_like_formula, plain_text
from apps.core.tables.columns import Header
from apps.core.tables.problems import EVERY_LIST, CellProblem, Explanation
from apps.institutions.constants import Field
from apps.institutions.rules.scope_columns import HEADINGS
from apps.institutions.rules.standards import number_of, read_standard

MOST_ROWS = 20_000
_LENGTHS = {"object": 200, "parameter": 200, "standard": 200, "title": 300, "restriction": 300, "site": 100}
_REQUIRED = ("field", "object", "parameter", "standard")
_NONE = frozenset({"无", "/", "-", "—", "——", "无限制"})
_FIELDS = {fold(str(label)): str(value) for value, label in Field.choices} | {
    "食品检验": "00",
    "食品及食品相关产品": "00",
    "建筑": "01",
    "卫生": "03",
    "农业": "04",
    "机动车": "05",
    "机动车检验": "05",
    "电子": "09",
    "纺织": "11",
    "环境": "12",
    "环境监测": "12",
    "水": "13",
    "水利": "13",
}

PROBLEMS: dict[str, Explanation] = {
    **EVERY_LIST,
    "required": Explanation(_("此列必填"), _("请照能力附表补填")),
    "field.unknown": Explanation(_("没有这个领域"), _("请填领域名称或 00 至 21 的代码，见“填写说明”")),
    "standard.year": Explanation(
        _("标准编号不完整或缺少年号"), _("请写成 GB 6675.4-2014 的样子；非标准方法写成《名称》（第几版，年份）")
    ),
    "site.unknown": Explanation(_("机构信息中没有这个场所"), _("请先登记场所，或照登记的场所名称填写")),
    "site.needed": Explanation(_("机构有多个场所，须写明在哪个场所"), _("请填写场所名称")),
    "row.repeated": Explanation(_("与前面的一行完全相同（对象、参数、标准、场所）"), _("请删去其中一行")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a scope. `field` is a code of constants.Field, `standard` the kept form of the cited standard."""

    field: str
    object: str
    parameter: str
    standard: str
    clause: str = ""
    title: str = ""
    restriction: str = ""
    site: str = ""


def capability_key(line: Line) -> str:
    """The digest that equal capabilities share, whatever the width, case and spacing of their texts."""
    texts = (line.field, fold(line.object), fold(line.parameter), fold(line.standard))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]


def read_line(
    row: int, header: Header, cells: Sequence[str], sites: Collection[str]
) -> tuple[Line | None, list[CellProblem]]:
    """The line that a row of cells means, or everything that is wrong with it. `sites`: names of the sites today."""
    if len(cells) > len(header.fields) and any(text.strip() for text in cells[len(header.fields) :]):
        return None, [CellProblem(row, "", "", "columns")]
    texts = _named(header, cells)
    read: dict[str, str] = {}
    problems = []
    for name, text in texts.items():
        value = _cell(name, text)
        if isinstance(value, Fault):
            problems.append(CellProblem(row, HEADINGS[name], text[:200], value.code))
        else:
            read[name] = value
    cited = read_standard(read.get("standard", ""))
    if "standard" in read and cited is None:
        problems.append(CellProblem(row, HEADINGS["standard"], texts["standard"][:200], "standard.year"))
    if fault := _site_fault(read.get("site", ""), sites):
        problems.append(CellProblem(row, HEADINGS["site"], texts["site"][:200], fault))
    if problems or cited is None:
        return None, problems
    return Line(**{**read, "standard": cited.code, "clause": cited.clause}), []


def _named(header: Header, cells: Sequence[str]) -> dict[str, str]:
    """The cells by column, without the invisible characters that a copy from a page drags along."""
    texts = dict.fromkeys(HEADINGS, "")
    for place, name in enumerate(header.fields[: len(cells)]):
        if name is not None:
            text = cells[place]
            texts[name] = text if text.isprintable() else "".join(c for c in text if unicodedata.category(c) != "Cf")
    return texts


def _cell(name: str, text: str) -> str | Fault:
    if name == "field":
        return _field(text)
    value = plain_text(text, _LENGTHS[name])
    if isinstance(value, Fault):
        return value
    if not value and name in _REQUIRED:
        return Fault("required")
    if looks_like_formula(value) and value not in _NONE:
        return Fault("formula")
    return "" if name in ("restriction", "site") and value in _NONE else value


def _field(text: str) -> str | Fault:
    plain = fold(text.removesuffix(".0"))
    if not plain:
        return Fault("required")
    if plain.isascii() and plain.isdigit() and len(plain) <= 2:
        plain = plain.zfill(2)
        return plain if plain in Field.values else Fault("field.unknown")
    return _FIELDS.get(plain) or Fault("field.unknown")


def _site_fault(site: str, sites: Collection[str]) -> str:
    if site and sites and site not in sites:
        return "site.unknown"
    return "site.needed" if not site and len(sites) > 1 else ""


def repeated(lines: Sequence[tuple[int, Line]]) -> list[CellProblem]:
    """Rows that say what an earlier row said."""
    seen: set[tuple[str, str, str]] = set()
    problems = []
    for row, line in lines:
        same = (capability_key(line), fold(line.clause), line.site)
        if same in seen:
            problems.append(
                CellProblem(row, "", f"{line.object} {line.parameter} {line.standard}"[:200], "row.repeated")
            )
        seen.add(same)
    return problems


class Changed(NamedTuple):
    """A line that stands in both versions, and the names of its parts that differ."""

    old: Line
    new: Line
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    added: list[Line] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)


Identity = tuple[str, str, str, str]


def difference(old: Sequence[Line], new: Sequence[Line], replaced_by: Mapping[str, Collection[str]]) -> Difference:
    """What a new version adds, drops and changes.

    A line is the same while object, parameter, site and standard number (without the year) are; one that moved to a
    standard which replaces its old one (`replaced_by`: code -> codes) is changed, not dropped and added.
    """
    found = Difference()
    waiting: dict[Identity, list[Line]] = defaultdict(list)
    for line in old:
        waiting[_identity(line)].append(line)
    strange = []
    for line in new:
        if same := waiting[_identity(line)]:
            _compare(found, same.pop(0), line)
        else:
            strange.append(line)
    gone: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for line in (line for rest in waiting.values() for line in rest):
        gone[_place(line)].append(line)
    for line in strange:
        moved = next((g for g in gone[_place(line)] if line.standard in replaced_by.get(g.standard, ())), None)
        if moved is None:
            found.added.append(line)
        else:
            gone[_place(line)].remove(moved)
            _compare(found, moved, line)
    found.removed.extend(line for rest in gone.values() for line in rest)
    return found


def _compare(found: Difference, old: Line, new: Line) -> None:
    parts = tuple(f.name for f in fields(Line) if f.name != "title" and getattr(old, f.name) != getattr(new, f.name))
    if parts:
        found.changed.append(Changed(old, new, parts))


def _place(line: Line) -> tuple[str, str, str]:
    return fold(line.object), fold(line.parameter), line.site


def _identity(line: Line) -> Identity:
    return (*_place(line), fold(number_of(line.standard)))
