"""How long the web server waits for whom. What it does for real: test_gunicorn.py."""

import socket
from types import SimpleNamespace
from typing import Any

import pytest

from certportal import patience
from certportal.patience import AWAITED, Hurried, PatientConnection

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("received", "whole"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", True),
        (b"GET / HTTP/1.1\nHost: x\n\n", True),
        (HEAD + b"Content-Length: 5\r\n\r\nabcd", False),
        (HEAD + b"content-length:5\r\n\r\nabcde", True),
        (HEAD + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n", True),
        (HEAD + b"Content-Length: 9999999\r\n\r\n" + b"a" * 1000, False),
        (HEAD + b"Content-Length: 9999999\r\n\r\n" + b"a" * AWAITED, True),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", True),
        (b"a" * AWAITED, True),
    ],
)
def test_what_is_awaited_before_a_thread_is_given(received: bytes, whole: bool) -> None:
    here, there = socket.socketpair()
    with here, there:
        found = PatientConnection(None, SimpleNamespace(), here, None, None)
        found.head = received
        assert found.whole is whole


@pytest.fixture
def pair() -> Any:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


def test_bytes_in_time_are_read(pair: Any) -> None:
    here, there = pair
    there.sendall(b"abc")
    assert Hurried(here).recv(10) == b"abc"
    there.close()
    assert Hurried(here).recv(10) == b""


def test_silence_and_a_trickle_end_the_connection(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = pair
    monkeypatch.setattr(patience, "BODY_GRACE", 0.0)
    slow = Hurried(here)
    with pytest.raises(ConnectionResetError):
        slow.recv(10)
    there.sendall(b"a")
    with pytest.raises(ConnectionResetError):
        slow.recv(10)
    slow.begin()
    slow._earned += 60  # what came before was fast
    assert slow.recv(10) == b"a"


def test_patience_grows_short_while_many_wait(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    here, _there = pair
    monkeypatch.setattr(patience, "PRESSED_GRACE", 0.0)
    monkeypatch.setattr(Hurried, "most", 0)
    with pytest.raises(ConnectionResetError):
        Hurried(here).recv(10)
    assert Hurried.waiting == 0
