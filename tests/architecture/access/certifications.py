"""URLs of apps.certifications."""

from tests.architecture.access import Access

ROWS: dict[str, Access] = {}
