"""The supervisor of `make run`, with small stand-ins for the portal's processes."""

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from certportal import run

SCRIPT = """
import json, os, sys
from pathlib import Path
from certportal import embedded, run
folder = Path(sys.argv[1])
run.LOCK, run.ACCOUNTS = folder / "run.pid", folder / "accounts"
run.programs = lambda port: {name: [sys.executable, "-c", code] for name, code in json.loads(sys.argv[2]).items()}
run.prepare = lambda port, demo: None
run._ready = lambda port: True
embedded.stop = lambda folder: print("embedded servers stopped")
try:
    sys.exit(run.run(demo=False))
except run.CannotRun as reason:
    print(reason)
    sys.exit(1)
"""
SLEEPS = "import time; time.sleep(60)"
CRASHES = "import sys, time; print('going down'); time.sleep(0.5); sys.exit(3)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, port: int, **programs: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PORT": str(port), "DATABASE_URL": "", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", SCRIPT, str(folder), json.dumps(programs)]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A running portal of two sleepers that has said that it is ready."""
    process = start(tmp_path, free_port(), web=SLEEPS, worker=SLEEPS)
    while "ready:" not in process.stdout.readline():
        assert process.poll() is None
    yield process
    process.kill()
    process.communicate()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_crashed_process_is_named_and_takes_the_others_down(tmp_path: Path) -> None:
    process = start(tmp_path, free_port(), web=SLEEPS, worker=CRASHES)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "worker    | going down" in output
    assert "worker ended by itself (exit code 3): stopping everything" in output
    assert output.index("embedded servers stopped") < output.index("» stopped")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(portal: "subprocess.Popen[str]", number: int) -> None:
    kin = children(portal.pid)
    assert len(kin) == 2
    portal.send_signal(number)
    output, _ = portal.communicate(timeout=30)
    assert portal.returncode == 0
    assert "embedded servers stopped" in output
    assert not [pid for pid in kin if Path(f"/proc/{pid}").exists()]


def test_a_process_that_does_not_heed_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "STOP_SECONDS", 0.5)
    monkeypatch.setattr(run, "_heed", lambda handler: None)
    child = run._spawn([sys.executable, "-c", STUBBORN], 1)
    time.sleep(0.5)
    run._end({"web": child})
    child.stdout.close()
    assert child.returncode == -signal.SIGKILL


def test_children_end_with_a_supervisor_that_was_killed(portal: "subprocess.Popen[str]") -> None:
    kin = children(portal.pid)
    portal.kill()
    portal.wait()
    deadline = time.monotonic() + 10
    while [pid for pid in kin if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_second_portal_says_so(portal: "subprocess.Popen[str]", tmp_path: Path) -> None:
    second = start(tmp_path, free_port(), web=SLEEPS)
    output, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"already runs from this folder (process {portal.pid})" in output
    assert portal.poll() is None


@pytest.mark.parametrize(
    ("status", "faults", "ready"),
    [(200, {}, True), (503, {"jobs": "late jobs: x"}, True), (503, {"jobs": "late", "broker": "down"}, False)],
)
def test_jobs_that_were_late_before_the_start_do_not_hold_it_up(status: int, faults: dict, ready: bool) -> None:
    class Readyz(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps({"faults": faults}).encode())

        def log_message(self, *_args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Readyz) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert run._ready(server.server_port) is ready
    assert run._ready(free_port()) is False


def test_the_workers_of_the_web_server_inherit_no_connection() -> None:
    """gunicorn loads the portal before it forks: a socket opened by then would be shared."""
    code = "import certportal.wsgi; from django.db import connection; print(connection.connection)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True)
    assert done.stdout == "None\n"


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(run.CannotRun, match=f"Port {port} cannot be used .*PORT={port + 1} make run"):
            run.require_free(port)


def test_stop_ends_a_running_portal(portal: "subprocess.Popen[str]", tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(run, "LOCK", tmp_path / "run.pid")
    monkeypatch.setattr(run.embedded, "stop", lambda folder: None)
    assert run.stop() == 0
    assert portal.wait(timeout=5) == 0
    assert run.stop() == 0
    assert capsys.readouterr().out.splitlines() == [
        "» stopped",
        "» no portal was running here; embedded servers are stopped",
    ]
