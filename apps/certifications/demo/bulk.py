"""What makes millions of rows load fast and leaves nothing behind: indexes built once at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.utils import DatabaseError

MANY = 200_000  # rows from which it pays to drop and rebuild indexes
FEW = 20_000  # rows that a table may hold already for that


@contextmanager
def bulk_loading(tables: Sequence[str], rows: int) -> Iterator[None]:
    """Inside the caller's transaction: lock the tables, load, rebuild what was dropped, ANALYZE.

    Foreign-key triggers are switched off where the role may do that (the rows are consistent by construction);
    a role that may not just loads more slowly. Everything is undone if the transaction fails.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        _try("SET LOCAL session_replication_role = replica")
        rebuild = _drop_indexes(tables) if rows >= MANY else []
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # pending checks would forbid the statements that follow
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        for statement in rebuild:
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ANALYZE {table}")
        _try("SET LOCAL session_replication_role = origin")


def _try(statement: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        pass  # needs a right that this role has not; only speed is lost


_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), k.conname, pg_get_constraintdef(k.oid)
FROM pg_index AS i LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.contype = 'u'
WHERE i.indrelid = %s::regclass AND NOT i.indisprimary
"""


def _drop_indexes(tables: Sequence[str]) -> list[str]:
    """Drop the secondary indexes of the nearly empty ones among `tables`; returns how to make them again."""
    rebuild = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM (SELECT FROM {table} LIMIT {FEW}) AS sample")  # noqa: S608
            if cursor.fetchone()[0] >= FEW:
                continue
            cursor.execute(_INDEXES, [table])
            for index, definition, constraint, constraint_definition in cursor.fetchall():
                if constraint:
                    cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
                    rebuild.append(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {constraint_definition}')
                else:
                    cursor.execute(f"DROP INDEX {index}")
                    rebuild.append(definition)
    return rebuild
