"""The scanner's verdicts, and what happens while it has none."""

import datetime as dt

import pytest

from apps.audit.models import AuditEntry
from apps.documents import services
from apps.documents.constants import ScanState
from apps.documents.selectors import is_openable
from tests.documents.clamd import MARKER, StubClamd
from tests.documents.conftest import NOW
from tests.documents.test_storing import store
from tests.parties.papers import PDF

INFECTED = PDF.replace(b"%%EOF", b"%" + MARKER + b"\n%%EOF")


@pytest.fixture
def clamd(settings):
    server = StubClamd()
    settings.CLAMD_ADDRESS = server.address
    yield server
    server.close()


def scanned(case, document, now=NOW) -> str:
    services.scan_due(actor=case.system, now=now)
    document.refresh_from_db()
    return document.scan_state


def test_quarantine_then_clean(case, clamd) -> None:
    document = store(case)
    assert document.scan_state == ScanState.QUARANTINED
    assert not is_openable(document)
    assert scanned(case, document) == ScanState.CLEAN
    assert is_openable(document)
    assert clamd.seen == [len(PDF)]
    assert services.scan_due(actor=case.system, now=NOW) == 0


def test_quarantine_then_rejected(case, clamd) -> None:
    document = store(case, INFECTED)
    assert scanned(case, document) == ScanState.REJECTED
    assert document.scan_note == "Eicar"
    assert not is_openable(document)
    assert AuditEntry.objects.get(action="documents.document.scan").after["found"] == "Eicar"
    assert services.scan_due(actor=case.system, now=NOW + dt.timedelta(days=30)) == 0


def test_a_scanner_that_is_down_leaves_the_document_in_quarantine(case, clamd) -> None:
    document = store(case)
    clamd.close()
    assert scanned(case, document) == ScanState.QUARANTINED


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"\0", b"nonsense\0"])
def test_an_answer_that_is_no_verdict_changes_nothing(case, clamd, answer) -> None:
    document = store(case)
    clamd.answer = answer
    assert scanned(case, document) == ScanState.QUARANTINED


def test_too_large_for_the_scanner_is_no_pass(case, clamd) -> None:
    document = store(case)
    clamd.answer = b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"
    assert scanned(case, document) == ScanState.REJECTED


def test_without_a_scanner_nothing_is_claimed(case) -> None:
    document = store(case)
    assert scanned(case, document) == ScanState.UNSCANNED
    assert is_openable(document)


def test_a_scanner_that_comes_later_finds_the_unscanned(case, clamd, settings) -> None:
    settings.CLAMD_ADDRESS = ""
    document = store(case, INFECTED)
    settings.CLAMD_ADDRESS = clamd.address
    assert scanned(case, document) == ScanState.REJECTED


def test_clean_is_asked_again_after_a_week(case, clamd) -> None:
    document = store(case)
    scanned(case, document)
    clamd.answer = b"stream: New.Signature FOUND\0"
    assert scanned(case, document, NOW + dt.timedelta(days=6)) == ScanState.CLEAN
    assert scanned(case, document, NOW + dt.timedelta(days=8)) == ScanState.REJECTED
