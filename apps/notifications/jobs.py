"""The periodic jobs, each with its record of runs (/readyz and the staff home read it)."""

from apps.clock.source import database_now
from apps.core.calendar import today
from apps.core.services import job_run
from apps.notifications.services import Planned, close_settled, plan_reminders, reconcile
from apps.notifications.services.reconciling import Difference


class Disagreement(Exception):
    """The recount found what planning did not, or the other way round. The job fails, and that alarms."""


def plan(*, thorough: bool = False) -> Planned:
    """Plan the day. Raises Refused while the clocks disagree. `thorough`: trusting no memory of the last sweep."""
    with job_run("notifications.plan") as outcome:
        done = plan_reminders(thorough=thorough)
        outcome |= {"day": done.day.isoformat(), "reminders": done.reminders, "messages": done.messages}
        outcome |= {"closed": done.closed, "by_rule": done.by_rule}
    return done


def close() -> int:
    """Close settled reminders between two sweeps."""
    with job_run("notifications.close_settled") as outcome:
        now = database_now()
        outcome["closed"] = closed = close_settled(now=now, day=today(now))
    return closed


def recount() -> Difference:
    """Plan thoroughly, then recount the same day by other means. What came in since the morning is planned first."""
    plan(thorough=True)
    with job_run("notifications.reconcile") as outcome:
        found = reconcile(day=today(database_now()))
        outcome |= {"expected": found.expected, "missing": len(found.missing), "unexpected": len(found.unexpected)}
        if not found.nothing:
            raise Disagreement(f"missing {len(found.missing)}, unexpected {len(found.unexpected)}")
    return found
