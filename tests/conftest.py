"""What the whole suite shares."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import setup_databases
from django.utils import translation

from apps.certifications.selectors import reference

CLEANED_BY_TRUNCATE = [
    "audit_auditentry",
    "audit_publicfact",
    "clock_deadlineevent",
    "workflow_transition",
    "workflow_recusal",
    "institutions_licencechange",
    "institutions_opinion",
]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None) -> None:
    """The worker's test database, also for the browser tests, which do without pytest-django's own fixtures.

    Nobody drops it: the whole server is thrown away. The append-only tables may be emptied between transactional
    tests; the tests of the trail switch this back.
    """
    with django_db_blocker.unblock():
        setup_databases(verbosity=0, interactive=False, aliases={"default"})
        with connection.cursor() as cursor:
            for table in CLEANED_BY_TRUNCATE:
                query = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgtype & 32 > 0"
                cursor.execute(query, [table])
                for (trigger,) in cursor.fetchall():
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    """What a process remembers between requests, and a test must not: rows are taken back, their copies are not."""
    ContentType.objects.clear_cache()
    reference.forget()
    with translation.override(settings.LANGUAGE_CODE):
        yield
