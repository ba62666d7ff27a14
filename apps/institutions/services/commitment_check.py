"""The check on site after a licence by commitment: opened with the certificate, planned, and what its outcome does.

The steps themselves are taken by workflow.advance alone; here is what stands beside them, and their effects.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.accounts.selectors import roles_held
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.institutions.licence_constants import CheckOutcome, Route
from apps.institutions.models import Application, PostCheck, PostChecker
from apps.institutions.rules.commitment_check import CHECK
from apps.institutions.selectors.commitment_check import check_of_file
from apps.institutions.services.applications import refuse_excluded
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition
from apps.workflow.policies import visible_files
from apps.workflow.services import lock_file, open_file
from apps.workflow.services.assignment import name_person, unname_person

SYSTEM = Actor.system("institutions.commitment_check")
PLANNED_IN = "to_plan"


def open_check(*, now: dt.datetime, application: Application) -> PostCheck | None:
    """The check begins with the certificate, by itself; its clock with it. None for the general route."""
    licence = application.licence
    if application.route != Route.COMMITMENT or licence is None:
        return None
    granted = application.file
    file = open_file(
        actor=SYSTEM,
        now=now,
        process=CHECK.code,
        matter="commitment",
        organisation=granted.organisation,
        title=f"告知承诺现场核查（{application.item.name}）",
        division_code=granted.division_code,
        unit=granted.unit,
        competence=granted.competence,
    )
    check = PostCheck.objects.create(file=file, application=application, licence=licence)
    record(actor=SYSTEM, now=now, check=check, verb="open", after={"licence": licence.number})
    return check


def set_visit(*, actor: Actor, now: dt.datetime, check_id: int, visit_on: dt.date) -> PostCheck:
    """The day of the visit, before the task is given."""
    with transaction.atomic():
        check = _plannable(actor, now, check_id)
        if visit_on < today(now):
            told = visit_on.isoformat()
            raise ProblemsFound(Problem("past", "visit_on", told, _("核查日期不能早于今天"), _("请改为今天或者以后")))
        check.visit_on = visit_on
        check.version += 1
        check.save(update_fields=["visit_on", "version"])
        record(actor=actor, now=now, check=check, verb="visit", after={"on": visit_on.isoformat()})
    return check


def name_checker(*, actor: Actor, now: dt.datetime, check_id: int, user_id: int) -> PostChecker:
    """An officer who is to check. Refused: a ban, a conflict of interest, a hand in the licence."""
    with transaction.atomic():
        check = _plannable(actor, now, check_id)
        if check.checkers.filter(user_id=user_id).exists():
            raise Refused("checker.twice", _("该人员已是核查人员。"))
        name_person(actor=actor, now=now, file_id=check.file_id, user_id=user_id, role=Role.OFFICER)
        made = PostChecker.objects.create(check_of=check, user_id=user_id, added_at=now)
        record(actor=actor, now=now, check=check, verb="name", after={"user": user_id})
    return made


def drop_checker(*, actor: Actor, now: dt.datetime, check_id: int, checker_id: int) -> None:
    """Take somebody off before the task is given."""
    with transaction.atomic():
        check = _plannable(actor, now, check_id)
        checker = check.checkers.filter(pk=checker_id).first()
        if checker is None:
            raise Refused("absent", str(checker_id))
        unname_person(actor=actor, now=now, file_id=check.file_id, user_id=checker.user_id, role=Role.OFFICER)
        record(actor=actor, now=now, check=check, verb="drop", after={"user": checker.user_id})
        checker.delete()


def found_true(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of the step "find_true"."""
    settle(actor=actor, now=now, check=check_of_file(file), outcome=CheckOutcome.TRUE)


def ended(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of the step "end"."""
    settle(actor=actor, now=now, check=check_of_file(file), outcome=CheckOutcome.MOOT)


def lock_check(check_id: int) -> PostCheck:
    """The check, its file's row locked first, as every act on a file does."""
    file_id = PostCheck.objects.filter(pk=check_id).values_list("file_id", flat=True).first()
    if file_id is None:
        raise Refused("absent", str(check_id))
    lock_file(file_id)
    rows = PostCheck.objects.select_for_update(of=("self",))
    return rows.select_related("file__organisation", "licence", "application__file").get(pk=check_id)


def require_sight(*, actor: Actor, now: dt.datetime, check: PostCheck) -> User:
    """Somebody who sees the file and is not kept off it; the same refusal for absent and forbidden."""
    user: User | None = actor.user
    if user is None or not visible_files(user, today(now)).filter(pk=check.file_id).exists():
        raise Refused("absent", str(check.pk))
    refuse_excluded(actor=actor, now=now, file=check.file)
    return user


def record(*, actor: Actor, now: dt.datetime, check: PostCheck, verb: str, after: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"institutions.post_check.{verb}",
        subject_kind=SUBJECT,
        subject_id=check.file_id,
        after=after,
    )


def settle(*, actor: Actor, now: dt.datetime, check: PostCheck, outcome: CheckOutcome) -> None:
    """The outcome of a check, on the day on which it was judged."""
    check.outcome, check.outcome_on = outcome, today(now)
    check.version += 1
    check.save(update_fields=["outcome", "outcome_on", "version"])
    record(actor=actor, now=now, check=check, verb="outcome", after={"outcome": str(outcome)})


def _plannable(actor: Actor, now: dt.datetime, check_id: int) -> PostCheck:
    check = lock_check(check_id)
    user = require_sight(actor=actor, now=now, check=check)
    if Role.SUPERVISOR not in roles_held(user, today(now)):
        raise Refused("permission", _("只有监管人员可以安排核查。"))
    if check.file.status != PLANNED_IN:
        raise Refused("check.state", _("只有在下达核查任务之前才能安排。"))
    return check
