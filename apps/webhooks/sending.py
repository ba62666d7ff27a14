"""One delivery over the network: to an address of the open internet that was looked up and checked just now.

The name is looked up once and the connection goes to that very address, so that a name which leads elsewhere at the
second look (DNS rebinding) gains nothing. No redirect is followed, and little of the answer is read.
"""

import http.client
import socket
import ssl
from dataclasses import dataclass
from socket import getaddrinfo
from urllib.parse import urlsplit

from django.conf import settings

from apps.webhooks.constants import ANSWER_KEPT, TIMEOUT
from apps.webhooks.rules.addresses import may_reach

_READ = 2_000  # bytes of an answer


class NotDelivered(Exception):
    """The event did not arrive; the text says why, for the receiver's people."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said."""

    status: int
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, and proves the name by TLS as usual."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=TIMEOUT, context=context)
        self._address, self._context_used = address, context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._context_used.wrap_socket(plain, server_hostname=self.host)


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send the body. NotDelivered if there was no answer at all."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Pinned(host, port, _checked(host, port), _context())
    try:
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        text = answer.read(_READ).decode(errors="replace")
        return Answer(answer.status, _printable(text)[:ANSWER_KEPT])
    except (OSError, http.client.HTTPException) as fault:
        raise NotDelivered(f"{type(fault).__name__}: {fault}"[:300]) from fault
    finally:
        connection.close()


def _checked(host: str, port: int) -> str:
    """The address behind the name. Every one that the name leads to must be open to the world."""
    try:
        found = getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise NotDelivered(f"DNS: {fault}"[:300]) from fault
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if refused := [each for each in addresses if not may_reach(each, settings.WEBHOOK_NETWORKS)]:
        raise NotDelivered(f"private address: {refused[0]}")
    return addresses[0]


def _context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.WEBHOOK_CA or None)


def _printable(text: str) -> str:
    return "".join(ch for ch in text if ch.isprintable() or ch == " ")
