"""URLs of apps.parties."""

from tests.architecture.access import Access

ROWS: dict[str, Access] = {}
