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
    "api:nowhere": "JSON",
    **dict.fromkeys(
        (
            *("institutions_api:institutions", "institutions_api:institution", "institutions_api:institution_scope"),
            *("institutions_api:capabilities", "institutions_api:licence", "institutions_api:own"),
            *("institutions_api:items", "institutions_api:applications", "institutions_api:application"),
            *("institutions_api:material", "institutions_api:paper", "institutions_api:scope"),
            *("institutions_api:scope_rows", "institutions_api:scope_import", "institutions_api:licences"),
        ),
        "JSON or a download, most with a token",
    ),
}
