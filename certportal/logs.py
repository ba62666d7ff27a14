"""Logging: one structured line per event, JSON unless a person watches the terminal. No personal data, no secrets."""

import logging
import re
from typing import Any

import structlog

# A token of the API (apps.parties.rules.tokens): its prefix names it, the rest opens doors.
TOKEN = re.compile(r"(tqp_[0-9A-Za-z]{8}_)[\w-]{20,}")
QUIET_PATHS = ("GET /healthz", "GET /readyz")


def quieten(logger: Any, method: str, event: Any) -> Any:
    """One line per request, when it is finished; none for probes."""
    if event.get("event") == "request_started" or event.get("request") in QUIET_PATHS:
        raise structlog.DropEvent
    return event


def mask_tokens(logger: Any, method: str, event: Any) -> Any:
    """No token leaves through the log, wherever it stands: in a message, a value, or the text of an exception."""
    return {name: _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return TOKEN.sub(r"\1***", value)
    if isinstance(value, dict):
        return {name: _masked(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(inner) for inner in value]
    return value


class NoProbe(logging.Filter):
    """Django writes an error for every 503; whoever asks /readyz is told there, every few seconds."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return request is None or f"GET {request.path}" not in QUIET_PATHS


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, terminal: bool, requests: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING. `requests` is the level from which request lines are shown."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            quieten,
            *SHARED,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.dev.ConsoleRenderer(colors=False) if terminal else structlog.processors.JSONRenderer()
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            mask_tokens,
            renderer,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "filters": {"no_probe": {"()": NoProbe}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "apps": {"level": "INFO"},
            "certportal": {"level": "INFO"},
            "django_structlog": {"level": requests},
            "django.request": {"level": "ERROR", "filters": ["no_probe"]},
        },
    }
