"""Holding an organisation while something of its own is written, so that no merge moves it from under the act.

A merge locks both organisations and then what belongs to them. Whoever locks such a row first and then writes another
that names the organisation waits for the merge, while the merge waits for the row. So the organisation is held first.
"""

from django.db import connection

_HOLD = "SELECT id FROM parties_organisation WHERE id = %s FOR KEY SHARE"


def hold_organisation(organisation_id: int) -> None:
    """Until the end of the transaction no merge begins with this organisation; others may hold it too."""
    assert connection.in_atomic_block, "a lock lasts as long as its transaction"
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [organisation_id])
