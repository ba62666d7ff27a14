"""The page about the interface for programs."""

from tests.e2e.pages import PUBLIC, row

ROWS = [row("/api/", PUBLIC)]

NOT_PAGES = {
    "api:schema": "YAML or JSON for programs",
    "api:certificates": "JSON",
    "api:certificate": "JSON",
    "api:verify": "JSON",
    "api:organisation": "JSON",
    "api:bodies": "JSON",
    "api:projects": "JSON",
}
