"""Fictional certificates with their whole file: periods, status history, surveillance, sites, details, public facts."""

from random import Random

from apps.certifications.constants import (
    DEMO_SOURCE,
    FACT_RECORDED,
    FACT_STATUS,
    FACT_SUBJECT,
    PeriodKind,
    ReasonClass,
    Shape,
    Status,
    SurveillanceResult,
)
from apps.certifications.demo.days import Days
from apps.certifications.demo.kinds import Kind
from apps.certifications.demo.organisations import Party
from apps.certifications.rules import TOKEN_ALPHABET, legal_basis
from apps.core.copying import NULL

CERTIFICATE = "certifications_certificate"
PERIOD = "certifications_certificateperiod"
STATUS = "certifications_statuschange"
SITE = "certifications_site"
SURVEILLANCE = "certifications_surveillanceactivity"
MISSED_FOR = 110  # days before today in which a planned audit may have been missed; due up to 65 days after its plan
MANAGEMENT = "certifications_managementdetail"
CCC_DETAIL = "certifications_cccdetail"
LINE = "certifications_productline"
INDUSTRIAL_DETAIL = "certifications_industrialdetail"
FACT = "audit_publicfact"
TABLES = {
    CERTIFICATE: (
        "id, body_id, holder_id, number, number_key, token, shape, project_id, standard_id, standard_text, "
        "holder_name, scope, scope_codes, products, search_text, search, division_code, first_issued_on, issued_on, "
        "valid_from, valid_to, status, status_since, suspended_until, surveillance_due, main_id, predecessor_id, "
        "source_id, confirmed_at, version, created_at, updated_at"
    ),
    PERIOD: "id, certificate_id, n, kind, issued_on, valid_from, valid_to, source_code, recorded_at",
    STATUS: (
        'id, certificate_id, n, from_status, to_status, "on", until, reason_class, reason, legal_basis, source_code, '
        "recorded_by, recorded_at"
    ),
    SITE: "id, certificate_id, name, address, activity, division_code",
    SURVEILLANCE: 'id, certificate_id, activity, description, "on", result, audit_team, source_code',
    MANAGEMENT: "certificate_id, headcount, surveillance_count, recertification_count, accreditation_mark",
    CCC_DETAIL: "certificate_id, applicant_id, manufacturer_id, factory_id, product_code, product_name, models_text",
    LINE: "id, certificate_id, product, place, area_mu, output, output_unit",
    INDUSTRIAL_DETAIL: "certificate_id, product_name, models_text, mode",
    FACT: "id, kind, subject_kind, subject_id, n, at, payload",
}
NUMBERED = (CERTIFICATE, PERIOD, STATUS, SITE, SURVEILLANCE, LINE, FACT)
StatusMove = tuple[str, str, int, int, str, str]  # from, to, on, until (offsets from today), reason class, text
_TRIPLES = [a + b + c for a in TOKEN_ALPHABET for b in TOKEN_ALPHABET for c in TOKEN_ALPHABET]
_TEAMS = ("示例审核组甲", "示例审核组乙", "示例审核组丙")
_RESULTS = (SurveillanceResult.CONFORMING,) * 8 + (SurveillanceResult.MINOR, SurveillanceResult.MAJOR)
_SUSPENDED_FOR = (
    (ReasonClass.SURVEILLANCE_MISSED, "未在规定期限内接受监督审核"),
    (ReasonClass.NONCONFORMITY, "监督审核发现严重不符合"),
    (ReasonClass.HOLDER_REQUEST, "持证单位因季节性停产申请暂停"),
    (ReasonClass.SPOT_CHECK_FAILED, "产品质量监督抽查两项指标不合格"),
)
_CANCELLED_FOR = ((ReasonClass.HOLDER_REQUEST, "持证单位申请注销"), (ReasonClass.PRODUCTION_STOPPED, "已停止生产"))
VALID, SUSPENDED, REVOKED, CANCELLED, EXPIRED = (
    str(s) for s in (Status.VALID, Status.SUSPENDED, Status.REVOKED, Status.CANCELLED, Status.EXPIRED)
)


