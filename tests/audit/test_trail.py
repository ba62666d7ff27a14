"""The trail and the public facts only grow, and an act without its trail entry does not happen."""

import datetime as dt

import pytest
from django.db import InternalError, connection, transaction
from django.utils import timezone

from apps.audit.models import AuditEntry, PublicFact
from apps.audit.services import Change, publish, record, record_many
from apps.core.actors import Actor

NOW = dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC)
ROBOT = Actor.system("test")


def _one_of_each() -> None:
    with transaction.atomic():
        record(actor=ROBOT, now=NOW, action="a.b.c", subject_kind="thing", subject_id=1)
        publish(kind="thing.made", subject_kind="thing", subject_id=1, facts={"a": 1}, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_auditentry", "audit_publicfact"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET subject_id = '2'", "DELETE FROM {}", "TRUNCATE {}"])
def test_sql_cannot_change_or_remove_what_was_written(table: str, statement: str) -> None:
    _one_of_each()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger")
    with pytest.raises(InternalError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert AuditEntry.objects.get().subject_id == PublicFact.objects.get().subject_id == "1"


@pytest.mark.django_db
def test_record_many_writes_one_entry_for_each_subject() -> None:
    actor = Actor(label="示例", request_id="r1", ip="10.0.0.1")
    changes = [Change(n, before={"a": n}, after={"a": n + 1}, reason="why") for n in range(7)]
    with transaction.atomic():
        assert record_many(actor=actor, now=NOW, action="a.b.c", subject_kind="t", changes=changes, batch=3) == 7
    entry = AuditEntry.objects.get(subject_id="6")
    assert (entry.before, entry.after, entry.reason, entry.request_id) == ({"a": 6}, {"a": 7}, "why", "r1")


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_a_fault() -> None:
    with pytest.raises(AssertionError):
        record(actor=ROBOT, now=timezone.now(), action="a.b.c", subject_kind="t", subject_id=1)
