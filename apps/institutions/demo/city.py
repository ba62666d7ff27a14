"""Loading fictional institutions by COPY: 150 with up to 800 rows each in a city, 53,000 in a nation."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import connection, transaction

from apps.audit.services import publish_many, record
from apps.core.actors import Actor
from apps.core.calendar import add_months, today
from apps.core.copying import FLUSH_ROWS, Streams, continue_ids, first_free_id, raw_cursor
from apps.core.grams import vector_literal
from apps.core.tokens import TOKEN_ALPHABET
from apps.institutions.constants import DEMO_SOURCE
from apps.institutions.demo.vocabulary import COMMITMENT, dictionary
from apps.institutions.rules.duties import due_on
from apps.institutions.rules.scope import Line, capability_key
from apps.institutions.services.scopes import know_capabilities
from apps.parties.models import Division
from apps.parties.rules.codes import make_uscc
from apps.parties.rules.searching import search_fields

_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_PLACES = ("武陵", "梵净", "乌江", "锦江", "舞阳", "松江", "云舍", "九龙", "佛顶", "凤凰", "龙川", "清水")
TABLES = {
    "parties_organisation": "id, kind, name, uscc, org_code, division_code, jurisdiction_code, address, "
    "legal_representative, country, code_override_reason, search_text, search, initials, source, version, "
    "created_at, updated_at",
    "parties_organisationname": "organisation_id, kind, name, source",
    "institutions_institution": "id, organisation_id, token, cma_number, cma_from, cma_to, licence_source, created_at, "
    "updated_at, version",
    "institutions_profile": "institution_id, n, since, legal_form, parent_name, ownership, established_on, phone, "
    "website, staff_count, lab_area, equipment_count, equipment_value, equipment_summary, recorded_at",
    "institutions_site": "institution_id, name, address, division_code, activity, since, recorded_at",
    "institutions_person": "id, institution_id, name, id_kind, id_hash, id_masked, title, education, recorded_at",
    "institutions_appointment": "person_id, institution_id, position, fields, end_reason, since, recorded_at",
    "institutions_scopeversion": "id, institution_id, n, state, rows_count, note, made_at, approved_on, "
    "decision_number, version",
    "institutions_scoperow": "scope_id, n, capability_id, clause, restriction, site",
    "institutions_holding": "capability_id, division_code, institution_id",
    "institutions_commitment": "institution_id, kind, year, text, state, signed_by, signed_on, published_on, "
    "refresh_due, breach_finding, breach_number, made_at, version",
    "institutions_annualreport": "institution_id, year, state, due_on, reports_issued, clients, staff_count, "
    "proficiency_tests, complaints, summary, filed_on, filings, version",
}
_NUMBERED = ("parties_organisation", "institutions_institution", "institutions_person", "institutions_scopeversion")


@dataclass(frozen=True, slots=True)
class Scale:
    """`rows`: the most rows of a scope. `prefix`: the divisions whose counties are used."""

    institutions: int
    rows: int
    prefix: str


SCALES = {
    "small": Scale(20, 800, "5206"),
    "city": Scale(150, 800, "5206"),
    "province": Scale(1_500, 800, "52"),
    "nation": Scale(53_000, 40, ""),
}


def load_institutions(scale: Scale, *, seed: int, now: dt.datetime) -> dict[str, int]:
    """Write them all in one transaction; returns rows per table. The same seed and day give the same institutions."""
    with transaction.atomic():
        known = know_capabilities([line for lines in dictionary().values() for line in lines])
        with closing(raw_cursor()) as cursor:
            streams = Streams(cursor, TABLES)
            maker = _Maker(scale, Random(seed), known, streams, now)  # noqa: S311  a reproducible demo, no secret
            with streams:
                for n in range(scale.institutions):
                    maker.institution(n)
        continue_ids(maker.ids)
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_HOLDERS)
        actor = Actor.system("demo_institutions")
        after = {"institutions": scale.institutions, "rows": streams.written["institutions_scoperow"]}
        action = "institutions.demo.load"
        record(actor=actor, now=now, action=action, after=after, subject_kind="demo", subject_id="institutions")
        publish_many(kind="scope.approved", subject_kind="institution", facts_of=maker.facts, now=now)
    return streams.written


def institutions_are_loaded() -> bool:
    """Whether demo institutions stand here already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM parties_organisation WHERE source = %s AND kind = 'institution')", [DEMO_SOURCE]
        )
        return bool(cursor.fetchone()[0])


_COUNT_HOLDERS = """
    UPDATE institutions_capability AS c SET holders = held.n
    FROM (SELECT capability_id, count(*) AS n FROM institutions_holding GROUP BY 1) AS held
    WHERE c.id = held.capability_id"""


