"""gunicorn's threads, kept for requests that are there: a slow sender waits in the poller, not in a thread.

gunicorn gives a new connection to a thread at once, and the thread waits for its first byte and for the end of its
headers. Sixty connections that send nothing then keep eight threads from everybody else (slowloris). Here a
connection waits in the main loop, which costs a socket, until its headers and the body of a usual form are whole; only
a larger body is read in a thread, and that at a least speed. A proxy in front that buffers requests does the same;
without one this is all there is.
"""

import contextlib
import errno
import re
import select
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEADERS_WITHIN = 10.0  # seconds from the first look at a connection until its headers must be whole
AWAITED = 64 * 1024  # headers and the body of a usual form, which is awaited with them; the parser limits the headers
BODY_GRACE = 10.0  # seconds that a larger body may take whatever its size
BODY_RATE = 10_000  # bytes a second that it must arrive with beyond its grace
PRESSED_GRACE = 1.0  # the grace while more than half of the threads wait for bodies
LINGER = 2.0  # seconds that the other side has to close after our last answer
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)

_EXPECT = re.compile(rb"\r\nexpect:", re.IGNORECASE)  # the sender waits for a word before the body


class Hurried:
    """A socket whose bytes must come in time: a grace, and more for what has arrived at BODY_RATE."""

    waiting = 0  # threads of this process that wait for bytes
    most = 1  # how many may, before patience grows short
    _lock = threading.Lock()

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self.begin()

    def begin(self) -> None:
        """The clock starts anew with each request of a connection."""
        self._earned = time.monotonic()

    def recv(self, size: int) -> bytes:
        """Like socket.recv; a sender who is too slow has gone away."""
        ready = select.poll()
        ready.register(self._sock, select.POLLIN)
        with self._waiting():
            while not ready.poll(250):
                self._hurry()
        self._hurry()
        data: bytes = self._sock.recv(size)
        self._earned += len(data) / BODY_RATE
        return data

    def _hurry(self) -> None:
        grace = PRESSED_GRACE if Hurried.waiting > Hurried.most else BODY_GRACE
        if time.monotonic() > self._earned + grace:
            raise ConnectionResetError(errno.ECONNRESET, "the body came too slowly")

    @contextlib.contextmanager
    def _waiting(self) -> Iterator[None]:
        with self._lock:
            Hurried.waiting += 1
        try:
            yield
        finally:
            with self._lock:
                Hurried.waiting -= 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class PatientConnection(TConn):  # type: ignore[misc]  # gunicorn is untyped
    """A connection that keeps what came of its request until it is whole, or large enough to be read in a thread."""

    def __init__(self, worker: "PatientWorker", *given: Any) -> None:
        super().__init__(*given)
        self.head = b""
        self.drained = 0
        self._worker = worker

    @property
    def whole(self) -> bool:
        """Whether the headers are there, and the body that they announce, or as much as is awaited here."""
        end = self.head.find(b"\r\n\r\n")
        if len(self.head) >= AWAITED:
            return True
        if end < 0:
            return b"\n\n" in self.head  # the parser refuses such line ends
        length = _LENGTH.search(self.head, 0, end + 2)
        if length is None or _EXPECT.search(self.head, 0, end + 2):
            return True
        return len(self.head) >= min(AWAITED, end + 4 + int(length.group(1)))

    def init(self) -> None:
        super().init()
        source = self.parser.unreader
        if not isinstance(source.sock, Hurried):
            source.sock = Hurried(source.sock)
        source.sock.begin()
        if self.head:
            source.unread(self.head)
            self.head = b""

    def close(self, graceful: bool = False) -> None:
        """gunicorn would wait here, in the main loop, for the other side to close too: two seconds for each that does
        not. The wait is the poller's."""
        if graceful:
            self._worker.linger(self)
        else:
            super().close()


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Threads only for requests that have come."""

    def init_process(self) -> None:
        Hurried.most = self.cfg.threads // 2
        self.lingering: deque[PatientConnection] = deque()
        super().init_process()

    def accept(self, listener: Any) -> None:
        try:
            sock, address = listener.accept()
        except OSError as fault:
            if fault.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        self._await_headers(PatientConnection(self, self.cfg, sock, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """The next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await_headers(conn)

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """Some bytes: enough, or the connection goes on waiting. An empty read is the other side's good-bye."""
        try:
            data = conn.sock.recv(AWAITED)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.head += data
        if data and not conn.whole:
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if not conn.head:
            self.nr_conns -= 1
            conn.close()
            return
        conn.data_ready = True
        self.enqueue_req(conn)

    def _await_headers(self, conn: Any) -> None:
        conn.timeout = time.monotonic() + HEADERS_WITHIN
        conn.initialized = False  # so that `init` hands the headers over, also for a connection that was kept
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def linger(self, conn: PatientConnection) -> None:
        """Say that no more comes and read on for a moment, or our last answer would be cut off (RFC 9112, 9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
        except OSError:
            conn.close()
            return
        self.nr_conns += 1
        conn.timeout = time.monotonic() + LINGER
        self.lingering.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))

    def murder_pending(self) -> None:
        """Called by the main loop each second or so."""
        super().murder_pending()
        while self.lingering and self.lingering[0].timeout < time.monotonic():
            self._part_from(self.lingering[0])

    def _drain(self, conn: PatientConnection, client: Any) -> None:
        try:
            data = conn.sock.recv(AWAITED)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.drained += len(data)
        if not data or conn.drained > AWAITED:
            self._part_from(conn)

    def _part_from(self, conn: PatientConnection) -> None:
        self.poller.unregister(conn.sock)
        self.lingering.remove(conn)
        self.nr_conns -= 1
        conn.close()
