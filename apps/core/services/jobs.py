"""The record of each periodic job's runs."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone

from apps.core.jobs import declared
from apps.core.models import JobRun

FAILURE_LENGTH = 500


@contextlib.contextmanager
def job_run(
    name: str, *, every: dt.timedelta | None = None, clock: Callable[[], dt.datetime] = timezone.now
) -> Iterator[dict[str, Any]]:
    """Record one run of a declared periodic job (apps.core.jobs); work that is done once says its own `every`.

    The block fills the yielded dict with counts for the operations page. A failure is recorded by class and message
    and raised on. Use outside a transaction: the record of a failed run must survive its rollback.
    """
    started = clock()
    JobRun.objects.update_or_create(
        name=name, defaults={"promised_every": every or declared()[name].every, "started_at": started}
    )
    outcome: dict[str, Any] = {}
    row = JobRun.objects.filter(name=name)
    try:
        yield outcome
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"[:FAILURE_LENGTH]
        row.update(finished_at=clock(), failure=failure, outcome=outcome)
        raise
    finished = clock()
    row.update(finished_at=finished, succeeded_at=finished, failure="", outcome=outcome)
