"""Numbers without gaps, and the record of jobs."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.models import JobRun
from apps.core.services import job_run, next_number

NOON = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.django_db
def test_numbers_run_from_one_per_key() -> None:
    assert [next_number("a"), next_number("a"), next_number("b")] == [1, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_a_number_needs_a_transaction() -> None:
    with pytest.raises(AssertionError, match="one transaction"):
        next_number("a")


@pytest.mark.django_db(transaction=True)
def test_a_rollback_gives_the_number_back() -> None:
    with transaction.atomic():
        next_number("a")
        transaction.set_rollback(True)
    with transaction.atomic():
        assert next_number("a") == 1


@pytest.mark.django_db(transaction=True)
def test_four_hundred_parallel_allocations_are_distinct_and_without_gaps() -> None:
    given: list[int] = []

    def work() -> None:
        for round_ in range(50):
            try:
                with transaction.atomic():
                    number = next_number("race")
                    if round_ % 10 == 9:
                        raise IntegrityError
                given.append(number)
            except IntegrityError:
                continue
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 361))


@pytest.mark.django_db
def test_a_run_records_start_end_and_outcome() -> None:
    times = iter([NOON, NOON + HOUR])
    with job_run("sweep", every=HOUR, clock=lambda: next(times)) as outcome:
        outcome["expired"] = 3
    row = JobRun.objects.get(name="sweep")
    assert (row.started_at, row.finished_at, row.succeeded_at) == (NOON, NOON + HOUR, NOON + HOUR)
    assert (row.outcome, row.failure) == ({"expired": 3}, "")


@pytest.mark.django_db
def test_a_failed_run_keeps_the_last_success_and_raises_on() -> None:
    with job_run("sweep", every=HOUR, clock=lambda: NOON):
        pass
    with pytest.raises(ValueError, match="broken"), job_run("sweep", every=HOUR, clock=lambda: NOON + HOUR):
        raise ValueError("broken")
    row = JobRun.objects.get(name="sweep")
    assert (row.succeeded_at, row.failure) == (NOON, "ValueError: broken")
