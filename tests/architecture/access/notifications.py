"""URLs of apps.notifications."""

from tests.architecture.access import Access

ROWS: dict[str, Access] = {}
