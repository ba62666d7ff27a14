"""The database session of an import: no statement limit, more memory to sort in, and none of it left behind."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_LIFTED = {"statement_timeout": "0", "lock_timeout": "0", "work_mem": "64MB", "synchronous_commit": "off"}


@contextmanager
def import_session() -> Iterator[None]:
    """Lift the limits that protect pages for this connection only. A lost last chunk after a crash is done again:
    its row of ImportChunk was in the same transaction."""
    with connection.cursor() as cursor:
        before = {name: _setting(cursor, name) for name in _LIFTED}
        _set(cursor, _LIFTED)
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                _set(cursor, before)


def _setting(cursor: object, name: str) -> str:
    cursor.execute("SELECT current_setting(%s)", [name])  # type: ignore[attr-defined]
    return str(cursor.fetchone()[0])  # type: ignore[attr-defined]


def _set(cursor: object, values: dict[str, str]) -> None:
    for name, value in values.items():
        cursor.execute("SELECT set_config(%s, %s, false)", [name, value])  # type: ignore[attr-defined]
