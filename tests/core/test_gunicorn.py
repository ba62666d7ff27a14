"""The real web server with production's settings, and what a hostile network sends it.

One process for all tests of this file; it reads the suite's database, which is emptied afterwards.
"""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection

from apps.accounts.models import User
from certportal import embedded
from certportal.embedded import ROOT
from tests import factories
from tests.core.test_deployment import GOOD
from tests.core.test_production import ALWAYS
from tests.emptying import empty_database

# The suite makes its database; the server has connections of its own. One worker starts it once.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("gunicorn")]
HOST = "portal.example.org"
BEHIND_TLS = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
FIXED = "fixedbyanattacker0000000000000000"
FORM = "application/x-www-form-urlencoded"


def start(port: int, **changes: str) -> "subprocess.Popen[str]":
    """gunicorn with one worker of two threads, so that few connections are many."""
    url = os.environ["DATABASE_URL"].replace(f"/{embedded.DATABASE}?", f"/{connection.settings_dict['NAME']}?")
    environment = {
        **os.environ,
        **GOOD,
        "DJANGO_SETTINGS_MODULE": "tests.core.production",
        "DATABASE_URL": url,
        "TRUSTED_PROXIES": "1",
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "WEB_THREADS": "2",
        **changes,
    }
    command = [sys.executable, "-W", "ignore", "-m", "gunicorn", "-c", "python:certportal.gunicorn"]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def make_user(**fields: Any) -> User:
    user = factories.person(**fields)
    user.password = Argon2PasswordHasher().encode(factories.PASSWORD, "0123456789abcdef")
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


class Portal:
    """The running server, and the people in its database."""

    def __init__(self, port: int, citizen: User, refused: str) -> None:
        self.port, self.citizen, self.refused = port, citizen, refused

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(asked):
            asked.request(method, path, body or None, {**BEHIND_TLS, **named})
            answer = asked.getresponse()
            return answer.status, answer.headers, answer.read().decode(errors="replace")

    def connect(self, data: bytes) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        made.sendall(data)
        return made

    def raw(self, data: bytes) -> list[int]:
        """The status of each answer to exactly these bytes."""
        with self.connect(data) as made:
            made.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: made.recv(65536), b""))
        return [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Portal]:
    """First with a demo account in the database, which the server refuses; then without."""
    with django_db_blocker.unblock():
        citizen, demo = make_user(), make_user(demo=True)
        port = embedded._free_port()
        refused = start(port)
        told, _nothing = refused.communicate(timeout=60)
        told = f"{refused.returncode} {told}"
        User.objects.filter(pk=demo.pk).update(demo=False)
        process = start(port)
        try:
            assert embedded.wait_until(lambda: listens(port), seconds=60)
            User.objects.filter(pk=demo.pk).update(demo=True)  # as if it came in while the server runs
            made = Portal(port, citizen, told)
            made.demo = demo
            yield made
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=90)  # a busy machine takes its time
            finally:  # what stays in the database, and a server that looks at it, would fail tests of others
                process.kill()
                process.communicate()
                empty_database()


def cookies_of(headers: http.client.HTTPMessage) -> "SimpleCookie":
    jar = SimpleCookie()
    for line in headers.get_all("Set-Cookie") or []:
        jar.load(line)
    return jar


def sign_in(portal: Portal, user: User, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
    """As a browser does it, with a session id that somebody else had put into the browser."""
    _status, got, page = portal.ask("GET", "/accounts/login/")
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)) or [""]
    [secret] = [cookie.value for name, cookie in cookies_of(got).items() if name == "__Host-csrftoken"]
    body = f"csrfmiddlewaretoken={token}&login={user.email.replace('@', '%40')}&password={factories.PASSWORD}"
    sent = {
        "Cookie": f"__Host-csrftoken={secret}; __Host-sessionid={FIXED}",
        "Content_Type": FORM,
        "Origin": f"https://{HOST}",
        "Referer": f"https://{HOST}/accounts/login/",
        **headers,
    }
    return portal.ask("POST", "/accounts/login/", body.replace(" ", "+"), **sent)


def test_a_database_with_demo_accounts_is_not_served(portal: Portal) -> None:
    assert not portal.refused.startswith("0 ")
    assert "accounts.E001" in portal.refused


def test_a_demo_account_is_refused_at_sign_in(portal: Portal) -> None:
    status, headers, _page = sign_in(portal, portal.demo)
    assert status == 200
    assert cookies_of(headers)["__Host-sessionid"].value == "", "the one that the attacker set is taken away"


def test_the_session_is_new_after_sign_in_and_its_cookie_this_hosts_only(portal: Portal) -> None:
    status, headers, _page = sign_in(portal, portal.citizen)
    assert status == 302
    cookie = cookies_of(headers)["__Host-sessionid"]
    assert cookie.value not in ("", FIXED)
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert cookie["samesite"] == "Lax"
    assert portal.ask("GET", "/people/me/", Cookie=f"__Host-sessionid={cookie.value}")[0] == 200
    assert portal.ask("GET", "/people/me/", Cookie=f"__Host-sessionid={FIXED}")[0] == 302
    assert portal.ask("GET", "/people/me/", Cookie=f"sessionid={cookie.value}")[0] == 302