class _Maker:
    def __init__(self, scale: Scale, random: Random, known: dict[str, int], streams: Streams, now: dt.datetime) -> None:
        self.scale, self.random, self.now, self.day = scale, random, now.isoformat(), today(now)
        self.counties = list(
            Division.objects.filter(level="county", until=None, code__startswith=scale.prefix)
            .order_by("code")
            .values_list("code", "name")
        )
        self.words = {
            word: [(known[capability_key(line)], line) for line in lines] for word, lines in dictionary().items()
        }
        self.streams, self.lines = streams, streams.lines
        self.ids = {table: first_free_id(table) for table in _NUMBERED}
        self.facts: list[tuple[object, dict[str, Any]]] = []

    def institution(self, n: int) -> None:
        """The n-th institution with all that belongs to it."""
        random = self.random
        code, county = self.counties[n % len(self.counties)]
        words = random.sample(sorted(self.words), min(1 + n % 4, len(self.words)))
        place = _PLACES[random.randrange(len(_PLACES))]
        name = f"示例·{county}{place}{words[0]}检测{'中心' if n % 3 == 0 else '有限公司'}{n + 1}"
        uscc = make_uscc(code, f"MB{_base31(n)}", "12" if n % 3 == 0 else "91")
        pk, organisation = self.take("institutions_institution"), self.take("parties_organisation")
        token = "".join(random.choices(TOKEN_ALPHABET, k=12))
        self.organisation(organisation, name, uscc, code, f"{county}{place}路{random.randrange(1, 300)}号")
        start = self.day - dt.timedelta(days=random.randrange(30, 2_300))
        end = add_months(start, 72) - dt.timedelta(days=1)
        chosen = self.chosen(words, n)
        field = chosen[0][1].field
        number = f"{start.year % 100:02d}24{field}{34 - n // 10_000 % 30:02d}{n % 10_000:04d}"
        stamp = (self.now, self.now)
        self.add("institutions_institution", pk, organisation, token, number, start, end, "示例公告", *stamp, 1)
        self.about(pk, n, code, start, county)
        self.people(pk, n, start, words)
        self.scope(pk, code, chosen, start)
        self.facts.append((token, {"uscc": uscc, "version": 1, "rows": len(chosen), "from": start.isoformat()}))
        self.duties(pk, n)
        if len(self.lines["institutions_scoperow"]) >= FLUSH_ROWS:
            self.streams.flush()

    def chosen(self, words: list[str], n: int) -> list[tuple[int, Line]]:
        """The rows of a scope: of the themes by turns, at most as many as the scale says."""
        offered = [pair for word in words for pair in self.words[word]]
        most = self.scale.rows if n % 5 == 0 else max(10, self.scale.rows * (1 + n % 7) // 8)
        return offered if len(offered) <= most else self.random.sample(offered, most)

    def organisation(self, pk: int, name: str, uscc: str, code: str, address: str) -> None:
        text, _vector, initials = search_fields([name])
        codes = (uscc, uscc[8:17], code, "", address, "", "CN", "")
        found = (text.replace("\n", "\\n"), vector_literal(text), initials)
        self.add("parties_organisation", pk, "institution", name, *codes, *found, DEMO_SOURCE, 1, self.now, self.now)
        self.add("parties_organisationname", pk, "registered", name, DEMO_SOURCE)

    def about(self, pk: int, n: int, code: str, start: dt.date, county: str) -> None:
        form, owner = ("public", "state") if n % 3 == 0 else ("enterprise", "private")
        counts = (10 + n % 90, 200 + n % 40 * 50, 30 + n % 200, f"{100 + n % 900}.00")
        phone, equipment = f"0856-{5_000_000 + n % 1_000_000}", "示例设备：原子吸收分光光度计、气相色谱仪"
        self.add("institutions_profile", pk, 1, start, form, "", owner, start, phone, "", *counts, equipment, self.now)
        for place in ("主实验室", "第二实验室")[: 1 + (n % 6 == 0)]:
            self.add("institutions_site", pk, place, f"{county}示例路{n % 300}号", code, "检验检测", start, self.now)

    def people(self, pk: int, n: int, start: dt.date, words: list[str]) -> None:
        posts = ["legal_representative", "top_manager", "technical_head", "quality_head", "signatory", "signatory"]
        for place, position in enumerate(posts):
            person = self.take("institutions_person")
            name = f"示例{_STEMS[(n + place) % 10]}{_STEMS[place]}"
            digest = hashlib.sha256(f"demo:{pk}:{place}".encode()).hexdigest()
            self.add(
                "institutions_person",
                *(person, pk, name, "resident", digest, f"522***********{n % 10_000:04d}", "工程师", "本科", self.now),
            )
            fields = "、".join(words) + "全部项目" if position == "signatory" else ""
            self.add("institutions_appointment", person, pk, position, fields, "", start, self.now)

    def scope(self, pk: int, code: str, chosen: Sequence[tuple[int, Line]], start: dt.date) -> None:
        scope = self.take("institutions_scopeversion")
        decision = f"示资认〔{start.year}〕{pk}号"
        count = len(chosen)
        self.add("institutions_scopeversion", scope, pk, 1, "approved", count, "", self.now, start, decision, 1)
        rows, held = self.lines["institutions_scoperow"], self.lines["institutions_holding"]
        for place, (capability, _line) in enumerate(chosen, 1):
            rows.append(f"{scope}\t{place}\t{capability}\t\t\t主实验室")
            held.append(f"{capability}\t{code}\t{pk}")

    def duties(self, pk: int, n: int) -> None:
        """Four of five keep their commitments; one of ten reports late, one of ten not at all."""
        if n % 5:
            on = self.day - dt.timedelta(days=350 - n % 300)
            for kind in ("commitment", "declaration"):
                due = due_on(on, months=12, days=0)
                signed = ("published", "示例负责人", on, on, due, "", "", self.now, 3)
                self.add("institutions_commitment", pk, kind, on.year, COMMITMENT, *signed)
        if n % 10:
            year = self.day.year - 1
            due = dt.date(self.day.year, 3, 31)
            filed = due + dt.timedelta(days=12 if n % 10 == 1 else -20)
            figures = (100 + n % 5_000, 10 + n % 300, 10 + n % 90, n % 5, n % 3, "")
            self.add("institutions_annualreport", pk, year, "filed", due, *figures, min(filed, self.day), 1, 1)

    def take(self, table: str) -> int:
        taken = self.ids[table]
        self.ids[table] += 1
        return taken

    def add(self, table: str, *values: object) -> None:
        self.lines[table].append("\t".join(map(str, values)))


def _base31(n: int) -> str:
    digits = ""
    for _place in range(6):
        n, digit = divmod(n, 31)
        digits = _DIGITS[digit] + digits
    return digits
