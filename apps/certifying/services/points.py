"""What has to be completed, and what an examination found: listed by the body, answered one by one, settled.

Completions are listed by contract review and told once; findings by the audit team. The list is told with the step.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.certifying.constants import MAX_POINTS, Grade, PointKind
from apps.certifying.models import Application, Point
from apps.certifying.rules.applying import AUDIT, REVIEW
from apps.certifying.rules.stages import EXAMINED_IN
from apps.certifying.services.applications import lock_application, lock_own
from apps.certifying.services.working import refuse_unless
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition

LISTED_IN = {"submitted": (REVIEW, PointKind.COMPLETION)} | {
    state: (AUDIT, PointKind.FINDING) for state in (*EXAMINED_IN, "verification")
}
ANSWERED_IN = {"correction": PointKind.COMPLETION, "rectification": PointKind.FINDING}


def list_point(
    *,
    actor: Actor,
    now: dt.datetime,
    application_id: int,
    about: str,
    problem: str,
    remedy: str = "",
    grade: str = "",
) -> Point:
    """Put a point on the list. The applicant learns of it with the step that tells it, not before."""
    with transaction.atomic():
        found = lock_application(application_id)
        kind = _may_list(actor, now, found)
        given = {"about": about, "problem": problem}
        problems = [_required(name) for name, text in given.items() if not text.strip()]
        if kind == PointKind.FINDING and grade not in Grade.values:
            problems.append(_required("grade"))
        if problems:
            raise ProblemsFound(*problems)
        if kind == PointKind.COMPLETION and found.points.filter(kind=kind, told_at__isnull=False).exists():
            raise Refused("second_time", _("需要补充的内容已经一次性告知，不能再增加。"))
        last = found.points.filter(kind=kind).aggregate(last=Max("n"))["last"] or 0
        if last >= MAX_POINTS:
            raise Refused("too_many", _("最多列出 %(most)s 项。") % {"most": MAX_POINTS})
        assert actor.user is not None, "a person lists"
        graded = grade if kind == PointKind.FINDING else ""
        made = found.points.create(
            kind=kind, n=last + 1, grade=graded, remedy=remedy, listed_by=actor.user, listed_at=now, **given
        )
        _record(actor, now, found, "list", made)
    return made


def strike_point(*, actor: Actor, now: dt.datetime, application_id: int, point_id: int) -> None:
    """Take a point off the list before the applicant was told."""
    with transaction.atomic():
        found, point = _listed(actor, now, application_id, point_id)
        if point.told_at is not None or point.answer:
            raise Refused("told", _("该项已告知申请人，不能划去。"))
        _record(actor, now, found, "strike", point)
        point.delete()


def settle_point(*, actor: Actor, now: dt.datetime, application_id: int, point_id: int) -> Point:
    """An auditor closes a finding: what the applicant did about it is enough."""
    with transaction.atomic():
        found, point = _listed(actor, now, application_id, point_id)
        if point.kind != PointKind.FINDING or point.answered_at is None:
            raise Refused("unanswered", _("该项还没有答复，不能关闭。"))
        if point.settled_at is None:
            point.settled_at, point.settled_by = now, actor.user
            point.version += 1
            point.save(update_fields=["settled_at", "settled_by", "version"])
            _record(actor, now, found, "settle", point)
    return point


def reopen_point(*, actor: Actor, now: dt.datetime, application_id: int, point_id: int, problem: str) -> Point:
    """The correction does not do: the finding goes back with what is still wrong, to be told again."""
    with transaction.atomic():
        found, point = _listed(actor, now, application_id, point_id)
        if point.kind != PointKind.FINDING or point.answered_at is None:
            raise Refused("unanswered", _("该项还没有答复，不能退回。"))
        if not problem.strip():
            raise ProblemsFound(_required("problem"))
        before = _texts(point)
        point.problem, point.told_at, point.answered_at = problem, None, None
        point.settled_at, point.settled_by = None, None
        point.version += 1
        point.save(update_fields=["problem", "told_at", "answered_at", "settled_at", "settled_by", "version"])
        _record(actor, now, found, "reopen", point, before=before)
    return point


def answer_point(
    *, actor: Actor, now: dt.datetime, application_id: int, point_id: int, answer: str, version: int
) -> Point:
    """The applicant's answer to one point; may be changed until all of them are sent."""
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, application_id=application_id)
        point = _point(found, point_id)
        if point.told_at is None:
            raise Refused("absent", str(point_id))
        if ANSWERED_IN.get(found.file.status) != point.kind or point.settled_at is not None:
            raise Refused("closed", _("该项现在不能答复。"))
        if point.version != version:
            raise StaleVersion
        if not answer.strip():
            raise ProblemsFound(_required("answer"))
        before = _texts(point)
        point.answer, point.answered_at = answer, now
        point.version += 1
        point.save(update_fields=["answer", "answered_at", "version"])
        _record(actor, now, found, "answer", point, before=before)
    return point


def told(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of the steps that tell the list: what is on it is known to the applicant from now on."""
    kind = ANSWERED_IN[transition.to_status]
    Point.objects.filter(application__file=file, kind=kind, told_at=None).update(told_at=now)


def _listed(actor: Actor, now: dt.datetime, application_id: int, point_id: int) -> tuple[Application, Point]:
    found = lock_application(application_id)
    kind = _may_list(actor, now, found)
    point = _point(found, point_id)
    if point.kind != kind:
        raise Refused("absent", str(point_id))
    return found, point


def _may_list(actor: Actor, now: dt.datetime, application: Application) -> PointKind:
    """The kind of point that the actor lists in the file's status; refused to others and in other states."""
    if application.file.status not in LISTED_IN:
        raise Refused("state", _("现在不能增减内容。"))
    party, kind = LISTED_IN[application.file.status]
    refuse_unless(actor=actor, now=now, file=application.file, party=party)
    return kind


def _point(application: Application, point_id: int) -> Point:
    found = application.points.select_for_update().filter(pk=point_id).first()
    if found is None:
        raise Refused("absent", str(point_id))
    return found


def _required(place: str) -> Problem:
    return Problem("required", place, "", _("此项必须填写"), _("请填写后再保存"))


def _texts(point: Point) -> dict[str, str]:
    return {"problem": point.problem, "remedy": point.remedy, "answer": point.answer}


def _record(
    actor: Actor,
    now: dt.datetime,
    application: Application,
    verb: str,
    point: Point,
    before: dict[str, str] | None = None,
) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"certifying.point.{verb}",
        subject_kind=SUBJECT,
        subject_id=application.file_id,
        before=before,
        after={"kind": point.kind, "grade": point.grade, "n": point.n, "about": point.about, **_texts(point)},
    )
