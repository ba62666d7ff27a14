"""Into whose hands a file comes when its status changes: back to whom it was, or to the least loaded by a rule."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, QuerySet

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.workflow.bindings import process_of
from apps.workflow.constants import How, Obstacle
from apps.workflow.models import OPEN_FILES, Assignment, File, RoutingRule
from apps.workflow.policies import hindrances
from apps.workflow.process import Step
from apps.workflow.rules import desk_of
from apps.workflow.selectors.hands import Hands, hands_of, people_in, running_absences

# What keeps a person off a file however long one waits; a full desk or another holder does not.
UNFIT = frozenset(set(Obstacle) - {Obstacle.HOLDER})


def place(*, actor: Actor, now: dt.datetime, file: File) -> None:
    """Keep, end or begin the file's assignment, as the desk of its status asks. The caller holds the file's lock."""
    process = process_of(file.process)
    current = file.assignments.filter(until=None).first()
    if process.state(file.status).final:
        put_down(now=now, file=file, current=current)
        return
    roles = desk_of(process, file.status)
    if not roles or file.submitted_at is None:
        return
    if current is not None and current.role in roles:
        taken_over = current.user_id == actor.user_id or fits(file, current.user, current.role, today(now))
        if taken_over:
            return
    put_down(now=now, file=file, current=current)
    chosen = _former(file, roles, today(now)) or _routed(file, roles, today(now))
    if chosen is not None:
        user, role, how = chosen
        take_up(now=now, file=file, user=user, role=role, how=how, by=actor.label)


def take_up(*, now: dt.datetime, file: File, user: User, role: str, how: How, by: str, reason: str = "") -> Assignment:
    """Begin an assignment; the one before was ended."""
    begun = Assignment.objects.create(file=file, user=user, role=role, how=how, since=now, by_label=by, reason=reason)
    file.holder = user
    file.save(update_fields=["holder"])
    return begun


def put_down(*, now: dt.datetime, file: File, current: Assignment | None) -> None:
    """End the open assignment, if there is one."""
    if current is not None:
        current.until = now
        current.save(update_fields=["until"])
        file.holder = None
        file.save(update_fields=["holder"])


def fits(file: File, user: User, role: str, on: dt.date, hands: Hands | None = None) -> bool:
    """Whether the person could take at least one step of the role out of the file's status."""
    hands = hands or hands_of(file, on)
    return any(not unfit(file, step, user, on, hands) for step in _steps(file, role))


def unfit(file: File, step: Step, user: User, on: dt.date, hands: Hands) -> list[str]:
    """What keeps the person off the step for good, in words."""
    return [str(found) for found in hindrances(file, step, user, on, hands) if found.obstacle in UNFIT]


def _steps(file: File, role: str) -> list[Step]:
    return [step for step in process_of(file.process).steps_from(file.status) if role in step.by]


def _former(file: File, roles: frozenset[str], on: dt.date) -> tuple[User, str, How] | None:
    """Who had the file at this desk last, if still there and not away."""
    last = file.assignments.filter(role__in=roles).select_related("user").order_by("-since", "-pk").first()
    if last is None or running_absences(on).filter(user=last.user).exists():
        return None
    return (last.user, last.role, How.RETURNED) if fits(file, last.user, last.role, on) else None


def _routed(file: File, roles: frozenset[str], on: dt.date) -> tuple[User, str, How] | None:
    """The least loaded of whom the most particular rule names; None leaves the file in the pool.

    The rule's row is locked, so that two files arriving at once do not both see the same person idle.
    """
    for rule in _matching(file, roles):
        hands = hands_of(file, on)
        for user in _by_load(rule, file, on):
            if fits(file, user, rule.role, on, hands):
                return user, rule.role, How.ROUTED
    return None


def _matching(file: File, roles: frozenset[str]) -> Iterator[RoutingRule]:
    """The rules for this file, the most particular first: matter before division before neither."""
    found = RoutingRule.objects.filter(
        process=file.process,
        role__in=roles,
        ended_at=None,
        matter__in=["", file.matter],
        division_code__in=["", file.division_code],
    )
    rules = list(found.select_related("unit").select_for_update(of=("self",)).order_by("pk"))
    yield from sorted(rules, key=lambda rule: (not rule.matter, not rule.division_code, rule.pk))


def _by_load(rule: RoutingRule, file: File, on: dt.date) -> list[User]:
    """The people of the rule's unit who are there and below their most, those with fewest open files first."""
    people = people_in([rule.role], on, unit_id=rule.unit_id or file.unit_id)
    people = people.exclude(pk__in=running_absences(on).values("user_id")).order_by("pk")
    loads = loads_of(people)
    below = [user for user in people if rule.most is None or loads.get(user.pk, 0) < rule.most]
    return sorted(below, key=lambda user: (loads.get(user.pk, 0), user.pk))


def loads_of(people: QuerySet[User]) -> dict[int, int]:
    """How many open files each of the people holds."""
    held = File.objects.filter(OPEN_FILES, holder__in=people.values("pk")).order_by()
    return dict(held.values_list("holder_id").annotate(Count("pk")))
