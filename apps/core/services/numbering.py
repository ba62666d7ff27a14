"""Gapless numbers: one counter row per key, in the transaction of what is numbered."""

from django.db import connection

from apps.core.models import Counter


def next_number(key: str) -> int:
    """The next number under `key`, from 1, without gaps.

    The counter's row stays locked until the caller's transaction ends: a rollback gives the number back, and a second
    caller waits instead of skipping one. Called by services that number documents, inside their transaction.
    """
    assert connection.in_atomic_block, "a number and the thing it numbers are one transaction"
    Counter.objects.bulk_create([Counter(key=key)], ignore_conflicts=True)
    counter = Counter.objects.select_for_update().get(key=key)
    counter.value += 1
    counter.save(update_fields=["value"])
    return counter.value
