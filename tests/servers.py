"""The suite runs on its own throw-away PostgreSQL and Valkey in a temporary folder; var/ is never touched."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from apps.core import catalogues
from certportal import embedded

FOLDER_VARIABLE = "CERTPORTAL_TEST_SERVERS"


def _start_servers() -> None:
    """Before Django reads its settings. xdist workers inherit the controller's servers through the environment."""
    if os.environ.get(FOLDER_VARIABLE):
        return
    catalogues.compile_all()
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="certportal-test-"))
    folder.chmod(0o755)
    embedded.provide(folder, throwaway=True)
    os.environ[FOLDER_VARIABLE] = str(folder)


_start_servers()


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ[FOLDER_VARIABLE])
    embedded.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)
