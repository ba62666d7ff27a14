"""/healthz speaks for the process, /readyz for everything it needs; neither tells a secret."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from apps.core import selectors
from apps.core.jobs import declared
from apps.core.models import JobRun
from apps.core.tasks import heartbeat


def test_healthz_asks_nothing(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"
    assert client.post("/healthz").status_code == 405


@pytest.fixture
def all_ran(db: None) -> None:
    """Every periodic job of the installation succeeded just now."""
    now = timezone.now()
    JobRun.objects.bulk_create(
        JobRun(name=job.name, promised_every=job.every, started_at=now, succeeded_at=now) for job in declared().values()
    )


@pytest.mark.usefixtures("all_ran")
def test_ready(client: Client) -> None:
    heartbeat()
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "ready")
    assert response.json()["jobs"]["core.heartbeat"]["state"] == "on_time"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.usefixtures("all_ran")
def test_a_late_job_is_named(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    JobRun.objects.filter(name="core.heartbeat").update(succeeded_at=timezone.now() - dt.timedelta(hours=1))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["faults"] == {"jobs": "late jobs: core.heartbeat"}
    assert not caplog.records, "whoever asks is told; a line for every probe would drown the log"


@pytest.mark.django_db
def test_a_waiting_migration_is_named(client: Client) -> None:
    (leaf,) = MigrationLoader(connection).graph.leaf_nodes("core")
    MigrationRecorder(connection).record_unapplied(*leaf)
    assert ".".join(leaf) in client.get("/readyz").json()["faults"]["migrations"]


def test_a_lost_database_is_named_without_its_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost:
        def cursor(self) -> None:
            raise DatabaseError("could not connect to postgres://user:secret@host")

    monkeypatch.setattr(selectors, "connection", Lost())
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["faults"]["database"] == "database: DatabaseError"
    assert b"secret" not in response.content


@pytest.mark.usefixtures("all_ran")
def test_a_lost_broker_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost:
        def get(self, key: str) -> None:
            raise ConnectionError("redis://user:secret@host")

    monkeypatch.setattr(selectors, "cache", Lost())
    response = client.get("/readyz")
    assert response.json()["faults"] == {"broker": "broker: ConnectionError"}
