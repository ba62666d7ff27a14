"""The environment as the settings read it: one place, typed, with the reason when something is missing."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()
if (ROOT / ".env").exists():
    env.read_env(ROOT / ".env")


def database() -> dict[str, object]:
    """The default database from DATABASE_URL (PostgreSQL 15 to 18)."""
    if not env.str("DATABASE_URL", default=""):
        raise ImproperlyConfigured(
            "DATABASE_URL is not set. Run commands through manage.py or make (both start an embedded PostgreSQL), "
            "or set DATABASE_URL to a PostgreSQL server."
        )
    config: dict[str, object] = env.db("DATABASE_URL")
    return config


def redis() -> str:
    """The Redis or Valkey address from REDIS_URL."""
    url: str = env.str("REDIS_URL", default="")
    if not url:
        raise ImproperlyConfigured("REDIS_URL is not set. Run through manage.py or make, or set REDIS_URL.")
    return url
