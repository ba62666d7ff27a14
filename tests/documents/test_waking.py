"""The pacemaker sees to papers and scans: it wakes the workers, and without a queue does the work itself."""

import pytest
from kombu.exceptions import OperationalError

from apps.documents.constants import GeneratedState, ScanState
from apps.documents.models import Document
from apps.notifications import pacemaker
from apps.notifications.pacemaker import Pacemaker
from tests.documents.conftest import NOW
from tests.documents.test_generating import ask, clock, state  # noqa: F401  clock is a fixture
from tests.documents.test_scanning import StubClamd
from tests.documents.test_storing import store

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch) -> list[str]:
    """The tasks that were woken; the rest of a look is tested with the outbox."""
    woken: list[str] = []
    monkeypatch.setattr(pacemaker, "database_now", lambda: NOW)
    monkeypatch.setattr(pacemaker.current_app, "send_task", lambda name, **options: woken.append(name))
    return woken


def test_a_waiting_paper_wakes_a_worker(sent) -> None:
    Pacemaker()._see_to_others()
    assert sent == []
    ask()
    rhythm = Pacemaker()
    rhythm._see_to_others()
    rhythm._see_to_others()  # at once again: not yet
    assert sent == ["documents.sweep"]


def test_without_a_queue_the_pacemaker_typesets(sent, monkeypatch) -> None:
    document = ask()

    def away(name: str, **options: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(pacemaker.current_app, "send_task", away)
    Pacemaker()._see_to_others()
    assert state(document) == GeneratedState.DONE


def test_a_document_that_nobody_scanned_wakes_a_worker_where_a_scanner_is(case, sent, settings) -> None:
    store(case)
    Pacemaker()._see_to_others()
    assert sent == []
    server = StubClamd()
    settings.CLAMD_ADDRESS = server.address
    Document.objects.update(scan_state=ScanState.QUARANTINED)
    Pacemaker()._see_to_others()
    server.close()
    assert sent == ["documents.sweep"]
