"""Imports under fire: killed workers, frozen workers, two imports of the same certificates at once, broken files."""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.audit.models import PublicFact
from apps.certifications.constants import ImportState, RowClass
from apps.certifications.models import Certificate, ImportBatch, ImportChunk, ImportProblem, ImportRow
from apps.certifications.services.imports import batches, running
from apps.core.problems import ProblemsFound
from apps.parties.models import Organisation
from apps.parties.rules.codes import make_uscc
from tests.certifications.importing import ACTOR, csv_bytes, json_bytes, nonzero, read, row, upload, xlsx_bytes
from tests.reference import load_register

pytestmark = pytest.mark.django_db
LATER = 3 * 60  # seconds: longer than a lease


@pytest.fixture(autouse=True)
def reference(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_register()


def many(n: int, start: int = 0, firms: int = 40, **cells: str) -> list[list[str]]:
    """n certificates of `firms` firms."""
    made = []
    for i in range(start, start + n):
        code = make_uscc("520602", f"{10_000_000 + i % firms}")
        made.append(row(certNumber=f"K{i:06d}", orgCode=code, orgName=f"示例·第{i % firms}号茶业有限公司", **cells))
    return made


def confirm(batch: ImportBatch) -> None:
    batches.confirm(actor=ACTOR, now=timezone.now(), batch_id=batch.pk, version=batch.version)


def later(seconds: float = LATER):
    return lambda: timezone.now() + dt.timedelta(seconds=seconds)


def assert_whole(batch: ImportBatch, n: int) -> None:
    """Everything is there once: certificates, periods, states, facts, firms."""
    batch.refresh_from_db()
    assert (batch.state, nonzero(batch), batch.rows_committed) == (ImportState.DONE, {"new": n}, n)
    assert Certificate.objects.count() == n
    assert all(c.periods.count() == c.status_changes.count() == 1 for c in Certificate.objects.all()[:20])
    assert PublicFact.objects.filter(kind="certificate.recorded").count() == n
    enterprises = Organisation.objects.filter(kind="enterprise")
    assert enterprises.count() == enterprises.values("org_code").distinct().count()
    assert not ImportRow.objects.exists()


WORKER = """
import sys, time
import django
django.setup()
from django.utils import timezone
from apps.certifications.services.imports import running, staging
running.CHUNK_ROWS, running.WORKERS, staging.BLOCK = 100, 1000, 100
renew, calls = running._renew, 0
def stumble(job, **fields):
    global calls
    renew(job, **fields)
    calls += 1
    if calls == 3:
        print("in the middle", flush=True)
        time.sleep(60)
running._renew = stumble
running.work(int(sys.argv[1]), clock=timezone.now)
"""


def killed_in_the_middle(batch: ImportBatch) -> None:
    """Another process works on the batch until its third block or chunk is written but not committed: kill -9."""
    name = connection.settings_dict["NAME"]
    host = connection.settings_dict["HOST"] or connection.settings_dict["OPTIONS"].get("host", "")
    from urllib.parse import quote

    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://postgres@/{name}?host={quote(host, safe='')}",
        "DJANGO_SETTINGS_MODULE": "certportal.settings.test",
        "MEDIA_ROOT": str(django_settings.MEDIA_ROOT),
    }
    script = WORKER.replace(
        "django.setup()",
        f"django.setup()\nfrom django.conf import settings\nsettings.MEDIA_ROOT = {str(django_settings.MEDIA_ROOT)!r}",
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(batch.pk)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "in the middle"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_kill_in_the_middle_of_writing_resumes_with_the_chunks_that_are_missing(monkeypatch):
    batch = read(csv_bytes(many(1_000)))
    confirm(batch)
    killed_in_the_middle(batch)
    assert ImportChunk.objects.count() == 2, "two chunks stand, the third is gone with its worker"
    written = Certificate.objects.count()
    assert 0 < written < 1_000
    assert not running.work(batch.pk, clock=timezone.now), "the dead worker's lease still runs"
    monkeypatch.setattr(running, "CHUNK_ROWS", 100)
    assert running.work(batch.pk, clock=later())
    assert_whole(batch, 1_000)


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_kill_in_the_middle_of_reading_starts_again_without_doubling():
    batch = upload(csv_bytes(many(1_000)), "证书.csv")
    killed_in_the_middle(batch)
    assert ImportRow.objects.count() == 200
    assert running.work(batch.pk, clock=later())
    batch.refresh_from_db()
    assert nonzero(batch) == {"new": 1_000}
    confirm(batch)
    assert running.work(batch.pk, clock=later(LATER * 2))
    assert_whole(batch, 1_000)


@pytest.mark.django_db(transaction=True)
def test_a_thawed_worker_whose_claim_was_taken_writes_nothing(monkeypatch):
    batch = read(csv_bytes(many(300)))
    confirm(batch)
    original = running.write_chunk

    def frozen(chunk):
        ImportBatch.objects.filter(pk=batch.pk).update(claim=99)
        return original(chunk)

    monkeypatch.setattr(running, "write_chunk", frozen)
    assert running.work(batch.pk, clock=timezone.now)
    assert not Certificate.objects.exists()
    monkeypatch.setattr(running, "write_chunk", original)
    assert running.work(batch.pk, clock=later())
    assert_whole(batch, 300)


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_chunks_beside_each_other(monkeypatch):
    monkeypatch.setattr(running, "CHUNK_ROWS", 100)
    batch = read(csv_bytes(many(2_000, firms=150)))
    confirm(batch)
    assert running.work(batch.pk, clock=timezone.now)
    assert_whole(batch, 2_000)


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_overlapping_files_at_once(monkeypatch):
    monkeypatch.setattr(running, "CHUNK_ROWS", 100)
    first = read(csv_bytes(many(600)))
    second = read(csv_bytes(many(600, start=300, certiEDate="2030-01-01")))
    for batch in (first, second):
        confirm(batch)
    failures: list[BaseException] = []

    def until_done(batch_id: int) -> None:
        try:
            while ImportBatch.objects.get(pk=batch_id).state == ImportState.COMMITTING:
                running.work(batch_id, clock=timezone.now)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=until_done, args=(batch.pk,)) for batch in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Certificate.objects.count() == 900
    for batch in (first, second):
        batch.refresh_from_db()
        assert (batch.state, sum(batch.counts.values())) == (ImportState.DONE, 600)
    assert sum(batch.counts["changed"] for batch in (first, second)) == 300


