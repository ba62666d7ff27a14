"""gunicorn's settings, for `make run` and the container alike; the environment overrides what a machine needs."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections

wsgi_app = "certportal.wsgi:application"
bind = os.environ.get("BIND", "127.0.0.1:" + os.environ.get("PORT", "8000"))
preload_app = True  # imported once, before the workers part: half the start, and shared memory
worker_class = "certportal.patience.PatientWorker"  # gunicorn's threads, safe from slow senders
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# A worker that hangs is replaced; a page answers within statement_timeout (30 s), so twice that is a hang.
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
# Heartbeats of workers are file times: on a disk under load they would look like hangs.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
accesslog = None  # django-structlog writes one line per request
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "warning")
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Outside a demo, a database with demo accounts is not served: their password is public.

    Asked once, before the workers part, so no connection may stay. A database that is away keeps nobody from starting:
    /readyz says so, and the accounts are refused at sign-in all the same.
    """
    if settings.DEMO:
        return
    try:
        call_command("check", deploy=True, tags=["database"], databases=["default"])
    except DatabaseError as fault:
        server.log.warning("demo accounts not looked for: %s", type(fault).__name__)
    finally:
        connections.close_all()
