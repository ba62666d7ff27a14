"""URLs of apps.documents."""

from tests.architecture.access import Access

ROWS: dict[str, Access] = {}
