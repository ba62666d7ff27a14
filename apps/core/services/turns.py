"""One after the other, where there is no row yet to lock."""

from django.db import connection


def one_at_a_time(*parts: object) -> None:
    """Until the caller's transaction ends, nobody else passes here with the same parts: what two clicks send at once
    is looked at one after the other."""
    assert connection.in_atomic_block, "the lock lasts as long as the transaction"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["\x1f".join(map(str, parts))])
