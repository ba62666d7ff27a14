"""Project-wide addresses."""

ROWS: list[object] = []

NOT_PAGES = {
    "healthz": "for monitors",
    "readyz": "for monitors",
}
