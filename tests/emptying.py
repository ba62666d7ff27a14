"""How a transactional test leaves the database as it found it: without rows. Django truncates every table for that, a
new file for each of hundreds of tables and indexes, and makes its permissions again; here only rows that are there go.
"""

from functools import cache

from django.db import connection, transaction

# What migrations left. Our own tables hold nothing then: reference data comes by commands.
STAYS = ["django_migrations", "django_content_type", "auth_permission"]


@cache
def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return [name for (name,) in cursor.fetchall() if name not in STAYS]


def empty_database() -> None:
    """Append-only tables too: for this one transaction no trigger speaks and no foreign key is looked at."""
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in _tables())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(filled)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")
