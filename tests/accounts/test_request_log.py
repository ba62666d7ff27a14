"""What stands in the log of a request: which page, from where, by whom; never what was asked."""

import pytest
import structlog
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(monkeypatch):
    written = []
    import django_structlog.middlewares.request as theirs

    class Logger:
        def log(self, level, event, **values):
            written.append({**structlog.contextvars.get_contextvars(), **values, "event": event})

        exception = info = warning = log

    monkeypatch.setattr(theirs, "logger", Logger())
    monkeypatch.setattr(theirs.structlog.contextvars, "get_merged_contextvars", lambda _logger: {})
    return written


def test_what_was_typed_into_the_box_does_not_reach_the_log(client, lines):
    client.get(reverse("portal:lookup"), {"q": "110101199003070118"}, headers={"X-Forwarded-For": "203.0.113.9"})
    assert [line["request"] for line in lines] == ["GET /lookup/"] * 2
    assert "110101199003070118" not in repr(lines)
    assert {line["ip"] for line in lines} == {"127.0.0.1"}  # what a client claims to be is not believed


def test_a_signed_in_person_stands_in_the_line(client, lines):
    person = factories.person()
    client.force_login(person)
    client.get(reverse("portal:lookup"))
    assert lines[-1]["user_id"] == person.pk
