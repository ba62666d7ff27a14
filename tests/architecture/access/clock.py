"""URLs of apps.clock."""

from tests.architecture.access import Access

ROWS: dict[str, Access] = {}
