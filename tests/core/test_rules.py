"""Pure helpers of the plumbing."""

import datetime as dt

from apps.core.rules import backoff


def test_backoff_grows_and_ends() -> None:
    first, most = dt.timedelta(seconds=5), dt.timedelta(hours=1)
    waits = [backoff(n, first=first, most=most).total_seconds() for n in (0, 1, 2, 3, 20, 10_000)]
    assert waits == [5, 5, 10, 20, 3600, 3600]
