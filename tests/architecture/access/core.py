"""Project-wide URLs."""

from tests.architecture.access import ANYONE, Access

ROWS: dict[str, Access] = {
    "healthz": ANYONE,
    "readyz": ANYONE,
    "set_language": ANYONE.but(method="post"),
}
