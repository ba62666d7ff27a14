"""How long a public question may keep the database: PUBLIC_TIMEOUT_MS, then the question must be narrower."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

PUBLIC_TIMEOUT_MS = 3_000


class SearchTooSlow(Exception):
    """The database did not answer within PUBLIC_TIMEOUT_MS; the question must be narrower."""


@contextmanager
def bounded() -> Iterator[None]:
    """A read transaction that gives up after PUBLIC_TIMEOUT_MS, as SearchTooSlow."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true), set_config('enable_memoize', 'off', true)",
                [str(PUBLIC_TIMEOUT_MS)],
            )
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise SearchTooSlow from error
        raise
