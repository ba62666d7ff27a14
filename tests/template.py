"""One migrated database for all workers of a run, and for whoever needs another: migrating takes ten seconds of the
processor, a copy half a second.

It lies in the run's own throw-away server and goes with it, so it can never be older than the migrations.
"""

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases

from certportal import embedded
from tests.servers import FOLDER_VARIABLE

NAME = "migrated"


def copy_for_this_worker() -> None:
    """Django's own test database, by its name, as a copy. The first who comes migrates; the others wait."""
    name = connection.creation._get_test_db_name()
    with _alone():
        if not _exists():
            connection.settings_dict["TEST"]["NAME"] = NAME
            setup_databases(verbosity=0, interactive=False, aliases={"default"}, serialized_aliases=set())
            connection.settings_dict["TEST"]["NAME"] = name
            connection.close()
        _create(name)
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def copy_to(url: str) -> None:
    """The same into an empty database of another server."""
    here = os.environ["DATABASE_URL"].replace(f"/{embedded.DATABASE}?", f"/{NAME}?")
    with _alone() as folder:
        bin_path = embedded._postgres_server(folder).bin_path
        script = subprocess.run([bin_path / "pg_dump", here], check=True, capture_output=True).stdout
    quietly = [bin_path / "psql", "-qX", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-o", os.devnull, url]
    subprocess.run(quietly, input=script, check=True)


@contextlib.contextmanager
def _alone() -> Iterator[Path]:
    """Nobody may be connected to a database that is copied."""
    folder = Path(os.environ[FOLDER_VARIABLE])
    with (folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _exists() -> bool:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [NAME])
        return cursor.fetchone() is not None


def _create(name: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)} TEMPLATE {NAME}")
