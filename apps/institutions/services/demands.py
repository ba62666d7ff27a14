"""What has to be corrected or rectified: listed by the bureau, answered one by one by the applicant, settled.

Corrections are listed by the window before acceptance, and told once (ALL 32); rectifications by the review team.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.accounts.constants import Role
from apps.accounts.selectors import roles_held
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.institutions.licence_constants import MAX_DEMANDS, DemandKind
from apps.institutions.models import Application, Demand
from apps.institutions.services.applications import lock_application, lock_own, refuse_excluded
from apps.workflow.constants import SUBJECT
from apps.workflow.policies import visible_files

# Who lists in which status, and what.
LISTED_IN = {
    "submitted": (Role.WINDOW_CLERK, DemandKind.CORRECTION),
    "review": (Role.REVIEW_EXPERT, DemandKind.RECTIFICATION),
}
ANSWERED_IN = {"correction": DemandKind.CORRECTION, "rectification": DemandKind.RECTIFICATION}


def list_demand(
    *,
    actor: Actor,
    now: dt.datetime,
    application_id: int,
    about: str,
    problem: str,
    remedy: str,
    criterion: str = "",
) -> Demand:
    """Put a point on the list. The applicant learns of it with the notice, not before."""
    with transaction.atomic():
        found = lock_application(application_id)
        kind = _may_list(actor, now, found)
        given = {"about": about, "problem": problem, "remedy": remedy}
        if problems := [_required(name) for name, text in given.items() if not text.strip()]:
            raise ProblemsFound(*problems)
        if kind == DemandKind.CORRECTION and found.correction_rounds:
            raise Refused("second_correction", _("补正已经一次性告知，不能再增加内容。"))
        last = found.demands.filter(kind=kind).aggregate(last=Max("n"))["last"] or 0
        if last >= MAX_DEMANDS:
            raise Refused("too_many", _("最多列出 %(most)s 项。") % {"most": MAX_DEMANDS})
        assert actor.user is not None, "a person lists"
        made = Demand.objects.create(
            application=found, kind=kind, n=last + 1, criterion=criterion, listed_by=actor.user, listed_at=now, **given
        )
        _record(actor, now, found, "list", made)
    return made


def strike_demand(*, actor: Actor, now: dt.datetime, application_id: int, demand_id: int, version: int) -> None:
    """Take a point off the list before the applicant was told. `version`: of the point that the page showed."""
    with transaction.atomic():
        found = lock_application(application_id)
        kind = _may_list(actor, now, found)
        demand = _demand(found, demand_id)
        # A point that came back waits to be told anew, and carries the answer to what was told before.
        if demand.kind != kind or demand.told_at is not None or demand.answer:
            raise Refused("demand.told", _("该项已告知申请人，不能划去。"))
        if demand.version != version:
            raise StaleVersion
        _record(actor, now, found, "strike", demand, before=_texts(demand))
        demand.delete()


def answer_demand(
    *, actor: Actor, now: dt.datetime, application_id: int, demand_id: int, answer: str, version: int
) -> Demand:
    """The applicant's answer to one point; may be changed until all of them are sent."""
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, application_id=application_id)
        demand = _demand(found, demand_id)
        if demand.told_at is None:
            raise Refused("absent", str(demand_id))
        if ANSWERED_IN.get(found.file.status) != demand.kind or demand.settled_at is not None:
            raise Refused("demand.closed", _("该项现在不能答复。"))
        if demand.version != version:
            raise StaleVersion
        if not answer.strip():
            raise ProblemsFound(_required("answer"))
        before = _texts(demand)
        demand.answer, demand.answered_at = answer, now
        demand.version += 1
        demand.save(update_fields=["answer", "answered_at", "version"])
        _record(actor, now, found, "answer", demand, before=before)
    return demand


def settle_demand(*, actor: Actor, now: dt.datetime, application_id: int, demand_id: int, version: int) -> Demand:
    """The review team confirms that a point was rectified."""
    with transaction.atomic():
        found = lock_application(application_id)
        kind = _may_list(actor, now, found)
        demand = _demand(found, demand_id)
        if kind != DemandKind.RECTIFICATION or demand.kind != kind or demand.answered_at is None:
            raise Refused("demand.unanswered", _("该项还没有答复，不能确认。"))
        if demand.version != version:
            raise StaleVersion
        if demand.settled_at is None:
            demand.settled_at = now
            demand.version += 1
            demand.save(update_fields=["settled_at", "version"])
            _record(actor, now, found, "settle", demand)
    return demand


def reopen_demand(
    *, actor: Actor, now: dt.datetime, application_id: int, demand_id: int, problem: str, version: int
) -> Demand:
    """The rectification does not do: the point goes back with what is still wrong, to be told again."""
    with transaction.atomic():
        found = lock_application(application_id)
        kind = _may_list(actor, now, found)
        demand = _demand(found, demand_id)
        if kind != DemandKind.RECTIFICATION or demand.kind != kind or demand.answered_at is None:
            raise Refused("demand.unanswered", _("该项还没有答复，不能退回。"))
        if demand.version != version:
            raise StaleVersion
        if not problem.strip():
            raise ProblemsFound(_required("problem"))
        before = _texts(demand)
        demand.problem, demand.told_at, demand.answered_at, demand.settled_at = problem, None, None, None
        demand.version += 1
        demand.save(update_fields=["problem", "told_at", "answered_at", "settled_at", "version"])
        _record(actor, now, found, "reopen", demand, before=before)
    return demand


def tell_demands(*, application: Application, kind: DemandKind, now: dt.datetime) -> int:
    """The notice goes out: what is listed is told. Part of the step that sends it."""
    return application.demands.filter(kind=kind, told_at=None).update(told_at=now)


def _may_list(actor: Actor, now: dt.datetime, application: Application) -> DemandKind:
    """The kind of point that the actor lists in the file's status; refused to others and in other states."""
    file = application.file
    if actor.user is None or not visible_files(actor.user, today(now)).filter(pk=file.pk).exists():
        raise Refused("absent", str(application.pk))
    if file.status not in LISTED_IN:
        raise Refused("demand.state", _("现在不能增减需要补正或者整改的内容。"))
    role, kind = LISTED_IN[file.status]
    if role not in roles_held(actor.user, today(now)):
        raise Refused("permission", _("您的岗位不能增减需要补正或者整改的内容。"))
    if role == Role.REVIEW_EXPERT and not application.team.filter(user=actor.user).exists():
        raise Refused("permission", _("您不是本件的评审组成员。"))
    refuse_excluded(actor=actor, now=now, file=file)
    return kind


def _demand(application: Application, demand_id: int) -> Demand:
    found = application.demands.select_for_update().filter(pk=demand_id).first()
    if found is None:
        raise Refused("absent", str(demand_id))
    return found


def _required(place: str) -> Problem:
    return Problem("required", place, "", _("此项必须填写"), _("请填写后再保存"))


def _texts(demand: Demand) -> dict[str, str]:
    """What the point says and what was answered: what an act takes away or writes over, the trail keeps."""
    return {"problem": demand.problem, "remedy": demand.remedy, "answer": demand.answer}


def _record(
    actor: Actor,
    now: dt.datetime,
    application: Application,
    verb: str,
    demand: Demand,
    before: dict[str, str] | None = None,
) -> None:
    told = {"kind": demand.kind, "n": demand.n, "about": demand.about}
    audit.record(
        actor=actor,
        now=now,
        action=f"institutions.demand.{verb}",
        subject_kind=SUBJECT,
        subject_id=application.file_id,
        before=before,
        after=told if verb == "strike" else {**told, **_texts(demand)},
    )
