"""Standard numbers as people write them, and the one form in which the portal keeps them."""

import re
import unicodedata
from typing import NamedTuple

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-"))
_CODE = re.compile(
    r"(?P<prefix>(?:DBS?\d{2,4}|[A-Z]{1,8})(?:\s*/\s*[A-Z]{1,6})*)\s*"
    r"(?P<number>[A-Z]?\d{1,7}(?:\.\d{1,4}){0,4})\s*[-:]\s*(?P<year>(?:19|20)\d{2})(?P<rest>\D.*|)"
)
_BOOK = re.compile(r"《[^《》]{2,120}》.{0,60}")
_EDITION = re.compile(r"(?:19|20)\d{2}|第[一二三四五六七八九十0-9]+版")
CLAUSE_LENGTH = 60


class Cited(NamedTuple):
    """What a row cites: `code` as kept ("GB 6675.4-2014"), `number` without the year, `clause` of it ("第一法").

    A method that is no numbered standard (a book of a ministry) is its own code; its `year` is 0.
    """

    code: str
    number: str
    year: int
    clause: str


def read_standard(text: str) -> Cited | None:
    """The standard that a text cites, or None if it names no year or edition, or cannot be read."""
    plain = " ".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
    if found := _CODE.fullmatch(plain.upper()):
        rest = plain[found.start("rest") :].strip(" ,;，；")
        if rest[:1] == "-" or len(rest) > CLAUSE_LENGTH:
            return None
        prefix = re.sub(r"\s*/\s*", "/", found["prefix"])
        number = f"{prefix} {found['number']}"
        mark = ":" if prefix.startswith(("ISO", "IEC")) else "-"
        return Cited(f"{number}{mark}{found['year']}", number, int(found["year"]), rest)
    if _BOOK.fullmatch(plain) and _EDITION.search(plain):
        return Cited(plain, plain.partition("》")[0] + "》", 0, "")
    return None


def number_of(code: str) -> str:
    """A kept code without its year."""
    cited = read_standard(code)
    return cited.number if cited else code
