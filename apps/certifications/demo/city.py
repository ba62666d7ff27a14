"""Loading the demo city: how many of what, in which counties, and how PostgreSQL swallows four million quickly."""

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from random import Random

from django.db import connection, transaction

from apps.certifications.constants import DEMO_SOURCE, Shape, Status
from apps.certifications.demo import certificates as c
from apps.certifications.demo import organisations as o
from apps.certifications.demo.bulk import bulk_loading
from apps.certifications.demo.certificates import Certificates
from apps.certifications.demo.days import Days
from apps.certifications.demo.kinds import kinds_held
from apps.certifications.demo.organisations import Organisations, Party
from apps.certifications.demo.vocabulary import County, counties
from apps.core.calendar import SHANGHAI, today
from apps.core.copying import FLUSH_ROWS, Streams, continue_ids, first_free_id, raw_cursor


@dataclass(frozen=True, slots=True)
class Scale:
    """How many of each. `prefix`: the divisions whose counties are used."""

    organisations: int
    certificates: int
    bodies: int
    prefix: str


SCALES = {
    "small": Scale(2_000, 4_000, 12, "5206"),
    "city": Scale(100_000, 4_000, 20, "5206"),
    "province": Scale(1_000_000, 40_000, 60, "52"),
    "nation": Scale(1_100_000, 4_200_000, 99, ""),
}
_PER_HOLDER = 3.75  # certificates a holder has on average: the last holders top up
_PART_SHARE = 0.03  # of valid ones, how many have a sub-certificate for another site
_SUCCESSOR_SHARE = 0.3  # of expired certificates, how many were replaced by a new one

Progress = Callable[[int, int], None]


def load_city(scale: Scale, *, seed: int, now: dt.datetime, progress: Progress) -> dict[str, int]:
    """Write the whole city in one transaction; returns rows per table. The same seed and day give the same city."""
    random = Random(seed)  # noqa: S311  a reproducible city, no secret
    with transaction.atomic():
        tables = [*o.TABLES, *c.TABLES]
        with bulk_loading(tables, scale.certificates + scale.organisations), closing(raw_cursor()) as cursor:
            streams = Streams(cursor, {**o.TABLES, **c.TABLES})
            maker = _Maker(scale, random, streams, now)
            with streams:
                maker.run(progress)
            maker.finish()
    return {table: rows for table, rows in streams.written.items() if rows}


class _Maker:
    def __init__(self, scale: Scale, random: Random, streams: Streams, now: dt.datetime) -> None:
        stamp = now.astimezone(SHANGHAI).isoformat(sep=" ", timespec="seconds")
        at = now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.scale, self.random, self.streams = scale, random, streams
        self.counties = counties(scale.prefix)
        self.organisations = Organisations(random, self.counties, streams.lines, stamp)
        self.certificates = Certificates(random, Days(today(now)), streams.lines, stamp, at)
        self.organisations.next_id = first_free_id(o.ORGANISATION)
        self.organisations.next_name_id = first_free_id(o.NAME)
        self.certificates.ids = {table: first_free_id(table) for table in c.NUMBERED}

    def run(self, progress: Progress) -> None:
        bodies = self._bodies()
        holders_left = round(self.scale.certificates / _PER_HOLDER)
        wanted, total, holders = self.scale.certificates, 0, []
        for made in range(1, self.scale.organisations + 1):
            party = self.organisations.company()
            if holders_left > 0 and total < wanted:
                total += self._fill(party, bodies, wanted - total)
                holders_left -= 1
                holders.append(party)
            if made % 2_000 == 0:
                self._flush_when_full()
                progress(made, total)
        while total < wanted:  # chance gave too few: some hold more
            total += self._fill(holders[int(self.random.random() * len(holders))], bodies, wanted - total)
            self._flush_when_full()
        progress(self.scale.organisations, total)

    def finish(self) -> None:
        ids = {o.ORGANISATION: self.organisations.next_id, o.NAME: self.organisations.next_name_id}
        continue_ids({**ids, **self.certificates.ids})

    def _bodies(self) -> list[Party]:
        places: list[County] = self.counties
        return [self.organisations.body(n, places[n * 31 % len(places)].code) for n in range(1, self.scale.bodies + 1)]

    def _fill(self, holder: Party, bodies: list[Party], most: int) -> int:
        """The holder's certificates, mostly from one body. Returns how many."""
        random, made = self.random.random, 0
        usual = bodies[int(random() * len(bodies))]
        for kind in kinds_held(holder.trade, self.random)[:most]:
            body = usual if random() < 0.8 else bodies[int(random() * len(bodies))]
            cid, number, status = self.certificates.make(holder, body, kind)
            made += 1
            if made >= most or kind.shape != Shape.MANAGEMENT:
                continue
            if status == Status.EXPIRED and random() < _SUCCESSOR_SHARE:
                self.certificates.make(holder, body, kind, predecessor=str(cid))
                made += 1
            elif status == Status.VALID and random() < _PART_SHARE:
                self.certificates.make(holder, body, kind, main=(cid, number))
                made += 1
        return made

    def _flush_when_full(self) -> None:
        lines = self.streams.lines
        if len(lines[c.CERTIFICATE]) >= FLUSH_ROWS or len(lines[o.ORGANISATION]) >= FLUSH_ROWS:
            self.streams.flush()


def city_is_loaded() -> bool:
    """Whether a demo city stands here already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM parties_organisation WHERE source = %s)", [DEMO_SOURCE])
        return bool(cursor.fetchone()[0])
