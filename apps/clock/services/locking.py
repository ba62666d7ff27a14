"""One lock between those who count with the calendar and those who change it.

A deadline is counted under the shared half, the calendar and the limits change under the exclusive half: what is being
counted with the old calendar is committed before the recount looks for it. Every service takes it first, before any
row, so that nobody waits in a circle. It ends with the transaction.
"""

import datetime as dt

from django.db import connection
from django.utils.translation import gettext as _

from apps.clock.gaps import note_missing
from apps.core.problems import Problem, ProblemsFound

_CALENDAR = 5_208_203  # advisory lock


def hold_calendar() -> None:
    """Count under it: others may count too, nobody may change."""
    assert connection.in_atomic_block, "a deadline and the act that sets it are one transaction"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_CALENDAR])


def take_calendar() -> None:
    """Change under it: waits for all who count."""
    assert connection.in_atomic_block, "a change of the calendar and what follows from it are one transaction"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CALENDAR])


def calendar_missing(day: dt.date) -> ProblemsFound:
    """The calendar does not reach far enough; says which day is missing and who can mend it."""
    note_missing(day)
    return ProblemsFound(
        Problem(
            "calendar_missing",
            "calendar",
            day.isoformat(),
            _("工作日历没有 %(day)s 这一天，期限无法计算") % {"day": day.isoformat()},
            _("请日历维护人员在“日历与时限”中载入该年的日历"),
        )
    )
