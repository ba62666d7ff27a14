"""How old our knowledge is. A source promises a cadence; what was confirmed longer ago is stale, never plain valid."""

import datetime as dt


def stale_after(confirmed_at: dt.datetime, cadence_days: int) -> dt.datetime:
    """The instant from which a record confirmed at `confirmed_at` is stale."""
    return confirmed_at + dt.timedelta(days=cadence_days)


def is_stale(confirmed_at: dt.datetime, cadence_days: int, now: dt.datetime) -> bool:
    """Whether the source has missed its own promise for this record."""
    return now > stale_after(confirmed_at, cadence_days)
