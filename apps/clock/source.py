"""The time that planning and delivery go by: the database's, so that every process of an installation agrees."""

import datetime as dt
import time
from pathlib import Path

from django.conf import settings
from django.db import connection


def shift() -> dt.timedelta:
    """How far a test has moved the clock; nothing in any other settings than the fault test's.

    CLOCK_SHIFT_FILE names a file holding seconds. It stands in for a database whose clock steps: every reader of
    `database_now` sees the step, while the machine's steady clock goes on as before.
    """
    path: str = getattr(settings, "CLOCK_SHIFT_FILE", "")
    if not path:
        return dt.timedelta()
    try:
        return dt.timedelta(seconds=float(Path(path).read_text() or 0))
    except FileNotFoundError:
        return dt.timedelta()


def database_now() -> dt.datetime:
    """The database's clock, not the start of its transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
    return now + shift()


def steady_seconds() -> float:
    """Seconds since this machine started; no clock change touches it, and it counts sleep where it can."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def boot_id() -> str:
    """Names the present run of this machine: steady seconds compare only within one."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "unknown"
