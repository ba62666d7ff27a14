"""Seals that sign: a PAdES signature (B-B, ETSI EN 319 142) over the whole finished paper, which then allows no change.

A reader shows who signed and whether a byte changed since. RSA, because an elliptic key would raise the file to PDF 2.0
and out of PDF/A-2 (ADR 0012). No time stamp: the trail and the paper's hash there say when it was made.
"""

import datetime as dt
import io
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner

from apps.documents.constants import SealState
from apps.documents.seals import TEST_MARK

TEST_YEARS = 10
KEY_BITS = 3072
_FIELD = "Seal"


class CertificateSeal:
    """Signs with the certificate that the installation names: SEAL_FILE, a PKCS#12 file, and SEAL_PASSWORD."""

    state = SealState.SEALED
    mark = ""

    def apply(self, pdf: bytes) -> bytes:
        """The signed paper. ImproperlyConfigured if there is no such file, or the password does not open it."""
        if not settings.SEAL_FILE:
            raise ImproperlyConfigured("SEAL_FILE must name the PKCS#12 file of the seal (.env.example).")
        return _signed(pdf, Path(settings.SEAL_FILE), settings.SEAL_PASSWORD, reason="")


class DevelopmentSeal:
    """For development and demonstrations: a drawn ring and a signature, both of which say that they are a test.

    The key is made at first use, under var/. Whoever has the machine has it: it vouches for nothing.
    """

    state = SealState.TEST
    mark = TEST_MARK

    def apply(self, pdf: bytes) -> bytes:
        path = Path(settings.DEVELOPMENT_SEAL)
        if not path.exists():
            _make_test_key(path, timezone.now())
        return _signed(pdf, path, "", reason=TEST_MARK)


def _signed(pdf: bytes, path: Path, password: str, *, reason: str) -> bytes:
    says = PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason or None,
        location=settings.BUREAU_NAME,
    )
    signer = PdfSigner(says, signer=_signer(path, password, _changed(path)))
    sealed = io.BytesIO()
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=sealed)
    return sealed.getvalue()


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as fault:
        raise ImproperlyConfigured(f"The seal's file {path} cannot be read: {fault}") from fault


@lru_cache(maxsize=2)
def _signer(path: Path, password: str, changed: int) -> SimpleSigner:
    """The key, read again when the file changed: a renewed certificate needs no restart."""
    read: Any = SimpleSigner.load_pkcs12  # untyped there
    found: SimpleSigner | None = read(str(path), passphrase=password.encode() or None)
    if found is None:
        raise ImproperlyConfigured(f"{path} is no PKCS#12 file, or SEAL_PASSWORD does not open it.")
    return found


def _make_test_key(path: Path, now: dt.datetime) -> None:
    """A self-signed certificate whose name says that it is a test. Two workers at once: the first one's stays."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{TEST_MARK} TEST SEAL")])
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)  # signature, non-repudiation
    built = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365 * TEST_YEARS))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
        made.write(serialize_key_and_certificates(b"test", key, built, None, NoEncryption()))
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
