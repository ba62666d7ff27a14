"""Pages of the clock."""

from apps.accounts.constants import Permission as P
from tests.architecture.access import Access, staff

ROWS: dict[str, Access] = {
    "clock:days": staff(P.CALENDAR_EDIT, P.LIMIT_EDIT),
    "clock:day_edit": staff(P.CALENDAR_EDIT, year=1999, month=1, day=1),
    "clock:limits": staff(P.CALENDAR_EDIT, P.LIMIT_EDIT),
    "clock:limit_edit": staff(P.LIMIT_EDIT),
}
