"""The suite runs on its own throw-away PostgreSQL and Valkey in a temporary folder; var/ is never touched."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from apps.core import catalogues
from certportal import embedded

FOLDER_VARIABLE = "CERTPORTAL_TEST_SERVERS"
_reapers: list["subprocess.Popen[bytes]"] = []


def _own_cache() -> None:
    """A worker's own database in the shared Valkey: a test that clears its cache must not empty its neighbour's."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if worker.isdigit():
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{int(worker) % 15 + 1}"


def _start_servers() -> None:
    """Before Django reads its settings. xdist workers inherit the controller's servers through the environment."""
    if os.environ.get(FOLDER_VARIABLE):
        _own_cache()
        return
    catalogues.compile_all()
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="certportal-test-"))
    folder.chmod(0o755)
    command = [sys.executable, "-m", "tests.reaper", str(folder)]
    _reapers.append(subprocess.Popen(command, cwd=embedded.ROOT, stdin=subprocess.PIPE, start_new_session=True))
    embedded.provide(folder, throwaway=True)
    os.environ[FOLDER_VARIABLE] = str(folder)


_start_servers()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last that pytest does, also after Ctrl-C. The controller alone holds the reaper."""
    for reaper in _reapers:
        reaper.communicate()
