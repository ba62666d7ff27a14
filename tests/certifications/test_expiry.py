"""The expiry sweep: at the end of the day in Shanghai, once, in batches, beside others, with history and facts."""

import datetime as dt
import json
import threading

import pytest
from django.db import connection, connections, transaction

from apps.audit.models import AuditEntry, PublicFact
from apps.certifications.constants import ReasonClass, Status
from apps.certifications.models import Certificate
from apps.certifications.services.expiry import expire_batch, expire_due
from apps.certifications.tasks import run_expiry_sweep
from apps.core.actors import Actor
from apps.core.models import JobRun
from tests import factories

SYSTEM = Actor.system("expiry")
LAST_DAY = dt.date(2026, 11, 24)
BEFORE_MIDNIGHT = dt.datetime(2026, 11, 24, 15, 59, 59, tzinfo=dt.UTC)  # 23:59:59 in Shanghai
MIDNIGHT = BEFORE_MIDNIGHT + dt.timedelta(seconds=1)


@pytest.mark.django_db
def test_a_certificate_expires_when_its_last_day_has_ended_in_shanghai() -> None:
    certificate = factories.certificate(valid_to=LAST_DAY)
    assert expire_due(now=BEFORE_MIDNIGHT, actor=SYSTEM) == 0
    assert expire_due(now=MIDNIGHT, actor=SYSTEM) == 1
    certificate.refresh_from_db()
    assert (certificate.status, certificate.status_since) == (Status.EXPIRED, dt.date(2026, 11, 25))
    assert certificate.version == 2


@pytest.mark.django_db
def test_history_trail_and_public_fact_are_written_once() -> None:
    certificate = factories.certificate(valid_to=LAST_DAY, status=Status.SUSPENDED, suspended_until=LAST_DAY)
    assert [expire_due(now=MIDNIGHT, actor=SYSTEM) for _ in range(3)] == [1, 0, 0]
    change = certificate.status_changes.get(n=2)
    assert (change.from_status, change.to_status, change.reason_class) == ("suspended", "expired", ReasonClass.EXPIRED)
    assert (change.on, change.until, change.recorded_by) == (dt.date(2026, 11, 25), None, "system:expiry")
    fact = PublicFact.objects.get(subject_kind="certificate", subject_id=str(certificate.pk))
    assert json.loads(fact.payload)["pub"] == {
        "from": "suspended",
        "on": "2026-11-25",
        "reason": "expired",
        "to": "expired",
        "until": None,
    }
    assert AuditEntry.objects.filter(action="certifications.certificate.expire").count() == 1
    certificate.refresh_from_db()
    assert certificate.suspended_until is None


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.REVOKED, Status.CANCELLED, Status.EXPIRED])
def test_what_ended_already_is_left_alone(status: str) -> None:
    factories.certificate(valid_to=LAST_DAY, status=status)
    factories.certificate(valid_to=None)
    assert expire_due(now=MIDNIGHT, actor=SYSTEM) == 0


@pytest.mark.django_db
def test_batches_are_bounded_and_a_stopped_sweep_is_taken_up_again() -> None:
    body, project = factories.body(), factories.project()
    for _ in range(7):
        factories.certificate(valid_to=LAST_DAY, body=body, project=project)
    assert expire_batch(now=MIDNIGHT, actor=SYSTEM, batch=3) == 3
    assert Certificate.objects.filter(status=Status.EXPIRED).count() == 3
    assert expire_due(now=MIDNIGHT, actor=SYSTEM, batch=3) == 4


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_share_the_work_and_never_do_it_twice() -> None:
    body, project = factories.body(), factories.project()
    for _ in range(6):
        factories.certificate(valid_to=LAST_DAY, body=body, project=project)
    done: list[int] = []

    def other() -> None:
        try:
            done.append(expire_due(now=MIDNIGHT, actor=SYSTEM, batch=2))
        finally:
            connections.close_all()

    with transaction.atomic():
        first = expire_batch(now=MIDNIGHT, actor=SYSTEM, batch=2)  # holds two rows until this block ends
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(timeout=20)
        assert done == [4]
    assert first == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT certificate_id) FROM certifications_statuschange WHERE n = 2")
        assert cursor.fetchone() == (6, 6)


@pytest.mark.django_db(transaction=True)
def test_the_task_leaves_its_record_for_the_operations_page() -> None:
    factories.certificate(valid_to=dt.date(2020, 1, 1))
    assert run_expiry_sweep() == 1
    run = JobRun.objects.get(pk="certifications.expiry")
    assert run.outcome == {"expired": 1}
    assert run.succeeded_at is not None
