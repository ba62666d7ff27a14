"""The whole portal as one foreground process: `make run` and `make stop`.

Starts the embedded servers where the environment names none, prepares the database, then keeps web, worker and beat
running until Ctrl-C or SIGTERM. When one of them ends by itself it is named, the others are stopped and the exit code
is 1: a portal that has lost its worker must not look healthy.
"""

import argparse
import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import IO, Any

from certportal import embedded
from certportal.env import env

VAR = embedded.VAR
LOCK = VAR / "run.pid"
ACCOUNTS = VAR / "demo-accounts.txt"
READY_SECONDS = 60
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1


class CannotRun(Exception):
    """The portal cannot start here; the message says what to do."""


class Stopped(Exception):
    """Ctrl-C or SIGTERM."""


def programs(port: int) -> dict[str, list[str]]:
    """The processes of the portal by name."""
    # As root Celery warns; here the embedded servers are root's own too, and nothing listens beyond loopback.
    calm = ["-W", "ignore:You're running the worker with superuser"]
    celery = [sys.executable, *calm, "-m", "celery", "--quiet", "-A", "certportal"]
    quiet = ["--loglevel", "WARNING"]
    return {
        "web": [sys.executable, "-m", "gunicorn", "-c", "python:certportal.gunicorn"],
        "worker": [*celery, "worker", "-c", "2", "--without-gossip", "--without-mingle", *quiet],
        "beat": [*celery, "beat", "--pidfile=", *quiet],
        "pacemaker": [sys.executable, "manage.py", "pacemaker"],
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--stop", action="store_true", help="end a running portal and the embedded servers")
    parser.add_argument("--no-demo", action="store_true", help="an empty portal instead of the demo city")
    options = parser.parse_args()
    VAR.mkdir(exist_ok=True)
    try:
        return stop() if options.stop else run(demo=not options.no_demo)
    except CannotRun as reason:
        print(reason, file=sys.stderr)
        return 1


def run(*, demo: bool) -> int:
    """Everything from the servers to the last process. Returns the exit code."""
    port = int(os.environ.get("PORT", "8000"))
    with only_one():
        require_free(port)
        _heed(_raise_stopped)
        own_servers = not (env.str("DATABASE_URL", default="") and env.str("REDIS_URL", default=""))
        try:
            prepare(port, demo=demo)
            return serve(port)
        except Stopped:
            return 0
        finally:
            _heed(signal.SIG_IGN)
            if own_servers:
                embedded.stop(VAR)
            print("» stopped", flush=True)


def prepare(port: int, *, demo: bool) -> None:
    """Servers, then the database (manage.py setup_data)."""
    started = time.monotonic()
    print("» database and cache ", end="", flush=True)
    embedded.provide()
    print(f"({time.monotonic() - started:.1f} s)", flush=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certportal.settings.dev")
    os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
    command = [sys.executable, "manage.py", "setup_data"]
    if demo:
        command += ["--demo", "--accounts-file", str(ACCOUNTS)]
    child = subprocess.Popen(command, cwd=embedded.ROOT, start_new_session=True, preexec_fn=_die_with_parent)
    try:
        code = child.wait()
    except Stopped:
        child.terminate()
        child.wait()
        raise
    if code:
        raise CannotRun(f"The database could not be prepared (exit code {code}); the reason stands above.")


def serve(port: int) -> int:
    """Start the processes, say when the portal answers, and watch until one ends or we are told to stop."""
    children = {name: _spawn(command, port) for name, command in programs(port).items()}
    for name, child in children.items():
        threading.Thread(target=_prefix, args=(name, child.stdout), daemon=True).start()
    try:
        deadline, announced = time.monotonic() + READY_SECONDS, False
        while True:
            for name, child in children.items():
                if child.poll() is not None:
                    print(f"» {name} ended by itself (exit code {child.returncode}): stopping everything", flush=True)
                    return 1
            if not announced and _ready(port):
                announced = True
                print(greeting(port), flush=True)
            if not announced and time.monotonic() > deadline:
                print(f"» /readyz did not answer within {READY_SECONDS} s: stopping everything", flush=True)
                return 1
            time.sleep(0.2)
    finally:
        _end(children)


def greeting(port: int) -> str:
    """The closing block: where, who, and what to try."""
    line = "─" * 78
    accounts = ACCOUNTS.read_text(encoding="utf-8").rstrip() if ACCOUNTS.exists() else "no demo accounts"
    return f"""{line}
ready: http://127.0.0.1:{port}

Demo accounts (user name, password, role); they skip the second factor, which production refuses:
{accounts}

Try: search for 泓达 on the home page, without signing in
     sign in as window_clerk and import apps/certifications/data/cnca_records.json
     sign in as enterprise_manager: my obligations, and what expires when
     /api/schema/ is the interface for programs; /readyz says whether all parts work
Ctrl-C, or make stop elsewhere, ends everything.
{line}"""


def stop() -> int:
    """End a running portal, or embedded servers that a manage.py command left behind."""
    pid = _running()
    if pid:
        os.kill(pid, signal.SIGTERM)
        if not embedded.wait_until(lambda: not _running(), seconds=STOP_SECONDS + 15):
            raise CannotRun(f"Process {pid} does not end; look at what it does before you kill it.")
    embedded.stop(VAR)
    print("» stopped" if pid else "» no portal was running here; embedded servers are stopped")
    return 0


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock file while running; its text is our process id."""
    with LOCK.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotRun(
                f"The portal already runs from this folder (process {LOCK.read_text().strip()}). "
                "Use it, or end it with: make stop"
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
        handle.truncate(0)


def require_free(port: int) -> None:
    """Refuse a port on which somebody else listens, and name the way out."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotRun(
                f"Port {port} cannot be used ({error.strerror}). Choose another one: PORT={port + 1} make run"
            ) from error


def _spawn(command: list[str], port: int) -> "subprocess.Popen[str]":
    """A child in its own session, so that Ctrl-C reaches us alone and children end in our order."""
    return subprocess.Popen(
        command,
        cwd=embedded.ROOT,
        env={**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )


def _die_with_parent() -> None:
    """Linux: the kernel ends a child whose supervisor was killed outright. Elsewhere `make stop` has to."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(children: "dict[str, subprocess.Popen[str]]") -> None:
    """SIGTERM to all, SIGKILL to the groups that do not heed it."""
    _heed(signal.SIG_IGN)
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _prefix(name: str, stream: IO[str]) -> None:
    for line in stream:
        print(f"{name:<9} | {line}", end="", flush=True)


def _ready(port: int) -> bool:
    """Everything that pages need is there. Jobs that are late because the portal was off do not count: they run now,
    or in their hour, and /readyz names them until then."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as answer:
        with answer, contextlib.suppress(ValueError):
            return set(json.load(answer).get("faults", ())) == {"jobs"}
        return False
    except (urllib.error.URLError, OSError):
        return False


def _running() -> int | None:
    """The process id of the portal that holds the lock."""
    if not LOCK.exists():
        return None
    with LOCK.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(handle.read() or 0) or None
    return None


def _heed(handler: Any) -> None:
    """From now on Ctrl-C and SIGTERM do this."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _raise_stopped(number: int, frame: object) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
