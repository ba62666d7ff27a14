"""Writing by COPY while the next rows are being made: one thread computes, the other waits for PostgreSQL."""

import io
import queue
import threading
from collections.abc import Mapping
from typing import Any

from django.db import connection

FLUSH_ROWS = 20_000
NULL = "\\N"


def raw_cursor() -> Any:
    """psycopg2's own cursor inside Django's transaction: COPY in another thread, which Django would refuse."""
    connection.ensure_connection()
    return connection.connection.cursor()


def first_free_id(table: str) -> int:
    """The caller counts on from there, with the table locked or to itself, and calls `continue_ids` afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")  # noqa: S608  a constant of the source
        return int(cursor.fetchone()[0])


def continue_ids(following: Mapping[str, int]) -> None:
    """Let the sequences of the tables go on with these ids."""
    with connection.cursor() as cursor:
        for table, pk in following.items():
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [table, pk])


class Streams:
    """Lines for several tables, sent in the order in which the tables were declared (parents before children)."""

    def __init__(self, cursor: Any, tables: Mapping[str, str]) -> None:
        """`tables`: table name -> columns. `cursor`: `raw_cursor()`, used by the sending thread only."""
        self._cursor = cursor
        self._tables = tables
        self.lines: dict[str, list[str]] = {table: [] for table in tables}
        self.written = dict.fromkeys(tables, 0)
        self._queue: queue.Queue[list[tuple[str, bytes]] | None] = queue.Queue(maxsize=2)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._send, name="copy", daemon=True)

    def __enter__(self) -> "Streams":
        self._thread.start()
        return self

    def __exit__(self, kind: Any, *rest: object) -> None:
        if kind is None:
            self.flush()
        self._queue.put(None)
        self._thread.join()
        if kind is None and self._failure is not None:
            raise self._failure

    def flush(self) -> None:
        """Hand over what has gathered. Waits while two batches are under way."""
        if self._failure is not None:
            raise self._failure
        batch = []
        for table, lines in self.lines.items():
            if lines:
                batch.append((table, ("\n".join(lines) + "\n").encode()))
                self.written[table] += len(lines)
                lines.clear()
        if batch:
            self._queue.put(batch)

    def _send(self) -> None:
        while (batch := self._queue.get()) is not None:
            if self._failure is not None:
                continue  # drain, so that the other side never blocks
            try:
                for table, payload in batch:
                    self._cursor.copy_expert(f"COPY {table} ({self._tables[table]}) FROM STDIN", io.BytesIO(payload))
            except BaseException as failure:  # handed to the thread that can report it
                self._failure = failure
