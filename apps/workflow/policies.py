"""Who sees a file, and what stands between a person and a step.

Three questions, asked again after the lock: may this role ever, on this file, in this state. The first two are here;
the third is the table's.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.models import User
from apps.accounts.policies import has_permission, scope_of
from apps.accounts.rules import ROLE_PERMISSIONS
from apps.accounts.selectors import roles_held
from apps.core.calendar import today
from apps.parties.constants import BodyDuty, MembershipRole
from apps.parties.policies import can_act_for, in_scope, is_manager, sees_everywhere
from apps.parties.selectors.bans import ban_on_person
from apps.parties.selectors.duties import duties_held, duty_holders, running_duties
from apps.parties.selectors.memberships import own_organisation_ids, running_memberships
from apps.workflow.bindings import binding_of, process_of, processes
from apps.workflow.constants import OPENED, Obstacle
from apps.workflow.models import Absence, Assignment, File, Named, Transition
from apps.workflow.process import APPLICANT, CLOCK, HANDLERS, Process, Step, duty_of, handler
from apps.workflow.rules import barred_by, desk_of, telling_steps
from apps.workflow.selectors.hands import Hands, hands_of, people_in, represented_by

FILE_ROLES = tuple(role for role, held in ROLE_PERMISSIONS.items() if Permission.FILE_VIEW in held)


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that is somebody's to take here; `why_not` says what stands against it, empty if nothing does."""

    step: Step
    why_not: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One obstacle, and what it says about this file."""

    obstacle: Obstacle
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.obstacle.label}{_('：')}{self.detail}" if self.detail else str(self.obstacle.label)


def visible_files(user: User, on: dt.date | None = None) -> QuerySet[File]:
    """The files that a person may look at.

    Outside people: those of the organisations that they act for, drafts included, but what the bureau or a body
    examines of office only once it told them; and what was submitted to the body that they act for. Staff: what was
    submitted in their scope, if their role looks at whole scopes; else what is in their hands or what they were named
    to.
    """
    if not user.is_active:
        return File.objects.none()
    on = on or today(timezone.now())
    if not user.is_staff_member:
        own = told_outside() & Q(organisation_id__in=own_organisation_ids(user, on))
        return File.objects.filter(own | _handled(user, on))
    if not has_permission(user, Permission.FILE_WORK):
        return File.objects.none()
    submitted = File.objects.filter(submitted_at__isnull=False)
    if not has_permission(user, Permission.FILE_VIEW):
        return submitted.filter(_in_hand(user, on))
    return submitted if sees_everywhere(user) else submitted.filter(in_scope(user) | _in_hand(user, on))


def told_outside() -> Q:
    """Files that an applicant may begin, and of the others those of which a step told the applicant, or was theirs."""
    found, of_office = Q(), [each for each in processes() if APPLICANT not in each.opened_by]
    for process in of_office:
        told = Transition.objects.filter(file=OuterRef("pk"), step__in=telling_steps(process))
        found |= Q(Exists(told), process=process.code)
    return ~Q(process__in=[each.code for each in of_office]) | found


def _handled(user: User, on: dt.date) -> Q:
    """What was submitted to the bodies that the person acts for; who only audits there sees what they were named to."""
    held: dict[int, set[str]] = {}
    for body_id, duty in running_duties(on).filter(user=user).values_list("organisation_id", "duty"):
        held.setdefault(body_id, set()).add(duty)
    auditing = [body_id for body_id, duties in held.items() if duties == {BodyDuty.AUDIT}]
    own = running_memberships(on).filter(user=user)
    whole = own.exclude(~Q(role=MembershipRole.MANAGER), organisation_id__in=auditing)
    named = Named.objects.filter(user=user, until=None).values("file_id")
    reached = Q(handler_id__in=whole.values("organisation_id"))
    reached |= Q(handler_id__in=own.values("organisation_id"), pk__in=named)
    return Q(submitted_at__isnull=False) & reached


def works_for_handler(user: User, file: File, on: dt.date) -> bool:
    """Whether the person acts for the body that works the file."""
    return file.handler_id is not None and not user.is_staff_member and can_act_for(user, file.handler_id, on)


def can_open(
    user: User | None, process: Process, organisation_id: int, on: dt.date, handler_id: int | None = None
) -> bool:
    """Who begins a file: whoever acts for the organisation, the roles of the table, the body's people, the system."""
    if user is None:
        return True
    if user.is_staff_member:
        own = can_act_for(user, organisation_id, on)
        return user.is_active and not own and bool(process.opened_by & roles_held(user, on))
    if handler_id is not None and process.opened_by & {handler(duty) for duty in _duties(user, handler_id, on)}:
        return not can_act_for(user, organisation_id, on)
    return APPLICANT in process.opened_by and can_act_for(user, organisation_id, on)


