"""Two at the same moment: the last room of a quota, the next version, a piece sent twice; and a killed worker."""

import os
import signal
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from apps.documents import services
from apps.documents.constants import GeneratedState
from apps.documents.models import Document
from apps.documents.samples import sample
from apps.documents.services import generating, storing
from tests.documents.conftest import NOW
from tests.documents.test_resuming import add, begun
from tests.documents.test_scanning import StubClamd
from tests.documents.test_storing import files_below, store
from tests.parties.papers import PDF

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts) -> list[object]:
    """Run the acts at the same moment, each on a connection of its own; what they raise is their answer."""
    start, answers = threading.Barrier(len(acts)), []

    def run(act) -> None:
        try:
            start.wait(10)
            answers.append(act())
        except Exception as fault:
            answers.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def kinds(answers: list[object]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


def test_only_one_takes_the_last_room(case, media, monkeypatch) -> None:
    monkeypatch.setattr(storing, "SUBJECT_FILES", 3)
    store(case)
    store(case)
    answers = together(*[lambda: store(case)] * 4)
    assert kinds(answers) == ["Document"] + ["ProblemsFound"] * 3
    assert len(files_below(media)) == 3


def test_a_document_has_one_next_version(case, media) -> None:
    first = store(case)
    answers = together(*[lambda: store(case, replaces=first.pk)] * 3)
    assert kinds(answers) == ["Document", "StaleVersion", "StaleVersion"]
    assert Document.objects.count() == 2
    assert len(files_below(media)) == 2


def test_a_piece_sent_twice_is_kept_once(case, media) -> None:
    upload = begun(case)
    answers = together(*[lambda: add(case, upload, 0, PDF[:50])] * 3)
    assert kinds(answers) == ["Refused", "Refused", "int"]
    assert len(files_below(media)) == 1


def test_a_finished_upload_becomes_one_document(case, media) -> None:
    upload = begun(case)
    add(case, upload, 0, PDF)
    answers = together(*[lambda: store(case, upload=None, resumable_id=upload.pk)] * 3)
    assert kinds(answers) == ["Document", "ProblemsFound", "ProblemsFound"]
    assert len(files_below(media)) == 1


def test_two_scanners_share_the_work(case, settings) -> None:
    server = StubClamd()
    settings.CLAMD_ADDRESS = server.address
    for _n in range(6):
        store(case)
    answers = together(*[lambda: services.scan_due(actor=case.system, now=NOW)] * 2)
    server.close()
    assert sum(answers) == 6
    assert len(server.seen) == 6


def test_removed_once(case) -> None:
    document = store(case)
    answers = together(*[lambda: services.remove(actor=case.actor, now=NOW, document_id=document.pk)] * 2)
    assert kinds(answers) == ["Document", "StaleVersion"]


WORKER = """
import time
import django
django.setup()
from apps.documents.services import generating
def slow(*args, **options):
    print("rendering", flush=True)
    time.sleep(60)
generating.render = slow
generating.render_due()
"""


def test_a_killed_worker_leaves_its_document_to_the_next(case, media, monkeypatch) -> None:
    """A real process, killed while it typesets: its lease runs out, the next worker makes the document, once."""
    with transaction.atomic():
        made = services.request(
            actor=case.system,
            now=NOW,
            request_key="killed",
            template="notice_extension",
            subject_kind=case.kind,
            subject_id=case.id,
            params=sample("notice_extension"),
        )
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "certportal.settings.test",
        "DATABASE_URL": address.geturl(),
        "MEDIA_ROOT": str(media),
    }
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert worker.stdout.readline() == "rendering\n"
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
    made.refresh_from_db()
    assert (made.state, made.claim) == (GeneratedState.RENDERING, 1)
    assert services.render_due() == 0
    monkeypatch.setattr(generating, "database_now", lambda: made.lease_until)
    assert services.render_due() == 1
    made.refresh_from_db()
    assert (made.state, made.claim) == (GeneratedState.DONE, 2)
    assert len(files_below(media)) == 1