def test_a_worker_that_always_fails_is_put_aside_for_a_person(monkeypatch):
    batch = read(csv_bytes(many(5)))
    confirm(batch)
    monkeypatch.setattr(running, "write_chunk", lambda chunk: 1 / 0)
    ImportBatch.objects.filter(pk=batch.pk).update(claim=running.MOST_CLAIMS - 1)
    assert running.work(batch.pk, clock=timezone.now)
    batch.refresh_from_db()
    assert batch.state == ImportState.FAILED
    assert "ZeroDivisionError" in batch.failure


def test_waiting_batches_are_found_by_the_sweep_also_after_a_clock_jump():
    batch = upload(csv_bytes(many(5)))
    now = timezone.now()
    assert running.waiting_batches(now) == [batch.pk]
    ImportBatch.objects.filter(pk=batch.pk).update(lease_until=now + dt.timedelta(seconds=60))
    assert running.waiting_batches(now) == []
    ImportBatch.objects.filter(pk=batch.pk).update(lease_until=now + dt.timedelta(days=1))
    assert running.waiting_batches(now) == [batch.pk], "no lease is legal so far ahead"


CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "  ", "=1+1", "2029-03-17", "47000", "\0", '"', ",", "\n", "01", "９", "\ufeff", "𠮷", "-", "\\N", "\t"]
    ),
)
SHEETS = st.lists(st.lists(CELLS, min_size=0, max_size=12), max_size=12)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def counted(batch: ImportBatch, n: int) -> None:
    batch.refresh_from_db()
    if batch.state == ImportState.FAILED:
        assert batch.failure
        return
    assert batch.state == ImportState.PREVIEW
    assert sum(batch.counts.values()) == batch.rows_total == n
    bad = batch.counts[RowClass.BAD]
    assert ImportProblem.objects.filter(batch=batch).values("row").distinct().count() == bad, "each says why"


@QUICK
@given(SHEETS)
def test_no_sheet_of_any_cells_loses_a_row(rows):
    content = csv_bytes([row(), *rows])
    blank = sum(not any(cell.strip() for cell in cells) for cells in _as_read(content)[1:])
    counted(read(content), len(_as_read(content)) - 1 - blank)


def _as_read(content: bytes) -> list[list[str]]:
    import csv
    import io

    return list(csv.reader(io.StringIO(content.decode("utf-8", "surrogatepass"), newline="")))


@QUICK
@given(st.data())
def test_damaged_files_never_break_the_worker(data):
    content = bytearray(csv_bytes(many(20)))
    for _ in range(data.draw(st.integers(1, 30))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    batch = _try(bytes(content), "a.csv")
    if batch is not None:
        assert batch.state in (ImportState.PREVIEW, ImportState.FAILED)
        assert sum(batch.counts.values()) == (batch.rows_total or 0)


@QUICK
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda v: (
            st.lists(v, max_size=3) | st.dictionaries(st.sampled_from(["certNumber", "orgName", "x"]), v, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_json_of_any_shape(value):
    import json

    batch = _try(json.dumps([value, *json.loads(json_bytes([row()]))]).encode(), "a.json")
    assert batch is None or batch.state in (ImportState.PREVIEW, ImportState.FAILED)
    if batch is not None and batch.state == ImportState.PREVIEW:
        assert batch.rows_total == 2


def test_rows_in_any_order_give_the_same_registry():
    rows = many(60)
    random.Random(5).shuffle(rows)
    batch = read(csv_bytes(rows))
    assert nonzero(batch) == {"new": 60}


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b"[" + b'{"certNumber":' * 5_000,
        b'[{"certNumber": ' + b"9" * 5_000 + b"}]",
        b'[{"certNumber": 1e999}, {"certNumber": -1e400}, {"certNumber": NaN}]',
        b'[{"certNumber": "\\ud800"}]',
        b'[{"a": 1}, "x"',
        b"[]",
        b"[" + b"1," * 1000 + b"1]",
    ],
)
def test_hostile_json(content):
    batch = _try(content, "a.json")
    assert batch is None or batch.state in (ImportState.PREVIEW, ImportState.FAILED)


def test_damaged_workbooks_never_break_the_worker():
    good = xlsx_bytes([[*map(str, range(3))], *many(5)])
    for seed in range(60):
        content = bytearray(good)
        chance = random.Random(seed)
        for _ in range(chance.randrange(1, 20)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        batch = _try(bytes(content), "a.xlsx")
        assert batch is None or batch.state in (ImportState.PREVIEW, ImportState.FAILED)


def _try(content: bytes, name: str) -> ImportBatch | None:
    """Refused at the door, or read to an end."""
    try:
        return read(content, name)
    except ProblemsFound:
        return None


def test_names_of_files_are_only_words(settings):
    batch = upload(csv_bytes(many(1)), "../../etc/\x1b[31mpasswd\n.csv")
    assert "/" not in batch.original_name
    assert batch.original_name.isprintable()
    assert Path(batch.file.path).resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve())
    assert "passwd" not in batch.file.name
