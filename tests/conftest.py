"""What the whole suite shares."""

import pytest
from django.db import connection

CLEANED_BY_TRUNCATE = [
    "audit_auditentry",
    "audit_publicfact",
    "clock_deadlineevent",
    "workflow_transition",
    "workflow_recusal",
]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Let Django empty the append-only tables between transactional tests; the tests of the trail switch this back."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in CLEANED_BY_TRUNCATE:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgtype & 32 > 0", [table])
            for (trigger,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