def get_visible_file(user: User, pk: int) -> File:
    """The file, or 404 for absent and forbidden alike."""
    found = visible_files(user).select_related("organisation", "holder", "unit").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def hindrances(file: File, step: Step, user: User, on: dt.date, hands: Hands | None = None) -> list[Hindrance]:
    """Everything that keeps a person from taking a step on a file; empty if nothing does. The status is not asked."""
    if step.by == (CLOCK,):
        return [Hindrance(Obstacle.PERMISSION)]
    if step.by == (APPLICANT,):
        own = not user.is_staff_member and can_act_for(user, file.organisation_id, on)
        return [] if own else [Hindrance(Obstacle.PERMISSION)]
    return list(_desk_hindrances(file, step, user, on, hands or hands_of(file, on)))


def parties_of(file: File, user: User, on: dt.date) -> frozenset[str]:
    """What the person is on this file at a desk: their roles on the bureau's staff, their duties in its body."""
    if not user.is_active:
        return frozenset()
    if user.is_staff_member:
        return roles_held(user, on)
    return frozenset(handler(duty) for duty in _duties(user, file.handler_id, on)) if file.handler_id else frozenset()


def _duties(user: User, handler_id: int, on: dt.date) -> list[BodyDuty]:
    return [BodyDuty(duty) for duty in duties_held(user, handler_id, on)]


def _desk_hindrances(file: File, step: Step, user: User, on: dt.date, hands: Hands) -> Iterator[Hindrance]:
    roles = parties_of(file, user, on) & {*step.by}
    if not roles:
        yield Hindrance(Obstacle.PERMISSION)
        return
    yield from _reach(file, user, roles, hands)
    if roles & HANDLERS and ban_on_person(user.display_name, "", on) is not None:  # an account shows no document
        yield Hindrance(Obstacle.BARRED)
    taken = barred_taken(file, step, user.pk, hands)
    if taken:
        yield Hindrance(Obstacle.SEPARATION, _("、").join(taken))
    yield from exclusions(file, user, on, hands)
    if not _in_whose_hands(file, step, user, hands):
        yield Hindrance(Obstacle.HOLDER)


def exclusions(file: File, user: User, on: dt.date, hands: Hands) -> Iterator[Hindrance]:
    """What keeps a person off the whole file, whatever the step: the own case, recusal, conflicts of interest."""
    if can_act_for(user, file.organisation_id, on) or user.pk in _applicants(file, hands):
        yield Hindrance(Obstacle.OWN_CASE)
    if user.pk in hands.recused:
        yield Hindrance(Obstacle.RECUSED)
    reasons = [conflict(file, user) for conflict in binding_of(file.process).conflicts]
    yield from (Hindrance(Obstacle.CONFLICT, reason) for reason in reasons if reason)


def allowed_steps(file: File, user: User, on: dt.date | None = None) -> list[Offer]:
    """The steps of the file's status that are this person's by role, with the reasons against each.

    Steps of others are not listed. Guards are not asked: what they need is said when the step is taken.
    """
    on = on or today(timezone.now())
    process, hands = process_of(file.process), hands_of(file, on)
    facts = binding_of(file.process).facts(file)
    offers = []
    for step in process.steps_from(file.status):
        if step.applies is not None and not step.applies(facts):
            continue
        found = hindrances(file, step, user, on, hands)
        if not {Obstacle.PERMISSION, Obstacle.NOT_NAMED} & {one.obstacle for one in found}:
            offers.append(Offer(step, tuple(str(one) for one in found)))
    return offers


def step_offered(file: File, user: User, code: str, *, posted: bool = False) -> Offer | None:
    """One step as it is offered now; None if it is not this person's, or not to be taken in this status.

    `posted`: a form that was open when a colleague moved the file on is still this person's form. It is taken in, so
    that the engine can say what happened and nothing that was typed is lost.
    """
    for offer in allowed_steps(file, user):
        if offer.step.code == code:
            return offer
    row = next((step for step in process_of(file.process).steps if step.code == code), None)
    if row is None or not posted or file.status in row.sources:
        return None
    found = {one.obstacle for one in hindrances(file, row, user, today(timezone.now()))}
    return None if {Obstacle.PERMISSION, Obstacle.NOT_NAMED} & found else Offer(row)


def barred_taken(file: File, step: Step, user_id: int, hands: Hands) -> list[str]:
    """The steps that this person took, or had taken for them, and that exclude them from this one; as labels.

    Whoever was named to a file in a role that is only named had a hand in the steps of that role: an auditor who was
    in the team does not decide, whoever of the team pressed the button.
    """
    process = process_of(file.process)
    barred = barred_by(process, step)

    def had_a_hand(other: Step) -> bool:
        named = {*other.by} & process.named_only
        return user_id in hands.took.get(other.code, ()) or any(user_id in hands.ever.get(who, ()) for who in named)

    taken = [str(other.label) for other in process.steps if other.code in barred and had_a_hand(other)]
    opened = OPENED in barred and user_id in hands.took.get(OPENED, ())
    return [_("建立本件"), *taken] if opened else taken


def _reach(file: File, user: User, roles: frozenset[str], hands: Hands) -> Iterator[Hindrance]:
    """A role that sees whole scopes needs the file in its scope; one that is only named needs to be named."""
    named_only = process_of(file.process).named_only
    if not roles - named_only:
        if not any(user.pk in hands.named.get(role, ()) for role in roles):
            yield Hindrance(Obstacle.NOT_NAMED)
    elif user.is_staff_member and not _in_reach(file, user):
        yield Hindrance(Obstacle.SCOPE)


