"""A stub provider with an append-only log: refuses 2 % with 503, loses 1 % of its answers after accepting.

`/keyed` drops a second sending of a key and can be asked for it; `/blind` does neither and accepts whatever comes.
"""

import contextlib
import http.client
import json
import random
import socket
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

from apps.notifications.channels import Letter, NotSent

TIMEOUT = 1.0


class Sink:
    """The provider, in the test's own process, so that no fault reaches it."""

    def __init__(self, log: Path, seed: int = 1) -> None:
        self.log = log
        self.accepted: dict[str, Counter[str]] = {"keyed": Counter(), "blind": Counter()}
        self.absorbed = self.refused = self.lost_answers = 0
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"sink": self}))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, kind: str, key: str) -> str:
        """What becomes of one request: refused, lost or accepted."""
        with self._lock:
            dice = self._random.random()
            if dice < 0.02:
                self.refused += 1
                return "refused"
            if kind == "keyed" and self.accepted[kind][key]:
                self.absorbed += 1
                return "accepted"
            self.accepted[kind][key] += 1
            with self.log.open("a") as log:
                log.write(f"{time.time():.3f} {kind} {key}\n")
            if dice < 0.03:
                self.lost_answers += 1
                return "lost"
            return "accepted"


class Handler(BaseHTTPRequestHandler):
    """One request. A caller may be killed, or freeze, at any byte of it."""

    sink: Sink

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        outcome = self.sink.take(self.path.strip("/"), body["key"])
        if outcome == "lost":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(503 if outcome == "refused" else 200)
        self.end_headers()

    def do_GET(self) -> None:
        kind, _, key = self.path.strip("/").partition("/")
        self.send_response(200 if self.sink.accepted[kind][key] else 404)
        self.end_headers()

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """The log of what was accepted is enough."""


def _call(method: str, path: str, body: bytes = b"") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", settings.SINK_PORT, timeout=TIMEOUT)
    try:
        connection.request(method, path, body)
        return connection.getresponse().status
    finally:
        connection.close()


class KeyedAdapter:
    """A provider with an idempotency key and a query."""

    keyed = True
    askable = True
    kind = "keyed"

    def send(self, letter: Letter) -> str:
        status = _call("POST", f"/{self.kind}", json.dumps({"key": letter.key}).encode())
        if status != 200:
            raise NotSent(str(status))
        return letter.key

    def find(self, key: str) -> str | None:
        return key if _call("GET", f"/{self.kind}/{quote(key)}") == 200 else None


class BlindAdapter(KeyedAdapter):
    """A gateway that knows no keys and answers no questions."""

    keyed = False
    askable = False
    kind = "blind"
