"""What has to be corrected before acceptance: listed by the window, told once, answered one by one."""

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
from apps.matters.constants import MAX_POINTS
from apps.matters.models import MatterCase, Point
from apps.matters.services.cases import lock_case, lock_own
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File
from apps.workflow.policies import exclusions, visible_files
from apps.workflow.selectors.hands import hands_of


def list_point(*, actor: Actor, now: dt.datetime, case_id: int, about: str, problem: str, remedy: str) -> Point:
    """Put a point on the list. The applicant learns of it with the notice, not before."""
    with transaction.atomic():
        found = lock_case(case_id)
        _may_list(actor, now, found.file)
        given = {"about": about.strip(), "problem": problem.strip(), "remedy": remedy.strip()}
        if problems := [_required(name) for name, text in given.items() if not text]:
            raise ProblemsFound(*problems)
        if found.correction_rounds:
            raise Refused("second_correction", _("补正已经一次性告知，不能再增加内容。"))
        last = found.points.aggregate(last=Max("n"))["last"] or 0
        if last >= MAX_POINTS:
            raise Refused("too_many", _("最多列出 %(most)s 项。") % {"most": MAX_POINTS})
        assert actor.user is not None, "a person lists"
        made = Point.objects.create(case=found, n=last + 1, listed_by=actor.user, listed_at=now, **given)
        _record(actor, now, found, "list", made)
    return made


def strike_point(*, actor: Actor, now: dt.datetime, case_id: int, point_id: int) -> None:
    """Take a point off the list before the applicant was told."""
    with transaction.atomic():
        found = lock_case(case_id)
        _may_list(actor, now, found.file)
        point = _point(found, point_id)
        if point.told_at is not None:
            raise Refused("point.told", _("该项已告知申请人，不能划去。"))
        _record(actor, now, found, "strike", point)
        point.delete()


def answer_point(*, actor: Actor, now: dt.datetime, case_id: int, point_id: int, answer: str, version: int) -> Point:
    """The applicant's answer to one point; may be changed until all of them are sent."""
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, case_id=case_id)
        point = _point(found, point_id)
        if point.told_at is None:
            raise Refused("absent", str(point_id))
        if found.file.status != "correction":
            raise Refused("point.closed", _("该项现在不能答复。"))
        if point.version != version:
            raise StaleVersion
        if not answer.strip():
            raise ProblemsFound(_required("answer"))
        before = {"answer": point.answer}
        point.answer, point.answered_at = answer.strip(), now
        point.version += 1
        point.save(update_fields=["answer", "answered_at", "version"])
        _record(actor, now, found, "answer", point, before)
    return point


def _may_list(actor: Actor, now: dt.datetime, file: File) -> None:
    """The window, on a file that it sees and from which nothing keeps the person off, while it may be corrected."""
    on = today(now)
    if actor.user is None or not visible_files(actor.user, on).filter(pk=file.pk).exists():
        raise Refused("absent", str(file.pk))
    if file.status != "submitted":
        raise Refused("point.state", _("现在不能增减需要补正的内容。"))
    if Role.WINDOW_CLERK not in roles_held(actor.user, on):
        raise Refused("permission", _("您的岗位不能增减需要补正的内容。"))
    if against := list(exclusions(file, actor.user, on, hands_of(file, on))):
        raise Refused(str(against[0].obstacle), _("；").join(map(str, against)))


def _point(case: MatterCase, point_id: int) -> Point:
    found = case.points.select_for_update().filter(pk=point_id).first()
    if found is None:
        raise Refused("absent", str(point_id))
    return found


def _required(place: str) -> Problem:
    return Problem("required", place, "", _("此项必须填写"), _("请填写后再保存"))


def _record(
    actor: Actor, now: dt.datetime, case: MatterCase, verb: str, point: Point, before: dict[str, str] | None = None
) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"matters.point.{verb}",
        subject_kind=SUBJECT,
        subject_id=case.file_id,
        before=before,
        after={"n": point.n, "about": point.about, "problem": point.problem, "answer": point.answer},
    )
