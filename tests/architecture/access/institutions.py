"""URLs of apps.institutions."""

from tests.architecture.access import Access

ROWS: dict[str, Access] = {}
