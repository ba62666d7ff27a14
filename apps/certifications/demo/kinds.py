"""Which certificates an organisation of a trade holds, in the proportions of the national statistics of 2024."""

from dataclasses import dataclass
from random import Random

from apps.certifications.constants import Shape
from apps.certifications.demo.vocabulary import Trade


@dataclass(frozen=True, slots=True)
class Kind:
    """A certification project as the demo uses it. `letter` stands in the number."""

    project: str
    group: str
    shape: Shape
    months: int
    standard: str
    letter: str


M, FOOD = Shape.MANAGEMENT, Shape.FOOD
QMS = Kind("A010101", "qms", M, 36, "GB/T 19001-2016", "Q")
BUILDING_QMS = Kind("A010201", "qms", M, 36, "GB/T 50430-2017", "QJ")
EMS = Kind("A020101", "ems", M, 36, "GB/T 24001-2016", "E")
OHSMS = Kind("A030101", "ohsms", M, 36, "GB/T 45001-2020", "S")
FSMS = Kind("A040101", "food_ms", M, 36, "ISO 22000:2018", "F")
HACCP = Kind("A040201", "food_ms", M, 36, "GB/T 27341-2009", "HACCP")
ISMS = Kind("A0501", "isms", M, 36, "ISO/IEC 27001:2022", "ISMS")
ITSM = Kind("A0601", "itsm", M, 36, "ISO/IEC 20000-1:2018", "ITSM")
ENERGY = Kind("A0801", "energy", M, 36, "GB/T 23331-2020", "EN")
IP = Kind("A100101", "ip", M, 36, "GB/T 29490-2023", "IPMS")
CCC = Kind("B0101", "ccc", Shape.CCC, 60, "", "")
ORGANIC = Kind("B0301", "organic", FOOD, 12, "GB/T 19630-2019", "OP")
GAP = Kind("B0302", "gap", FOOD, 12, "GB/T 20014.2-2013", "GAP")
FOOD_PRODUCT = Kind("B0399", "food_product", FOOD, 36, "", "FP")
INDUSTRIAL = Kind("B0401", "industrial", Shape.INDUSTRIAL, 60, "", "P")
GREEN = Kind("B0501", "green", Shape.INDUSTRIAL, 60, "", "GP")
SERVICE = Kind("C0201", "service", M, 36, "GB/T 27922-2011", "SC")

# Shares per holder: 973,353 QMS, 536,804 EMS, 486,496 OHSMS, 567,391 CCC, 98,670 food, 1,107,480 industrial and
# 77,104 service certificates of 1,099,770 holders. CCC and industrial ones gather in few hands.
_EXTRA_SYSTEMS = {"建设工程": (BUILDING_QMS,), "水利水电工程": (BUILDING_QMS,), "信息技术": (ISMS, ITSM)}


def kinds_held(trade: Trade, random: Random) -> list[Kind]:
    """The certificates of one holder, at least one."""
    r = random.random
    held = _systems(trade, r(), r(), r())
    if trade.ccc and r() < 0.57:
        held += [CCC] * (3 + int(r() * 14))
    if trade.industrial and r() < 0.4:
        held += [GREEN if r() < 0.15 else INDUSTRIAL for _ in range(3 + int(r() * 14))]
    if trade.food and r() < 0.27:
        held.append((ORGANIC, ORGANIC, ORGANIC, GAP, FOOD_PRODUCT)[int(r() * 5)])
    if r() < 0.07:
        held.append(SERVICE)
    return held or [QMS]


def _systems(trade: Trade, quality: float, others: float, extra: float) -> list[Kind]:
    held = [QMS] if quality < 0.84 else []
    if others < 0.48:
        held.append(EMS)
    if others < 0.44:
        held.append(OHSMS)
    if extra < 0.35:
        held += _EXTRA_SYSTEMS.get(trade.word, (FSMS, HACCP)[int(extra * 20) % 2 :][:1] if trade.food else ())
    elif extra < 0.5:
        held.append(ENERGY if extra < 0.42 else IP)
    return held
