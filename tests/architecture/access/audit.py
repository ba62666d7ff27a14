"""The audit trail (served by apps.accounts)."""

from apps.accounts.constants import Permission as P
from tests.architecture.access import Access, staff

ROWS: dict[str, Access] = {
    "audit:trail": staff(P.AUDIT_READ),
    "audit:entry": staff(P.AUDIT_READ),
    "audit:export": staff(P.AUDIT_READ, method="post"),
}
