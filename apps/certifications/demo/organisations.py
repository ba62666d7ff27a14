"""Fictional organisations: 示例· + county + two lucky characters + trade + legal form, under valid codes."""

from dataclasses import dataclass
from random import Random

from apps.certifications.constants import DEMO_SOURCE
from apps.certifications.demo.vocabulary import FIRST, KIND_OF_ENDING, SECOND, SOLE_TRADER, TRADES, County, Trade
from apps.core.copying import NULL
from apps.core.grams import fold, vector_literal
from apps.parties.constants import NameKind, OrganisationKind
from apps.parties.rules.codes import make_uscc
from apps.parties.rules.searching import initials_of

ORGANISATION = "parties_organisation"
NAME = "parties_organisationname"
TABLES = {
    ORGANISATION: (
        "id, kind, name, uscc, org_code, approval_number, division_code, jurisdiction_code, address, "
        "legal_representative, country, code_override_reason, search_text, search, initials, source, version, "
        "created_at, updated_at"
    ),
    NAME: "id, organisation_id, kind, name, source",
}
_CODE_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_SPACE = 31**6
_CODE_STEP = 387_420_489  # 3**18, no multiple of 31: walks through all codes without repeating one


@dataclass(slots=True)
class Party:
    """What a certificate needs to know of a holder or body."""

    id: int
    name: str
    uscc: str
    division_code: str
    trade: Trade
    approval: str = ""
    serial: str = ""
    counter: int = 0
    published_code: str = ""  # as JSON


class Organisations:
    """Makes organisations and writes their lines. Ids and codes run on from where they are told to begin."""

    def __init__(self, random: Random, counties: list[County], lines: dict[str, list[str]], now: str) -> None:
        self._random = random.random
        self._counties = [(county, initials_of(county.short)) for county in counties]
        self._trades = [trade for trade in TRADES for _ in range(trade.weight)]
        self._lines = lines
        self._now = now
        self._code = random.randrange(_CODE_SPACE)
        self._initials = {text: initials_of(text) for text in self._parts()}
        self.next_id = self.next_name_id = 1

    @staticmethod
    def _parts() -> set[str]:
        return {*FIRST, *SECOND, *(t.word for t in TRADES), *(e for t in TRADES for e in t.endings)}

    def company(self) -> Party:
        """One more enterprise or cooperative."""
        random = self._random
        county, county_initials = self._counties[int(random() * len(self._counties))]
        trade = self._trades[int(random() * len(self._trades))]
        first, second = FIRST[int(random() * len(FIRST))], SECOND[int(random() * len(SECOND))]
        ending = trade.endings[int(random() * len(trade.endings))]
        name = f"示例·{county.short}{first}{second}{trade.word}{ending}"
        short = self._initials
        initials = f"sl{county_initials}{short[first]}{short[second]}{short[trade.word]}{short[ending]}"
        uscc = make_uscc(county.code, self._next_code(), KIND_OF_ENDING.get(ending, "91"))
        street = f"{county.short}{first}{second}路{1 + int(random() * 300)}号"
        party = Party(self.next_id, name, uscc, county.code, trade)
        person = ending == SOLE_TRADER
        party.published_code = "null" if person else f'"{uscc}"'
        kind = OrganisationKind.SOLE_TRADER if person else OrganisationKind.ENTERPRISE
        self._write(party, kind, NULL, street, initials)
        return party

    def body(self, n: int, division_code: str) -> Party:
        """The n-th fictional certification body: CNCA-R-2026-9nn."""
        first, second = FIRST[n % len(FIRST)], SECOND[n * 7 % len(SECOND)]
        serial = f"{900 + n:03d}"
        uscc = make_uscc(division_code, self._next_code())
        name = f"示例认证{first}{second}有限公司"
        party = Party(self.next_id, name, uscc, division_code, TRADES[0], f"CNCA-R-2026-{serial}", serial)
        self._write(party, OrganisationKind.BODY, party.approval, "示例路1号", initials_of(name))
        return party

    def _next_code(self) -> str:
        self._code = value = (self._code + _CODE_STEP) % _CODE_SPACE
        digits = ""
        for _ in range(6):
            value, digit = divmod(value, 31)
            digits += _CODE_DIGITS[digit]
        return f"MA{digits}"

    def _write(self, party: Party, kind: str, approval: str, address: str, initials: str) -> None:
        text = fold(party.name)
        self._lines[ORGANISATION].append(
            f"{party.id}\t{kind}\t{party.name}\t{party.uscc}\t{party.uscc[8:17]}\t{approval}\t{party.division_code}\t\t"
            f"{address}\t\tCN\t\t{text}\t{vector_literal(text)}\t{initials}\t{DEMO_SOURCE}\t1\t{self._now}\t{self._now}"
        )
        self._lines[NAME].append(f"{self.next_name_id}\t{party.id}\t{NameKind.REGISTERED}\t{party.name}\t{DEMO_SOURCE}")
        self.next_id += 1
        self.next_name_id += 1