def _in_reach(file: File, user: User) -> bool:
    within = file.division_code.startswith(scope_of(user))
    return sees_everywhere(user) or within or file.holder_id == user.pk


def _applicants(file: File, hands: Hands) -> set[int]:
    """Those who took a step of the applicant's on this file."""
    steps = process_of(file.process).steps
    return {pk for step in steps if APPLICANT in step.by for pk in hands.took.get(step.code, ())}


def _in_whose_hands(file: File, step: Step, user: User, hands: Hands) -> bool:
    """Whether the file is in nobody's hands for this step, in the person's own, or in those of whom they stand for."""
    if file.holder_id is None or hands.role not in step.by:
        return True
    return file.holder_id == user.pk or user.pk in hands.delegates


def _in_hand(user: User, on: dt.date) -> Q:
    """Files that somebody or their absent principal holds, or held, or to which they were named."""
    mine = [user.pk, *represented_by(user, on)]
    held = Assignment.objects.filter(user=user).values("file_id")
    named = Named.objects.filter(user=user, until=None).values("file_id")
    return Q(holder_id__in=mine) | Q(pk__in=held) | Q(pk__in=named)


def at_body(file: File) -> bool:
    """Whether it is the body's turn, so that hands and desks are those of its people."""
    return bool(desk_of(process_of(file.process), file.status) & HANDLERS)


def leads(user: User | None, file: File, on: dt.date) -> bool:
    """Who puts the file into others' hands and takes people off it: the bureau's leaders, the body's managers."""
    if user is None:
        return True
    if at_body(file):
        return file.handler_id is not None and is_manager(user, file.handler_id, on) and not user.is_staff_member
    return has_permission(user, Permission.FILE_ASSIGN)


def can_assign(user: User, file: File, on: dt.date | None = None) -> bool:
    """Leaders of the file's scope, of a body's file its managers, and nobody else."""
    on = on or today(timezone.now())
    return leads(user, file, on) and visible_files(user, on).filter(pk=file.pk).exists()


def can_claim(user: User, file: File, on: dt.date) -> bool:
    """Whether the file lies in a pool from which the person may take it."""
    if file.holder_id is not None or file.closed_at is not None:
        return False
    if not (user.is_staff_member or works_for_handler(user, file, on)):
        return False
    steps = process_of(file.process).steps_from(file.status)
    hands = hands_of(file, on)
    return any(step.by_desk and not hindrances(file, step, user, on, hands) for step in steps)


def can_hand_over(user: User, file: File, on: dt.date) -> bool:
    """The holder, or who stands in for the holder today."""
    return file.closed_at is None and user.pk in {file.holder_id, *hands_of(file, on).delegates} - {None}


def colleagues(user: User, on: dt.date) -> QuerySet[User]:
    """The people who work files in the person's scope, for choosing from: by name, without experts."""
    found = people_in(FILE_ROLES, on).select_related("unit").order_by("display_name", "pk")
    return found if sees_everywhere(user) else found.filter(unit__division_code__startswith=scope_of(user))


def takers(user: User, file: File, on: dt.date) -> QuerySet[User]:
    """The colleagues to whom a file may be handed over: those of the roles whose turn it is, but for the holder."""
    desk = desk_of(process_of(file.process), file.status)
    if at_body(file):
        holders = duty_holders(file.handler_id or 0, [duty for who in desk if (duty := duty_of(who))], on)
        return holders.exclude(pk=file.holder_id or 0).order_by("display_name", "pk")
    at_turn = people_in(desk, on)
    return colleagues(user, on).filter(pk__in=at_turn.values("pk")).exclude(pk=file.holder_id or 0)


def can_manage_absence(actor: User | None, of: User) -> bool:
    """One's own, or a leader's for people of the leader's scope."""
    if actor is None or not actor.is_active:
        return False
    if actor.pk == of.pk:
        return actor.is_staff_member
    unit = of.unit
    return (
        has_permission(actor, Permission.FILE_ASSIGN)
        and unit is not None
        and (sees_everywhere(actor) or unit.division_code.startswith(scope_of(actor)))
    )


def people_of_absences(user: User, on: dt.date) -> QuerySet[User]:
    """Whose absence a person may declare: their own; a leader, that of everybody in scope too."""
    own = User.objects.filter(pk=user.pk).select_related("unit")
    if not has_permission(user, Permission.FILE_ASSIGN):
        return own
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=colleagues(user, on).order_by().values("pk"))).select_related(
        "unit"
    )


def visible_absences(user: User, on: dt.date) -> QuerySet[Absence]:
    """The absences that run or are to come, of those whom one may declare absent, and those in which one stands in."""
    found = Absence.objects.filter(ended_at=None, last_on__gte=on).select_related("user", "delegate")
    people = people_of_absences(user, on).order_by().values("pk")
    return found.filter(Q(user__in=people) | Q(delegate=user)).order_by("first_on", "pk")
