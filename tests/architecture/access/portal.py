"""Public pages and home pages."""

from tests.architecture.access import ANYONE, Access

ROWS: dict[str, Access] = {
    "portal:home": ANYONE,
}
