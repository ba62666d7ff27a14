"""The virus scanner's port: ClamAV's daemon, spoken to by its own protocol, or none.

Without CLAMD_ADDRESS documents are shown as not scanned. With it, nothing is opened before the scanner has said OK; a
scanner that is down leaves documents in quarantine. `AlertExceedsMax yes` belongs into clamd.conf, or a file above the
scanner's limits would count as clean (docs/runbooks/documents.md).
"""

import socket
from dataclasses import dataclass
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT = 30.0
_PIECE = 64 * 1024


class ScannerUnavailable(Exception):
    """No verdict: the scanner is away, slow, or answered with an error."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner found; `signature` is empty for a clean file."""

    signature: str = ""

    @property
    def clean(self) -> bool:
        return not self.signature


class Scanner(Protocol):
    def scan(self, content: BinaryIO) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class Clamd:
    """tcp://host:port or unix:///path; INSTREAM, so that the daemon needs no right to our files."""

    address: str

    def scan(self, content: BinaryIO) -> Verdict:
        """Raises ScannerUnavailable if there is no verdict."""
        try:
            with self._connected() as link:
                link.sendall(b"zINSTREAM\0")
                while piece := content.read(_PIECE):
                    link.sendall(len(piece).to_bytes(4, "big") + piece)
                link.sendall(bytes(4))
                answer = _answer(link)
        except OSError as fault:
            raise ScannerUnavailable(f"{type(fault).__name__}: {fault}") from fault
        return _verdict(answer)

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.address)
        if parts.scheme == "unix":
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(TIMEOUT)
            link.connect(parts.path)
            return link
        return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=TIMEOUT)


def _answer(link: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < 4096:
        piece = link.recv(4096)
        if not piece:
            break
        received += piece
    return received.rstrip(b"\0").decode("utf-8", "replace")


def _verdict(answer: str) -> Verdict:
    said = answer.removeprefix("stream: ").strip()
    if said == "OK":
        return Verdict()
    if said.endswith(" FOUND"):
        return Verdict(said.removesuffix(" FOUND")[:150])
    raise ScannerUnavailable(answer[:150] or "no answer")


def configured() -> Scanner | None:
    """The scanner that this installation names, or None."""
    address: str = settings.CLAMD_ADDRESS
    return Clamd(address) if address else None
