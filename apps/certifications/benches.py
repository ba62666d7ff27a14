"""How fast an import is, from file to registry, beside the same rows copied into a bare table.

The import goes into a copy of the current database, which is dropped afterwards: at nation scale it meets the indexes
of a nation. While others are connected the server makes no copy; then it goes into an empty database of the same
server, and the figures say so. One row in a hundred is faulty, in twelve ways; what comes out must add up.
"""

import csv
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.test.utils import override_settings
from django.utils import timezone

from apps.certifications.constants import ImportState
from apps.certifications.models import Certificate, CertificatePeriod, ImportBatch, Project, StatusChange
from apps.certifications.services.imports import batches, running
from apps.certifications.services.reference import load_reference
from apps.core.actors import Actor
from apps.core.bench import Measured, bench
from apps.core.calendar import today
from apps.parties.rules.codes import make_uscc
from apps.parties.selectors.intake import body_ids

ACTOR = Actor.system("bench")
COLUMNS = (
    *("certNumber", "orgName", "orgCode", "rzjgId", "rzjgIdName", "authProjCode", "authProjCodeName"),
    *("certiEDate", "certiStatus", "certiStatusName", "zersda", "showtemp"),
)
PER_FIRM = 3.8  # certificates of a holder in China at the end of 2024
FAULTS = (
    {0: ""},
    {0: "=1+1"},
    {0: "2.00901E+15"},
    {1: "示例\0公司"},
    {1: "@SUM(A1)"},
    {2: "91520602MA6DL0048Z"},
    {2: "12345"},
    {3: "CQC"},
    {5: "Z999999"},
    {7: "2027-02-29"},
    {7: "2025.13.45"},
    {8: "09"},
)


@bench("import")
def import_() -> Iterator[Measured]:
    """200,000 records."""
    yield from _measured(200_000)


@bench("import_million")
def import_million() -> Iterator[Measured]:
    """1,000,000 records: at most 60 s and 200 MB."""
    yield from _measured(1_000_000)


def _measured(rows: int) -> Iterator[Measured]:
    with (
        tempfile.TemporaryDirectory() as folder,
        _database_of_its_own() as database,
        override_settings(MEDIA_ROOT=folder),
    ):
        load_reference(actor=ACTOR, now=timezone.now())
        path = Path(folder) / "bench.csv"
        faulty = _write_file(path, rows)
        plain = _plain_copy(path)
        _forget_peak()
        batch = batches.register_file(actor=ACTOR, now=timezone.now(), path=path, source_code="national")
        reading = _timed(batch)
        batches.confirm(actor=ACTOR, now=timezone.now(), batch_id=batch.pk, version=batch.version)
        writing = _timed(batch)
        peak = _peak_mb()
        _check(batch, rows, faulty)
        yield {
            "figure": round(rows / (reading + writing)),
            "unit": "rows/s",
            "yardstick": "plain COPY into a bare table",
            "yardstick_figure": round(rows / plain),
            "rows": rows,
            "read_and_compare_s": round(reading, 1),
            "write_s": round(writing, 1),
            "peak_mb": peak,
            "counts": batch.counts,
            "database": database,
        }


def _check(batch: ImportBatch, rows: int, faulty: int) -> None:
    """Nothing lost, nothing doubled: by the batch's own counts and by the tables."""
    assert batch.state == ImportState.DONE, batch.failure
    assert sum(batch.counts.values()) == rows == batch.rows_total, batch.counts
    assert batch.counts["bad"] == faulty, batch.counts
    made = rows - faulty
    assert batch.counts["new"] == made, batch.counts
    for model in (CertificatePeriod, StatusChange):
        assert model.objects.filter(recorded_at__gte=batch.created_at).count() == made, model
    assert Certificate.objects.filter(created_at__gte=batch.created_at).count() == made


def _forget_peak() -> None:
    """Begin the highest use of memory anew, where Linux allows it: what made the file is not the import."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> int:
    with suppress(OSError):
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@contextmanager
def _database_of_its_own() -> Iterator[str]:
    """Work in a copy made by the server itself, or in an empty database if others hold the original. Yields which."""
    settings = connections.databases["default"]
    original, own = settings["NAME"], f"{settings['NAME']}_bench_{os.getpid()}"
    connection.close()
    try:
        _on_the_server(f'CREATE DATABASE "{own}" TEMPLATE "{original}"')
        kind = "copy"
    except OperationalError:  # the original is in use
        _on_the_server(f'CREATE DATABASE "{own}"')
        kind = "empty"
    settings["NAME"] = own
    try:
        if kind == "empty":
            call_command("migrate", verbosity=0)
        yield kind
    finally:
        connection.close()
        settings["NAME"] = original
        _on_the_server(f'DROP DATABASE "{own}" WITH (FORCE)')


def _on_the_server(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in statements:
            cursor.execute(statement)


def _write_file(path: Path, rows: int) -> int:
    """A national file of plainly fictional firms. Returns how many records are faulty."""
    chance = random.Random(rows)  # noqa: S311  bench data, nothing secret
    firms, bodies = max(1, int(rows / PER_FIRM)), sorted(body_ids())
    projects = list(Project.objects.order_by("code").values_list("code", flat=True))
    year = today(timezone.now()).year
    faulty = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(COLUMNS)
        for n in range(rows):
            cells = _record(n, chance, firms, bodies, projects, year)
            if n % 100 == 99:
                for place, text in FAULTS[faulty % len(FAULTS)].items():
                    cells[place] = text
                faulty += 1
            sheet.writerow(cells)
    return faulty


def _record(n: int, chance: random.Random, firms: int, bodies: list[str], projects: list[str], year: int) -> list[str]:
    firm = chance.randrange(firms) + 30_000_000
    issued, month, day = year - chance.randrange(3), chance.randrange(1, 13), chance.randrange(1, 29)
    project = projects[n % len(projects)]
    return [
        f"B{chance.randrange(1000):03d}{issued % 100}Q{n:07d}R{n % 4}S",
        f"示例·{'碧万江玉石思印德沿松'[firm % 10]}第{firm}号食品科技有限公司",
        make_uscc(("520602", "520603", "520621", "520624", "520628")[firm % 5], f"{firm:08d}"),
        bodies[n % len(bodies)],
        "示例认证有限公司",
        project,
        project,
        f"{issued + 3}-{month:02d}-{day:02d}",
        "01",
        "有效",
        f"{issued}{month:02d}{day:02d}",
        "",
    ]


def _plain_copy(path: Path) -> float:
    """Seconds for the same file into a table without keys, checks or meaning (NUL excepted: COPY refuses it)."""
    clean = path.with_suffix(".plain")
    with path.open("rb") as file, clean.open("wb") as target:
        for block in iter(partial(file.read, 1 << 20), b""):
            target.write(block.replace(b"\0", b""))
    with connection.cursor() as cursor, clean.open("rb") as file:
        cursor.execute("SET statement_timeout = 0")
        columns = ", ".join(f'"{name}" text' for name in COLUMNS)
        cursor.execute(f"CREATE TABLE bench_bare ({columns})")
        started = time.perf_counter()
        cursor.copy_expert("COPY bench_bare FROM STDIN WITH (FORMAT csv, HEADER)", file)
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_bare")
    clean.unlink()
    return seconds


def _timed(batch: ImportBatch) -> float:
    started = time.perf_counter()
    assert running.work(batch.pk, clock=timezone.now)
    seconds = time.perf_counter() - started
    batch.refresh_from_db()
    return seconds
