"""One act on many files: each file succeeds or fails for itself, and says why. A foreign file fails the whole batch."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.models import User
from apps.accounts.policies import require
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from apps.notifications.services import enqueue
from apps.workflow.bindings import path_of, process_of
from apps.workflow.constants import BULK_LIMIT, REMINDED, SUBJECT
from apps.workflow.models import File
from apps.workflow.policies import visible_files
from apps.workflow.process import APPLICANT, HOLDER
from apps.workflow.rules import desk_of
from apps.workflow.services.assignment import assign, role_for
from apps.workflow.services.effects import people_told
from apps.workflow.services.engine import lock_file


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes, or became, of one file. `said`: to whom it goes, or why not."""

    file: File
    done: bool
    said: str


def chosen_files(*, actor: Actor, now: dt.datetime, ids: Sequence[int]) -> list[File]:
    """The chosen files in the order of their numbers; the whole batch is refused if the actor lacks sight of one."""
    require(actor, Permission.FILE_ASSIGN)
    wanted = set(ids)
    if not 0 < len(wanted) <= BULK_LIMIT:
        raise Refused("bulk", _("一次请选择 1 到 %(most)s 件。") % {"most": BULK_LIMIT})
    seen = visible_files(actor.user, today(now)) if actor.user is not None else File.objects.all()
    found = list(seen.filter(pk__in=wanted).select_related("organisation", "holder", "unit").order_by("number"))
    if len(found) != len(wanted):
        raise Refused("absent", _("所选案件中有不存在或您无权查看的件，整批未办理。"))
    return found


def preview_assign(files: Sequence[File], user: User, on: dt.date) -> list[Outcome]:
    """What assigning the files to somebody would do to each, without doing it."""
    return [_would_assign(file, user, on) for file in files]


def bulk_assign(*, actor: Actor, now: dt.datetime, ids: Sequence[int], user: User, reason: str = "") -> list[Outcome]:
    """Put each of the files into somebody's hands, if that may be."""
    files = chosen_files(actor=actor, now=now, ids=ids)

    def one(file: File) -> str:
        assign(actor=actor, now=now, file_id=file.pk, user_id=user.pk, reason=reason)
        return _("已分派")

    return [_each(file, one) for file in files]


def preview_remind(files: Sequence[File], on: dt.date) -> list[Outcome]:
    """Who would be reminded of each file."""
    return [_would_remind(file, on) for file in files]


def bulk_remind(*, actor: Actor, now: dt.datetime, ids: Sequence[int], note: str = "") -> list[Outcome]:
    """Remind whoever each file waits for; the same file at most once a day."""
    files = chosen_files(actor=actor, now=now, ids=ids)

    def one(file: File) -> str:
        return _("已提醒 %(count)s 人") % {"count": _remind(actor, now, lock_file(file.pk), note)}

    return [_each(file, one) for file in files]


def _each(file: File, act: Callable[[File], str]) -> Outcome:
    try:
        with transaction.atomic():
            return Outcome(file, True, act(file))
    except Refused as refused:
        return Outcome(file, False, refused.reason or _("未办理"))
    except ProblemsFound as found:
        return Outcome(file, False, _("；").join(str(problem) for problem in found.problems))


def _would_assign(file: File, user: User, on: dt.date) -> Outcome:
    if file.closed_at is not None:
        return Outcome(file, False, _("该件已办结。"))
    if file.holder_id == user.pk:
        return Outcome(file, False, _("已由其承办"))
    try:
        role_for(file, user, on)
    except Refused as refused:
        return Outcome(file, False, refused.reason)
    return Outcome(file, True, _("将分派"))


def _would_remind(file: File, on: dt.date) -> Outcome:
    people = User.objects.filter(pk__in=_waited_for(file, on), is_active=True).count()
    if file.closed_at is not None or not people:
        return Outcome(file, False, _("没有可以提醒的人"))
    waits = process_of(file.process).state(file.status).waits
    told = _("将提醒申请人 %(count)s 人") if waits else _("将提醒工作人员 %(count)s 人")
    return Outcome(file, True, told % {"count": people})


def _waited_for(file: File, on: dt.date) -> set[int]:
    """Whose turn it is: the applicant, the holder, or everybody at the desk while nobody holds the file."""
    table = process_of(file.process)
    if table.state(file.status).waits:
        return people_told(file, APPLICANT, on)
    if file.holder_id is not None:
        return people_told(file, HOLDER, on)
    return {pk for role in desk_of(table, file.status) for pk in people_told(file, role, on)}


def _remind(actor: Actor, now: dt.datetime, file: File, note: str) -> int:
    people = _waited_for(file, today(now)) if file.closed_at is None else set()
    if not people:
        raise Refused("nobody", _("没有可以提醒的人"))
    params = {
        "number": file.number,
        "title": file.title,
        "organisation": file.organisation.name,
        "until": file.due_on.isoformat() if file.due_on else "—",
        "reason": note,
        "path": path_of(file),
    }
    key = (file.pk, file.version, today(now).isoformat())
    if not enqueue(topic=REMINDED, key=key, params=params, user_ids=people, now=now):
        raise Refused("reminded", _("今天已经提醒过"))
    audit.record(
        actor=actor,
        now=now,
        action="workflow.file.remind",
        subject_kind=SUBJECT,
        subject_id=file.pk,
        after={"number": file.number, "people": len(people)},
        reason=note,
    )
    return len(people)
