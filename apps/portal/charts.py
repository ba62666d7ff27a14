"""Geometry of the charts that the server draws. Colours come from the stylesheet by class, so that themes hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

STEP = 106  # a tile and its gap
# The ten counties where a person of Tongren expects them: code, short name, column, row.
COUNTIES: tuple[tuple[str, Words, int, int], ...] = (
    ("520627", _("沿河"), 1, 0),
    ("520626", _("德江"), 0, 1),
    ("520625", _("印江"), 1, 1),
    ("520628", _("松桃"), 3, 1),
    ("520624", _("思南"), 0, 2),
    ("520621", _("江口"), 2, 2),
    ("520602", _("碧江"), 3, 2),
    ("520623", _("石阡"), 0, 3),
    ("520622", _("玉屏"), 2, 3),
    ("520603", _("万山"), 3, 3),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A county: its number, the class of its colour (q1 lightest to q5), and where its list is."""

    name: Words
    value: int
    shade: str
    x: int
    y: int
    url: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a bar chart; `width` is out of 240."""

    name: Words
    value: int
    width: int
    url: str


def county_tiles(values: Mapping[str, int], urls: Mapping[str, str]) -> list[Tile]:
    """The tile map. Five shades by share of the largest number; zero is always the lightest."""
    largest = max((values.get(code, 0) for code, *_rest in COUNTIES), default=0)
    return [
        Tile(name, value, _shade(value, largest), column * STEP, row * STEP, urls.get(code, ""))
        for code, name, column, row in COUNTIES
        for value in [values.get(code, 0)]
    ]


def bars(rows: Sequence[tuple[Words, int, str]]) -> list[Bar]:
    """Rows (name, number, address) as bars, in the order given."""
    largest = max((value for _name, value, _url in rows), default=0)
    return [Bar(name, value, round(240 * value / largest) if largest else 0, url) for name, value, url in rows]


def _shade(value: int, largest: int) -> str:
    return f"q{min(5, 1 + value * 5 // largest)}" if largest else "q1"
