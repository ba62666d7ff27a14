"""Who had a hand in a file: what the duties, recusals and conflicts of a step are asked of."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from apps.accounts.constants import Role
from apps.accounts.models import RoleGrant, User
from apps.parties.selectors.duties import duty_holders
from apps.workflow.models import Absence, Assignment, File, Named, Recusal, Transition
from apps.workflow.process import duty_of
from apps.workflow.wording import HANDLER_LABEL


@dataclass(frozen=True, slots=True)
class Hands:
    """`took`: step code -> ids of those who took it, or for whom it was taken. `role`: of the open assignment.

    `named`: party -> ids of those who are named now; `ever`: of those who are or were.
    """

    took: dict[str, frozenset[int]]
    recused: frozenset[int]
    named: dict[str, frozenset[int]]
    ever: dict[str, frozenset[int]]
    role: str
    delegates: frozenset[int]


def hands_of(file: File, on: dt.date) -> Hands:
    """Everything about people that a step on the file asks, in four queries."""
    took: dict[str, set[int]] = {}
    rows = Transition.objects.filter(file=file).values_list("step", "person_id", "on_behalf_of_id")
    for step, person, absent in rows:
        took.setdefault(step, set()).update({person, absent} - {None})
    named: dict[str, set[int]] = {}
    ever: dict[str, set[int]] = {}
    for role, user, until in Named.objects.filter(file=file).values_list("role", "user_id", "until"):
        ever.setdefault(role, set()).add(user)
        if until is None:
            named.setdefault(role, set()).add(user)
    held = Assignment.objects.filter(file=file, until=None).values_list("role", flat=True).first()
    return Hands(
        took={step: frozenset(people) for step, people in took.items()},
        recused=frozenset(Recusal.objects.filter(file=file).values_list("user_id", flat=True)),
        named={role: frozenset(people) for role, people in named.items()},
        ever={role: frozenset(people) for role, people in ever.items()},
        role=held or "",
        delegates=delegates_of(file.holder_id, on),
    )


def running_absences(on: dt.date) -> QuerySet[Absence]:
    """The absences of a day."""
    return Absence.objects.filter(ended_at=None, first_on__lte=on, last_on__gte=on)


def delegates_of(user_id: int | None, on: dt.date) -> frozenset[int]:
    """Who works somebody's files today. The delegate's own delegate is not meant: absence is no chain."""
    if user_id is None:
        return frozenset()
    found = running_absences(on).filter(user_id=user_id, delegate__isnull=False)
    return frozenset(pk for pk in found.values_list("delegate_id", flat=True) if pk is not None)


def represented_by(user: User, on: dt.date) -> frozenset[int]:
    """Whose files somebody works today as their delegate."""
    return frozenset(running_absences(on).filter(delegate=user).values_list("user_id", flat=True))


def people_in(roles: Iterable[str], on: dt.date, **within: object) -> QuerySet[User]:
    """Active staff who hold one of the roles on a day."""
    running = RoleGrant.objects.filter(role__in=[str(role) for role in roles], ended_at=None, starts_on__lte=on)
    running = running.filter(Q(ends_on=None) | Q(ends_on__gte=on))
    return User.objects.filter(is_active=True, pk__in=running.values("user_id"), **within)


def people_for(file: File, who: str, on: dt.date) -> QuerySet[User]:
    """The people behind a party of a desk: staff by role, wherever they sit; of the file's body by duty."""
    duty = duty_of(who)
    return people_in([who], on) if duty is None else duty_holders(file.handler_id or 0, [duty], on)


def role_label(role: str) -> str:
    """A role or a duty in words; other parties of a table keep their code."""
    if duty := duty_of(role):
        return str(HANDLER_LABEL % {"duty": duty.label})
    return str(Role(role).label) if role in Role.values else role
