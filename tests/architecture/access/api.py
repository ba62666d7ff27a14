"""The public API."""

from tests.architecture.access import ANYONE, Access

ROWS: dict[str, Access] = {
    "api:reference": ANYONE,
    "api:schema": ANYONE,
    "api:certificates": ANYONE,
    "api:certificate": ANYONE,
    "api:verify": ANYONE,
    "api:organisation": ANYONE,
    "api:bodies": ANYONE,
    "api:projects": ANYONE,
}
