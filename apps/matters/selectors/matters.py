"""Reads of configurations: which version holds on a day, what the bureau is changing."""

import datetime as dt

from django.db.models import Q, QuerySet

from apps.clock.selectors import limits
from apps.matters.constants import ACCEPT, CORRECT, DECIDE, DUTY, ConfigState
from apps.matters.models import Matter
from apps.matters.rules.configuration import Rows, read_rows

LIMITS = {"limit_accept": ACCEPT, "limit_correct": CORRECT, "limit_decide": DECIDE, "limit_duty": DUTY}


def rows_of(matter: Matter) -> Rows:
    """The lists of a configuration, as rules read them."""
    return read_rows({name: getattr(matter, name) for name in ("documents", "fields", "grounds", "duties")})


def matters_on(day: dt.date) -> list[Matter]:
    """The versions that hold on a day, one for each matter that is in force, by code."""
    begun = Matter.objects.filter(state=ConfigState.APPROVED, effective_from__lte=day)
    latest = begun.order_by("code", "-effective_from", "-n").distinct("code")
    return [found for found in latest if found.effective_to is None or found.effective_to >= day]


def matter_on(code: str, day: dt.date) -> Matter | None:
    """The version of one matter that holds on a day."""
    begun = Matter.objects.filter(state=ConfigState.APPROVED, effective_from__lte=day, code=code)
    found = begun.order_by("-effective_from", "-n").first()
    return found if found is not None and (found.effective_to is None or found.effective_to >= day) else None


def versions() -> QuerySet[Matter]:
    """Every version of every matter, the newest of each code first."""
    return Matter.objects.select_related("approved_by").order_by("code", "-n")


def in_the_making(code: str) -> Matter | None:
    """The version of a matter that is being written or awaits its second person."""
    return Matter.objects.filter(Q(state=ConfigState.DRAFT) | Q(state=ConfigState.PROPOSED), code=code).first()


def limit_choices(place: str) -> list[tuple[str, str]]:
    """The limits that may stand for a stage: the table's own, and those of three parts with its first and last."""
    first, last = LIMITS[place].split(".")
    found = {}
    for row in limits().filter(effective_to=None):
        parts = row.code.split(".")
        if len(parts) in (2, 3) and parts[0] == first and parts[-1] == last:
            found[row.code] = f"{row.name}（{row.value} {row.get_unit_display()}）"
    return sorted(found.items())
