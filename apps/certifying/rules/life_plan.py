"""The plan of surveillance of one cycle: which audits, each until when, by the dated rules of the scheme. Pure.

The months come from the rules of the scheme on the day: CNCA-QMS-01:2025 has the first within twelve months of issue,
gaps of at most twelve, at least two in a cycle; CCC goes by the class of the factory.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from apps.core.calendar import add_months


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often: months until the first, months between two, how many at least in a cycle."""

    first: int
    gap: int
    least: int = 0
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One audit of the plan: by when at the latest, and when it was held."""

    n: int
    last_day: dt.date
    held_on: dt.date | None = None

    @property
    def late(self) -> bool:
        """Held after its last day."""
        return self.held_on is not None and self.held_on > self.last_day


def plan_of(begins: dt.date, ends: dt.date | None, cadence: Cadence, held: Iterable[dt.date] = ()) -> tuple[Visit, ...]:
    """The audits of the cycle from `begins` through `ends`: those held, then those to come.

    An audit that would fall due on the last day or later gives way to the recertification, unless fewer than the least
    would be left: then it is due before the certificate ends.
    """
    visits: list[Visit] = []
    counted, months = begins, cadence.first
    for on in sorted(day for day in held if day >= begins):
        visits.append(Visit(len(visits) + 1, add_months(counted, months), on))
        counted, months = on, cadence.gap
    if ends is None:
        return (*visits, Visit(len(visits) + 1, add_months(counted, months)))
    while (due := add_months(counted, months)) < ends:
        visits.append(Visit(len(visits) + 1, due))
        counted, months = due, cadence.gap
    while len(visits) < cadence.least:
        visits.append(Visit(len(visits) + 1, ends - dt.timedelta(days=1)))
    return tuple(visits)


def next_visit(visits: Iterable[Visit]) -> Visit | None:
    """The first audit that was not held yet."""
    return next((visit for visit in visits if visit.held_on is None), None)


def missed(visits: Iterable[Visit], on: dt.date) -> Visit | None:
    """The audit whose last day is over without it: the body must suspend."""
    coming = next_visit(visits)
    return coming if coming is not None and coming.last_day < on else None
