"""Who holds a certificate that is entered by hand: a known organisation, or one that nobody has recorded yet."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction

from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound
from apps.parties.models import Organisation
from apps.parties.services import OrganisationFacts, record_organisation

SOURCE = "staff"


@dataclass(frozen=True, slots=True)
class NewHolder:
    """An organisation as the clerk reads it from the paper. One with a known code joins its record."""

    name: str
    facts: OrganisationFacts


def settle_holder(
    *, actor: Actor, now: dt.datetime, holder: Organisation | NewHolder
) -> tuple[Organisation | None, list[Problem]]:
    """The organisation, recorded if it is new; or what is wrong with it, each place with `new_` before it."""
    if not isinstance(holder, NewHolder):
        return holder, []
    try:
        with transaction.atomic():
            made = record_organisation(actor=actor, now=now, name=holder.name, source=SOURCE, facts=holder.facts)
    except ProblemsFound as found:
        return None, [replace(problem, place=f"new_{problem.place}") for problem in found.problems]
    return made, []