class Certificates:
    """Makes certificates and writes their lines. `ids` holds the next id of each numbered table."""

    def __init__(self, random: Random, days: Days, lines: dict[str, list[str]], now: str, at: str) -> None:
        self._random = random
        self._r = random.random
        self._days = days
        self._lines = lines
        self._now = now
        self._at = at
        self.ids = dict.fromkeys(NUMBERED, 1)
        self._half_year = [days.months_after(offset, 6) for offset in range(-200, 1)]
        self._confirmed = [f"{days.iso(-offset)} 02:00:00+08" for offset in range(1, 32)]
        self._stale = f"{days.iso(-500)} 02:00:00+08"
        self._basis = {
            (a, b, group): legal_basis(a, b, group=group)
            for a, b in ((VALID, SUSPENDED), (SUSPENDED, REVOKED), (VALID, CANCELLED), (VALID, EXPIRED))
            for group in ("qms", "ccc", "")
        }

    def _next(self, table: str) -> int:
        n = self.ids[table]
        self.ids[table] = n + 1
        return n

    def make(
        self, holder: Party, body: Party, kind: Kind, *, predecessor: str = NULL, main: tuple[int, str] | None = None
    ) -> tuple[int, str, str]:
        """One certificate and everything that belongs to it. Returns its id, number and status.

        `main`: id and number of the certificate of which this one is a part (sub-certificate).
        """
        r = self._r
        start, end, status, moves = self._life(kind, fresh=predecessor != NULL or main is not None)
        renewals = self._renewals(kind) if predecessor == NULL else 0
        first = self._write_periods(self.ids[CERTIFICATE], kind, start, end, renewals)
        number, product = self._number(body, kind, start, renewals, holder)
        parent = NULL if main is None else str(main[0])
        if main is not None:
            number = f"{main[1]}-1"
        running = status in (VALID, SUSPENDED)
        due = self._write_surveillance(self.ids[CERTIFICATE], start, end, running) if kind.shape != Shape.FOOD else NULL
        iso = self._days.iso
        until = iso(moves[-1][3]) if status == SUSPENDED else NULL
        tails = holder.trade.tails
        bits = self._random.getrandbits(60)
        token = (
            _TRIPLES[bits & 32767] + _TRIPLES[bits >> 15 & 32767] + _TRIPLES[bits >> 30 & 32767] + _TRIPLES[bits >> 45]
        )
        confirmed = self._stale if r() < 0.02 else self._confirmed[int(r() * 31)]
        cid = self._next(CERTIFICATE)
        since = iso(moves[-1][2]) if moves else iso(start)
        self._lines[CERTIFICATE].append(
            f"{cid}\t{body.id}\t{holder.id}\t{number}\t{number}\t{token}\t{int(kind.shape)}\t{kind.project}\t"
            f"{kind.standard or NULL}\t{kind.standard}\t{holder.name}\t{tails[int(r() * len(tails))]}\t"
            f"{holder.division_code}\t{iso(first)}\t{iso(start)}\t{iso(start)}\t{iso(end)}\t{status}\t{since}\t{until}\t"
            f"{due}\t{parent}\t{predecessor}\t{DEMO_SOURCE}\t{confirmed}\t1\t{self._now}\t{self._now}"
        )
        self._write_moves(cid, kind, first, moves)
        self._write_facts(cid, holder, body, kind, number, start, end, moves)
        self._write_detail(cid, holder, kind, product, renewals)
        if r() < 0.12:
            self._write_sites(cid, holder)
        return cid, number, status

    def _life(self, kind: Kind, *, fresh: bool) -> tuple[int, int, str, list[StatusMove]]:
        """(start, end, status, later moves), days as offsets. A move: from, to, on, until, reason, text."""
        r = self._r
        ends = self._days.ends(kind.months)
        length = ends[0]
        fate = 0.0 if fresh else r()
        start = -int(r() * length)
        if fate < 0.82:
            return start, ends[start], VALID, []
        if fate < 0.823:  # ended within the last three days; the sweep has not been there yet
            start = -length - 3 + int(r() * 2)
            return start, ends[start], VALID, []
        if fate < 0.853:
            on = max(start, -int(r() * 150))
            reason, text = _SUSPENDED_FOR[int(r() * 4)]
            move = (VALID, SUSPENDED, on, self._half_year[on + 200], reason, text)
            return start, ends[start], SUSPENDED, [move]
        if fate < 0.893:
            on = start + int(r() * -start)
            mid = on - 60 if on - 60 > start else start
            reason, text = _SUSPENDED_FOR[int(r() * 2)]
            first = (VALID, SUSPENDED, mid, mid + 183, reason, text)
            return (
                start,
                ends[start],
                REVOKED,
                [first, (SUSPENDED, REVOKED, on, 0, ReasonClass.NOT_CORRECTED, "暂停期满未完成整改")],
            )
        if fate < 0.933:
            reason, text = _CANCELLED_FOR[int(r() * 2)]
            return start, ends[start], CANCELLED, [(VALID, CANCELLED, start + int(r() * -start), 0, reason, text)]
        start = -length - 5 - int(r() * 700)
        return start, ends[start], EXPIRED, [(VALID, EXPIRED, ends[start] + 1, 0, ReasonClass.EXPIRED, "")]

    def _renewals(self, kind: Kind) -> int:
        """How often it was recertified under the same file: food yearly, others every third year or fifth."""
        chance = self._r()
        if kind.shape == Shape.FOOD:
            return int(chance * 4)
        return 0 if chance < 0.65 else 1

    def _write_periods(self, cid: int, kind: Kind, start: int, end: int, renewals: int) -> int:
        """Write the periods, oldest first; return the start of the first."""
        length = self._days.ends(kind.months)[0] + 1
        begins = [start - length * back for back in range(renewals, -1, -1)]
        iso, lines = self._days.iso, self._lines[PERIOD]
        for n, (begin, follower) in enumerate(zip(begins, [*begins[1:], end + 1], strict=True), 1):
            name = PeriodKind.INITIAL if n == 1 else PeriodKind.RECERTIFICATION
            lines.append(
                f"{self._next(PERIOD)}\t{cid}\t{n}\t{name}\t{iso(begin)}\t{iso(begin)}\t{iso(follower - 1)}\t"
                f"{DEMO_SOURCE}\t{self._now}"
            )
        return begins[0]

    def _number(self, body: Party, kind: Kind, start: int, renewals: int, holder: Party) -> tuple[str, tuple[str, str]]:
        """The number in the habit of the scheme, and for CCC the product (code, name)."""
        body.counter += 1
        year = self._days.year(start)
        if kind.shape == Shape.CCC:
            product = holder.trade.ccc[int(self._r() * len(holder.trade.ccc))]
            return f"{year}{body.serial[1:]}{product[0]}{body.counter:06d}", product
        if kind.shape == Shape.FOOD:
            return f"{body.serial}{kind.letter}{year % 100:02d}{body.counter:05d}", ("", "")
        if kind.shape == Shape.INDUSTRIAL:
            return f"{body.serial}{year % 100:02d}{kind.letter}{body.counter:06d}", ("", "")
        size = "SML"[int(self._r() * 3)]
        return f"{body.serial}{year % 100:02d}{kind.letter}{body.counter:05d}R{renewals}{size}", ("", "")

    def _write_moves(self, cid: int, kind: Kind, first: int, moves: list[StatusMove]) -> None:
        iso, lines, group = self._days.iso, self._lines[STATUS], kind.group if kind.group in ("qms", "ccc") else ""
        tail = f"{DEMO_SOURCE}\tsystem:demo_city\t{self._now}"
        lines.append(
            f"{self._next(STATUS)}\t{cid}\t1\t\t{VALID}\t{iso(first)}\t{NULL}\t{ReasonClass.INITIAL}\t\t\t{tail}"
        )
        for n, (before, after, on, until, reason, text) in enumerate(moves, 2):
            end = iso(until) if after == SUSPENDED else NULL
            lines.append(
                f"{self._next(STATUS)}\t{cid}\t{n}\t{before}\t{after}\t{iso(on)}\t{end}\t{reason}\t{text}\t"
                f"{self._basis[before, after, group]}\t{tail}"
            )

    def _write_facts(
        self,
        cid: int,
        holder: Party,
        body: Party,
        kind: Kind,
        number: str,
        start: int,
        end: int,
        moves: list[StatusMove],
    ) -> None:
        """The same canonical text that services.facts would publish; a test compares the two."""
        iso, lines = self._days.iso, self._lines[FACT]
        head = f'{{"at":"{self._at}","id":"{FACT_SUBJECT}:{cid}","n":'
        lines.append(
            f"{self._next(FACT)}\t{FACT_RECORDED}\t{FACT_SUBJECT}\t{cid}\t1\t{self._now}\t{head}1,"
            f'"pub":{{"body":"{body.approval}","holder":{holder.published_code},"number":"{number}","project":"{kind.project}",'
            f'"status":"{VALID}","valid_from":"{iso(start)}","valid_to":"{iso(end)}"}},"t":"{FACT_RECORDED}","v":1}}'
        )
        for n, (before, after, on, until, reason, _) in enumerate(moves, 2):
            ends = f'"{iso(until)}"' if after == SUSPENDED else "null"
            lines.append(
                f"{self._next(FACT)}\t{FACT_STATUS}\t{FACT_SUBJECT}\t{cid}\t{n}\t{self._now}\t{head}{n},"
                f'"pub":{{"from":"{before}","on":"{iso(on)}","reason":"{reason}","to":"{after}","until":{ends}}},'
                f'"t":"{FACT_STATUS}","v":1}}'
            )

    def _write_surveillance(self, cid: int, start: int, end: int, running: bool) -> str:
        """Yearly audits since `start`; returns the day the next is due, or NULL.

        A missed audit is at most MISSED_FOR days old: a body that lets it stand longer breaks the rule (QMS25), and
        a register full of such cases would be no city.
        """
        r, iso, lines = self._r, self._days.iso, self._lines[SURVEILLANCE]
        last, n = start, 1
        while (on := last + 300 + int(r() * 64)) < 0 and on < end:
            if on > -MISSED_FOR and r() < 0.3:
                break  # missed: it falls due now, or is overdue by a few weeks
            lines.append(
                f"{self._next(SURVEILLANCE)}\t{cid}\t第{n}次监督审核\t\t{iso(on)}\t{_RESULTS[int(r() * 10)]}\t"
                f"{_TEAMS[int(r() * 3)]}\t{DEMO_SOURCE}"
            )
            last, n = on, n + 1
        due = self._days.ends(12)[last] + 1
        return iso(due) if running and due < end else NULL

    def _write_detail(self, cid: int, holder: Party, kind: Kind, product: tuple[str, str], renewals: int) -> None:
        r, shape = self._r, kind.shape
        goods = holder.trade.products
        if shape == Shape.MANAGEMENT:
            self._lines[MANAGEMENT].append(f"{cid}\t{5 + int(r() * r() * 600)}\t{int(r() * 3)}\t{renewals}\t")
        elif shape == Shape.CCC:
            model = f"SL-{int(r() * 900) + 100}、SL-{int(r() * 900) + 100}"
            self._lines[CCC_DETAIL].append(
                f"{cid}\t{holder.id}\t{holder.id}\t{holder.id}\t{product[0]}\t{product[1]}\t{model}"
            )
        elif shape == Shape.INDUSTRIAL:
            good = goods[int(r() * len(goods))]
            self._lines[INDUSTRIAL_DETAIL].append(
                f"{cid}\t{good}\tSL-{int(r() * 900) + 100}\t型式试验＋初始工厂检查＋获证后监督"
            )
        else:
            self._write_product_lines(cid, holder)

    def _write_product_lines(self, cid: int, holder: Party) -> None:
        r = self._r
        for good in holder.trade.products[: 1 + int(r() * 3)]:
            place = f"示例村{1 + int(r() * 30)}号基地"
            area, output = f"{50 + int(r() * 3000)}.{int(r() * 10)}0", f"{1 + int(r() * 900)}.{int(r() * 10)}00"
            self._lines[LINE].append(f"{self._next(LINE)}\t{cid}\t{good}\t{place}\t{area}\t{output}\t吨")

    def _write_sites(self, cid: int, holder: Party) -> None:
        r = self._r
        for n in range(1, 2 + int(r() * 3)):
            self._lines[SITE].append(
                f"{self._next(SITE)}\t{cid}\t第{n}生产场所\t示例工业园{1 + int(r() * 40)}号\t"
                f"{holder.trade.activities[0].removeprefix('的')}\t{holder.division_code}"
            )
