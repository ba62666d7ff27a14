"""Production as it is started: headers on every kind of answer, cookies of this host only, nothing told about itself.

The portal runs in a process of its own with production's settings, because settings cannot be exchanged half-way.
"""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from certportal.embedded import ROOT
from tests.core.test_deployment import GOOD

pytestmark = pytest.mark.xdist_group("production")  # one worker asks the process once
PATHS = [
    "/",
    "/absent/",
    "/people/",
    "/accounts/login/",
    "/healthz",
    "/readyz",
    "/api/v1/absent/",
    "/boom/",
    "/static/icon.svg",
]
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
PROGRAM = """
import json, os, sys
import django
from django.conf import settings
settings.STATIC_ROOT = sys.argv[2]
django.setup()
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.test import Client
from django.urls import path
import certportal.urls as urls
def boom(request):
    raise RuntimeError("secret-of-the-code " + settings.SECRET_KEY)
urls.urlpatterns.insert(0, path("boom/", login_not_required(boom)))
found = {}
for address in json.loads(sys.argv[1]):
    client = Client(raise_request_exception=False)
    answer = client.get(address, secure=address != "/insecure", headers={"host": "portal.example.org"})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    cookies = {name: dict(morsel) for name, morsel in answer.cookies.items()}
    found[address] = [answer.status_code, dict(answer.headers), body.decode(errors="replace"), cookies]
evil = Client(raise_request_exception=False)
answer = evil.get("/", secure=True, headers={"host": "evil.example", "x-forwarded-host": "portal.example.org"})
found["evil host"] = [answer.status_code, dict(answer.headers), answer.content.decode(), {}]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "certportal.settings.prod", **GOOD}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, json.dumps([*PATHS, "/insecure"])]
    command.append(str(tmp_path_factory.mktemp("static")))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("path", [*PATHS, "evil host"])
def test_every_answer_carries_the_headers(answers: dict[str, Any], path: str) -> None:
    status, headers, _body, _cookies = answers[path]
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS, f"{path}: {status}"
    assert "default-src 'none'" in headers["Content-Security-Policy"], path
    assert "camera=()" in headers["Permissions-Policy"], path
    assert not {"Server", "X-Powered-By"} & set(headers), path


def test_faults_tell_nothing_of_the_code(answers: dict[str, Any]) -> None:
    status, _headers, body, _cookies = answers["/boom/"]
    assert status == 500
    assert "故障" in body
    for told in ("secret-of-the-code", "Traceback", "RuntimeError", GOOD["SECRET_KEY"]):
        assert told not in body
    assert answers["/absent/"][0] in {302, 404}
    assert "urlpatterns" not in answers["/absent/"][2]
    assert GOOD["SECRET_KEY"] not in json.dumps(answers)


def test_cookies_belong_to_this_host_and_to_https(answers: dict[str, Any]) -> None:
    cookies = answers["/accounts/login/"][3]
    assert set(cookies) == {"__Host-csrftoken"}
    for cookie in cookies.values():
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
        assert cookie["samesite"] == "Lax"


def test_plain_http_leads_to_https_and_a_foreign_host_nowhere(answers: dict[str, Any]) -> None:
    status, headers, _body, _cookies = answers["/insecure"]
    assert status == 301
    assert headers["Location"] == "https://portal.example.org/insecure"
    assert answers["evil host"][0] == 400


def test_readiness_names_parts_and_no_address(answers: dict[str, Any]) -> None:
    body = answers["/readyz"][2]
    for told in ("postgres://", "redis://", "unix:", "/tmp", "password"):
        assert told not in body
