"""Seals that sign: what a reader of the paper is told, and what a changed byte does."""

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from apps.documents import sealing
from apps.documents.constants import SealState
from apps.documents.papers import PAPERS
from apps.documents.rendering import render
from apps.documents.samples import sample
from apps.documents.seals import TEST_MARK


@pytest.fixture(scope="module")
def paper():
    return render(PAPERS["notice_acceptance"], sample("notice_acceptance", 0), mark=TEST_MARK)


@pytest.fixture
def key(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "KEY_BITS", 2048)  # a key of 3072 bits takes seconds to make
    settings.DEVELOPMENT_SEAL = tmp_path / "keys" / "test.p12"
    return settings.DEVELOPMENT_SEAL


def examined(content: bytes):
    signature = PdfFileReader(io.BytesIO(content)).embedded_signatures[0]
    return validate_pdf_signature(
        signature, ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    )


def test_the_test_seal_signs_the_whole_paper_and_says_that_it_is_a_test(paper, key):
    seal = sealing.DevelopmentSeal()
    found = examined(seal.apply(paper))
    assert found.valid
    assert found.intact
    assert found.coverage.name == "ENTIRE_FILE"
    assert "TEST" in found.signing_cert.subject.human_friendly
    assert TEST_MARK in found.signing_cert.subject.human_friendly
    assert (seal.state, seal.mark) == (SealState.TEST, TEST_MARK)
    assert key.stat().st_mode & 0o077 == 0


def test_the_sealed_paper_is_the_paper_with_the_signature_behind_it(paper, key):
    sealed = sealing.DevelopmentSeal().apply(paper)
    assert sealed.startswith(paper)
    assert len(sealed) > len(paper)


def test_a_changed_byte_is_seen(paper, key):
    sealed = bytearray(sealing.DevelopmentSeal().apply(paper))
    at = sealed.index(b"stream") + 40
    sealed[at] ^= 1
    assert not examined(bytes(sealed)).intact


def test_two_workers_that_begin_at_once_seal_with_one_key(paper, key):
    with ThreadPoolExecutor(2) as both:
        sealed = list(both.map(sealing.DevelopmentSeal().apply, [paper, paper]))
    assert len({examined(one).signing_cert.sha256_fingerprint for one in sealed}) == 1
    assert [one.name for one in key.parent.iterdir()] == [key.name]


def test_an_installation_seals_with_its_own_certificate(paper, key, settings):
    sealing.DevelopmentSeal().apply(paper)
    settings.SEAL_FILE, settings.SEAL_PASSWORD = str(key), ""
    seal = sealing.CertificateSeal()
    assert examined(seal.apply(paper)).valid
    assert seal.state == SealState.SEALED


@pytest.mark.parametrize("content", [None, b"no key"], ids=["absent", "something else"])
def test_a_seal_that_cannot_be_read_seals_nothing_and_says_why(paper, settings, tmp_path, content):
    settings.SEAL_FILE = str(tmp_path / "seal.p12")
    if content is not None:
        (tmp_path / "seal.p12").write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match=r"seal\.p12"):
        sealing.CertificateSeal().apply(paper)


def test_without_a_file_the_seal_names_its_setting(paper, settings):
    settings.SEAL_FILE = ""
    with pytest.raises(ImproperlyConfigured, match="SEAL_FILE"):
        sealing.CertificateSeal().apply(paper)


def test_the_test_certificate_runs_for_ten_years(paper, key):
    certificate = examined(sealing.DevelopmentSeal().apply(paper)).signing_cert
    assert certificate.not_valid_after - certificate.not_valid_before > dt.timedelta(days=3650)
