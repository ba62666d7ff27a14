"""A kept connection is trusted while its socket is silent, and asked when it is not."""

import psycopg2
import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept_connection():
    connection.ensure_connection()
    connection.health_check_enabled = True
    yield connection
    connection.close()


def _next_request():
    connection.health_check_done = False


def test_a_living_connection_is_asked_nothing(kept_connection, monkeypatch):
    asked = []
    monkeypatch.setattr(kept_connection, "is_usable", lambda: asked.append(1) or True)
    _next_request()
    with kept_connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert asked == []


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(kept_connection):
    with kept_connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = psycopg2.connect(**{**kept_connection.get_connection_params(), "cursor_factory": None})
    other.autocommit = True
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)
    other.close()
    _next_request()
    with kept_connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (pid,)


def test_a_connection_closed_on_our_side_is_replaced(kept_connection):
    kept_connection.connection.close()
    _next_request()
    with kept_connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