def test_a_form_from_another_origin_is_refused(portal: Portal) -> None:
    for origin in ("https://evil.example", "null", f"http://{HOST}", f"https://{HOST}.evil.example"):
        assert sign_in(portal, portal.citizen, Origin=origin)[0] == 403, origin


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/c/absent", 404), ("/boom/", 500), ("/people/", 404), ("/desk/", 302)]
)
def test_every_answer_carries_the_headers_and_tells_nothing(portal: Portal, path: str, status: int) -> None:
    got, headers, page = portal.ask("GET", path)
    assert got == status
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for told in ("Traceback", "RuntimeError", "urlpatterns", "secret-of-the-code", GOOD["SECRET_KEY"], "gunicorn/"):
        assert told not in page + str(headers)


def test_what_proxies_and_clients_say_of_the_host_is_not_believed(portal: Portal) -> None:
    assert portal.ask("GET", "/", Host="evil.example")[0] == 400
    status, headers, page = portal.ask("GET", "/accounts/password/reset/", X_Forwarded_Host="evil.example")
    assert status == 200
    assert "evil.example" not in page + str(headers)
    assert portal.ask("GET", "/", X_Forwarded_Proto="http")[0] == 301


@pytest.mark.parametrize("charset", ["hex", "rot13", "undefined", "idna", "utf-16", "utf-7", "latin-1", "bogus"])
def test_no_other_encoding_than_utf_8_is_read(portal: Portal, charset: str) -> None:
    """Django reads the query in it before any middleware; each of the first four was a 500 without headers."""
    for method, path, kind in (
        ("GET", "/lookup/?q=%E8%8C%B6", "text/plain"),
        ("GET", "/absent?q=1", "text/plain"),
        ("POST", "/accounts/login/", FORM),
        ("POST", "/absent", "multipart/form-data; boundary=x"),
    ):
        status, headers, _page = portal.ask(method, path, "login=%ff", Content_Type=f"{kind}; charset={charset}")
        assert status == 400, (method, path)
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_parameter_in_an_unknown_encoding_is_refused(portal: Portal) -> None:
    assert portal.ask("GET", "/?q=1", Content_Type="text/plain; x*=bogus''%e4")[0] == 400


HEAD = f"Host: {HOST}\r\nX-Forwarded-Proto: https\r\n".encode()
HIDDEN = b"GET /healthz HTTP/1.1\r\n" + HEAD + b"\r\n"
POST = b"POST /accounts/login/ HTTP/1.1\r\n" + HEAD
GET = b"GET / HTTP/1.1\r\n" + HEAD
SMUGGLED = {
    "length and chunks": (POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN, 400),
    "space before the colon": (
        POST + b"Content-Length: 4\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        400,
    ),
    "unknown coding": (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN, 501),
    "two lengths": (POST + b"Content-Length: 0\r\nContent-Length: 90\r\n\r\n" + HIDDEN, 400),
    "signed length": (POST + b"Content-Length: +5\r\n\r\nabcde", 400),
    "negative length": (POST + b"Content-Length: -1\r\n\r\n", 400),
    "bare line feeds": (b"GET / HTTP/1.1\nHost: x\n\n", 400),
    "folded header": (GET + b"X-A: a\r\n b\r\n\r\n", 400),
    "two hosts": (GET + b"Host: evil.example\r\n\r\n", 400),
    "NUL in a header": (GET + b"X-A: a\x00b\r\n\r\n", 400),
    "NUL in the path": (b"GET /c/a\x00b HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
    "bytes in the path": (b"GET /c/\xff\xfe HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
    "long header": (GET + b"X-A: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    "many headers": (GET + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n", 431),
    "long address": (b"GET /?q=" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n", 414),
    "trace": (b"TRACE / HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n", 405),
}


@pytest.mark.parametrize("kind", SMUGGLED)
def test_an_ambiguous_request_is_refused_and_nothing_hides_behind_it(portal: Portal, kind: str) -> None:
    data, status = SMUGGLED[kind]
    assert portal.raw(data) == [status]


def test_sixty_slow_senders_keep_nobody_out(portal: Portal) -> None:
    """Attempt 63. Half headers, nothing at all, half a small form, and answers that are never taken leave: each of them
    kept the two threads, or the main loop, for many seconds apiece."""
    half_form = POST + b"Content-Type: " + FORM.encode() + b"\r\nContent-Length: 100\r\n\r\na="
    starts = [GET + b"X-A: ", b"", half_form, b"GET /healthz HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n"]
    with contextlib.ExitStack() as open_sockets:
        for data in starts * 15:
            open_sockets.enter_context(portal.connect(data))
        asked = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=8)
        with contextlib.closing(asked):
            asked.request("GET", "/healthz", headers=BEHIND_TLS)
            assert asked.getresponse().status == 200
