"""URLs of apps.audit."""

from tests.architecture.access import Access

ROWS: dict[str, Access] = {}
