"""Who holds which duty in a certification body on a day: a running grant of a running member."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.parties.models import DutyGrant
from apps.parties.selectors.memberships import running_memberships


def running_duties(on: dt.date) -> QuerySet[DutyGrant]:
    """The grants in force on a day. Whoever is no member any more holds none, whatever was granted."""
    member = running_memberships(on).filter(user=OuterRef("user"), organisation=OuterRef("organisation"))
    begun = DutyGrant.objects.filter(Exists(member), ended_at=None, starts_on__lte=on, user__is_active=True)
    return begun.filter(Q(ends_on=None) | Q(ends_on__gte=on))


def duties_held(user: User, organisation_id: int, on: dt.date) -> frozenset[str]:
    """What the person does for the body on a day."""
    held = running_duties(on).filter(user=user, organisation_id=organisation_id)
    return frozenset(held.values_list("duty", flat=True))


def duty_holders(organisation_id: int, duties: Iterable[str], on: dt.date) -> QuerySet[User]:
    """The people of the body who hold one of the duties on a day."""
    held = running_duties(on).filter(organisation_id=organisation_id, duty__in=[str(duty) for duty in duties])
    return User.objects.filter(is_active=True, pk__in=held.values("user_id"))


def duty_grants_of(organisation_id: int) -> QuerySet[DutyGrant]:
    """The grants of a body that nobody ended, person by person."""
    rows = DutyGrant.objects.filter(organisation_id=organisation_id, ended_at=None).select_related("user")
    return rows.order_by("user__display_name", "user_id", "duty")
