"""The API does what its description says: every operation, with good and bad values that the description allows or not.

Counted, not timed, and derandomised. A longer run over the network is in docs/security-attempts.md.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks

from tests.institutions.casework import Case, prepare
from tests.institutions.machine import Machine

EXAMPLES = 3
ASKED = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The application is called in the test's own transaction: a request does not close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.filterwarnings("default")  # of the tool, not ours
def test_every_operation_answers_as_described(one_connection: None) -> None:
    prepare()
    case = Case()
    machine = Machine(case.people["applicant"], case.lab)
    schema = schemathesis.openapi.from_wsgi(f"{reverse('api:schema')}?format=json", get_wsgi_application())
    headers = {"Authorization": f"Bearer {machine.told}"}
    called = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            with suppress(Unsatisfiable):  # nothing bad can be sent where nothing is asked for
                called += try_out(operation.as_strategy(generation_mode=mode), headers)
    assert called > 100


def try_out(strategy: Any, headers: dict[str, str]) -> int:
    count = 0

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(call=strategy)
    def each(call: Any) -> None:
        nonlocal count
        count += 1
        call.call_and_validate(headers=headers, checks=ASKED)

    each()
    return count
