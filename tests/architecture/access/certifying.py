"""URLs of apps.certifying."""

from tests.architecture.access import Access

ROWS: dict[str, Access] = {}
