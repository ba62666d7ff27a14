"""The embedded servers: started once for several commands, stopped for good, healed after a crash."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest

from certportal import embedded
from certportal.embedded import ROOT
from tests.servers import FOLDER_VARIABLE

# Begun in the background of a shell, it would have learned to ignore Ctrl-C, and sleep its minute out.
SHORT = """
import signal, sys
def test_nothing():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print("servers", __import__("os").environ["CERTPORTAL_TEST_SERVERS"], file=sys.__stderr__, flush=True)
    __import__("time").sleep(60)
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch):
    """Outside pytest's own temporary folders: those are closed to the account that runs PostgreSQL for root."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    with tempfile.TemporaryDirectory(prefix="certportal-test-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        embedded.stop(folder)


@pytest.mark.fault
def test_servers_are_shared_stopped_and_survive_a_crash(folder: Path) -> None:
    url = embedded.start_postgres(folder)
    assert embedded.start_postgres(folder) == url
    redis = embedded.start_valkey(folder)
    assert embedded.start_valkey(folder) == redis
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 1 AS n")
    connection.close()
    os.kill(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    os.kill(embedded._valkey_state(folder)["pid"], signal.SIGKILL)
    time.sleep(0.5)
    connection = psycopg2.connect(embedded.start_postgres(folder))
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT n FROM kept")
        assert cursor.fetchall() == [(1,)]
    connection.close()
    embedded.start_valkey(folder)
    embedded.stop(folder)
    assert not (folder / "postgres" / "postmaster.pid").exists()
    assert not embedded._alive(embedded._valkey_state(folder)["pid"])
    embedded.stop(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only for root does PostgreSQL run under another account")
def test_a_closed_folder_above_is_passed_but_not_opened(folder: Path) -> None:
    closed = folder / "closed"
    (closed / "var").mkdir(parents=True)
    closed.chmod(0o700)
    embedded.start_postgres(closed / "var")
    embedded.stop(closed / "var")
    assert oct(closed.stat().st_mode & 0o777) == "0o711"


def test_servers_of_others_are_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    embedded.provide(folder)
    assert list(folder.iterdir()) == []


@pytest.mark.fault
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_suite_that_is_ended_leaves_no_servers(tmp_path: Path, number: int) -> None:
    path = tmp_path / "test_short.py"
    path.write_text(SHORT)
    hidden = {FOLDER_VARIABLE, "DATABASE_URL", "REDIS_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-s",
        "--rootdir",
        str(ROOT),
        "-c",
        "pyproject.toml",
        str(path),
    ]
    suite = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    folder = Path(next(line for line in suite.stderr if line.startswith("servers ")).split()[1])
    assert (folder / "postgres" / "postmaster.pid").exists()
    pid = embedded._valkey_state(folder)["pid"]
    suite.send_signal(number)
    try:
        suite.communicate(timeout=180)  # a busy machine takes its time over the way down
    finally:
        suite.kill()
        suite.wait()
    assert embedded.wait_until(lambda: not folder.exists(), seconds=30)
    assert not embedded._alive(pid)
