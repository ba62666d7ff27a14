"""Periodic jobs are declared once; one that never ran is no job that runs; alarms stand beside the verdict."""

import ast
import datetime as dt

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from apps.core import alarms, jobs, selectors
from apps.core.alarms import Alarm
from apps.core.constants import JobStanding
from apps.core.jobs import Job
from apps.core.models import JobRun
from apps.core.services import job_run
from certportal.celery import app
from tests.architecture.tree import python_files, relative

HOUR = dt.timedelta(hours=1)
NOW = timezone.now()


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No job is declared but those of the test."""
    monkeypatch.setattr(jobs, "_declared", {})
    monkeypatch.setattr(alarms, "_checks", [])
    monkeypatch.setattr(apps.get_app_config("core"), "started_at", NOW - dt.timedelta(days=9))
    monkeypatch.setattr(selectors, "running_since", lambda: NOW - dt.timedelta(days=9))


def declare(name: str = "sweep", every: dt.timedelta = HOUR, **rest: object) -> Job:
    return jobs.declare(Job(name, "清扫", every, **rest))


def ran(name: str = "sweep", ago: dt.timedelta = HOUR, **rest: object) -> None:
    times = {"started_at": NOW - ago, "succeeded_at": NOW - ago}
    JobRun.objects.create(name=name, promised_every=HOUR, **{**times, **rest})


def standing_of(name: str = "sweep") -> JobStanding:
    return next(state.standing for state in selectors.job_states(NOW) if state.job.name == name)


@pytest.mark.django_db
@pytest.mark.usefixtures("only")
class TestStanding:
    def test_on_time_and_late(self) -> None:
        declare()
        ran()
        assert standing_of() == JobStanding.ON_TIME
        JobRun.objects.update(succeeded_at=NOW - 2 * HOUR - dt.timedelta(seconds=1))
        assert standing_of() == JobStanding.LATE

    def test_a_job_that_never_ran_alarms_once_it_ought_to_have(self, monkeypatch: pytest.MonkeyPatch) -> None:
        declare()
        assert standing_of() == JobStanding.NEVER
        monkeypatch.setattr(selectors, "running_since", lambda: NOW - HOUR)
        assert standing_of() == JobStanding.WAITING

    def test_a_job_that_only_ever_failed_never_ran(self) -> None:
        declare()
        ran(succeeded_at=None, failure="ValueError: x")
        assert standing_of() == JobStanding.NEVER

    def test_the_last_run_failed(self) -> None:
        declare()
        ran(failure="ValueError: x")
        assert standing_of() == JobStanding.FAILED

    def test_what_is_no_longer_declared_is_not_asked_for(self) -> None:
        ran("gone", ago=dt.timedelta(days=400))
        assert selectors.late_jobs(NOW) == []

    def test_a_daily_job_has_six_hours_of_grace(self) -> None:
        assert declare(every=dt.timedelta(days=1)).patience == dt.timedelta(hours=30)
        assert declare("own", grace=dt.timedelta()).patience == HOUR

    def test_a_run_needs_no_interval_of_its_own(self) -> None:
        declare()
        with job_run("sweep"):
            pass
        assert JobRun.objects.get().promised_every == HOUR
        with pytest.raises(KeyError), job_run("unknown"):
            pass

    def test_readyz_names_it(self, client: Client) -> None:
        declare("never")
        declare("late")
        ran("late", ago=9 * HOUR)
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["faults"] == {"jobs": "late jobs: late; jobs that never ran: never"}
        assert answer.json()["jobs"]["never"] == {"state": "never", "last_success": None}

    def test_an_alarm_is_listed_and_keeps_no_page_from_being_served(self, client: Client) -> None:
        alarms.register(lambda now: [Alarm("test.alarm", "报警", "出了问题", {"dead": 3})])
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["alarms"] == {"test.alarm": {"dead": 3}}


@pytest.mark.django_db
def test_the_grace_counts_from_the_last_migration_or_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    config = apps.get_app_config("core")
    monkeypatch.setattr(config, "started_at", NOW + HOUR)
    assert selectors.running_since() == NOW + HOUR
    monkeypatch.setattr(config, "started_at", NOW - dt.timedelta(days=9999))
    assert selectors.running_since() > NOW - dt.timedelta(days=9999)


def test_two_jobs_of_one_name() -> None:
    job = next(iter(jobs.declared().values()))
    assert jobs.declare(job) == job
    with pytest.raises(ValueError, match=job.name):
        jobs.declare(Job(job.name, "另一个", HOUR))


@pytest.fixture(scope="module")
def tasks() -> set[str]:
    autodiscover_modules("tasks")
    return set(app.tasks)


def test_beat_starts_tasks_that_exist(tasks: set[str]) -> None:
    schedule = jobs.beat_schedule()
    assert {entry["task"] for entry in schedule.values()} <= tasks
    assert {"core.heartbeat", "certifications.expiry", "parties.daily_round", "notifications.reconcile"} <= set(
        schedule
    )


def test_beat_takes_the_declared_jobs() -> None:
    scheduler = app.subclass_with_self("certportal.beat:DeclaredScheduler")(app=app)
    assert set(scheduler.schedule) == set(jobs.beat_schedule())


def test_every_recorded_job_is_declared() -> None:
    """What calls job_run("x") without being declared would be missed by nobody when it falls silent."""
    named = {}
    for path in python_files("apps"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "job_run" and node.args:
                first = node.args[0]
                named[first.value if isinstance(first, ast.Constant) else ast.unparse(first)] = relative(path)
    unknown = {name: path for name, path in named.items() if name not in jobs.declared() and name != "DEMO_JOB"}
    assert unknown == {}, "declare it in the app's periodic.py (apps/core/jobs.py)"
    unheard = set(jobs.declared()) - set(named)
    assert unheard == set(), "declared, but nothing records a run of it"
