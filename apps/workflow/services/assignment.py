"""Putting a file into hands: claimed from the pool, assigned by a leader, handed over with a reason."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.notifications.services import enqueue
from apps.parties.selectors import ban_on_person, ban_problem
from apps.workflow.bindings import path_of, process_of
from apps.workflow.constants import ASSIGNED, SUBJECT, How
from apps.workflow.models import Assignment, File, Named, Recusal
from apps.workflow.policies import exclusions, leads, visible_files
from apps.workflow.rules import desk_of
from apps.workflow.selectors.hands import delegates_of, hands_of, people_for
from apps.workflow.services.engine import lock_file
from apps.workflow.services.placing import place, put_down, take_up, unfit


def claim(*, actor: Actor, now: dt.datetime, file_id: int) -> Assignment:
    """Take a file out of the pool. Of two at once one wins; the other is told who."""
    assert actor.user is not None, "only a person claims a file"
    with transaction.atomic():
        file = _locked(actor, file_id, now)
        if file.holder_id is not None:
            raise Refused("held", _("该件已由 %(who)s 承办。") % {"who": file.holder})
        role = role_for(file, actor.user, today(now))
        return _give(actor, now, file, actor.user, role, How.CLAIMED, "")


def assign(*, actor: Actor, now: dt.datetime, file_id: int, user_id: int, reason: str = "") -> Assignment:
    """A leader puts a file into somebody's hands, out of the pool or out of another's."""
    with transaction.atomic():
        file = _locked(actor, file_id, now)
        _require_leader(actor, file, now)
        user = _person(user_id)
        if file.holder_id == user.pk:
            raise Refused("held", _("该件已由 %(who)s 承办。") % {"who": user})
        return _give(actor, now, file, user, role_for(file, user, today(now)), How.ASSIGNED, reason)


def hand_over(*, actor: Actor, now: dt.datetime, file_id: int, user_id: int, reason: str) -> Assignment:
    """Whoever holds a file, or stands for the holder, gives it to a colleague and says why."""
    if not reason.strip():
        raise ProblemsFound(Problem("required", "reason", "", _("移交须说明理由"), _("请填写理由")))
    with transaction.atomic():
        file = _locked(actor, file_id, now)
        if actor.user_id not in {file.holder_id, *delegates_of(file.holder_id, today(now))} - {None}:
            raise Refused("holder", _("只有承办人可以移交该件。"))
        user = _person(user_id)
        return _give(actor, now, file, user, role_for(file, user, today(now)), How.HANDED_OVER, reason)


def recuse(*, actor: Actor, now: dt.datetime, file_id: int, reason: str, user_id: int | None = None) -> Recusal:
    """Somebody withdraws from a file, or a leader takes them off it; for good, and on record."""
    if not reason.strip():
        raise ProblemsFound(Problem("required", "reason", "", _("回避须说明理由"), _("请填写理由")))
    with transaction.atomic():
        file = _locked(actor, file_id, now)
        if user_id not in (None, actor.user_id):
            _require_leader(actor, file, now)
        user = _person(user_id or actor.user_id or 0)
        if Recusal.objects.filter(file=file, user=user).exists():
            raise Refused("recused_already", _("%(who)s 已就本件回避。") % {"who": user})
        made = Recusal.objects.create(file=file, user=user, reason=reason, at=now, by_label=actor.label)
        if file.holder_id == user.pk:
            put_down(now=now, file=file, current=file.assignments.filter(until=None).first())
            place(actor=actor, now=now, file=file)
        Named.objects.filter(file=file, user=user, until=None).update(until=now)
        _record(actor, now, file, "workflow.file.recuse", {"user": user.pk}, reason)
    return made


def name_person(*, actor: Actor, now: dt.datetime, file_id: int, user_id: int, role: str) -> Named:
    """Let somebody see and work one file in a role that sees nothing else. The calling app asks who may name."""
    with transaction.atomic():
        file = _locked(actor, file_id, now)
        user = _person(user_id)
        if not people_for(file, role, today(now)).filter(pk=user.pk).exists():
            raise Refused("role", _("%(who)s 没有该岗位。") % {"who": user})
        against = list(exclusions(file, user, today(now), hands_of(file, today(now))))
        if against:
            raise Refused("unfit", _unfit_text(user, [str(found) for found in against]))
        ban = ban_on_person(user.display_name, "", today(now))  # an account shows no document
        if ban is not None:
            raise ProblemsFound(ban_problem(ban, "user"))
        made, created = Named.objects.get_or_create(
            file=file, user=user, role=role, until=None, defaults={"since": now}
        )
        if created:
            _record(actor, now, file, "workflow.file.name", {"user": user.pk, "role": role}, "")
    return made


def unname_person(*, actor: Actor, now: dt.datetime, file_id: int, user_id: int, role: str) -> None:
    """End the naming: the person no longer sees the file."""
    with transaction.atomic():
        file = _locked(actor, file_id, now)
        if Named.objects.filter(file=file, user_id=user_id, role=role, until=None).update(until=now):
            _record(actor, now, file, "workflow.file.unname", {"user": user_id, "role": role}, "")


def role_for(file: File, user: User, on: dt.date) -> str:
    """The role in which the person can take the file as it stands; refused with every reason if in none."""
    table = process_of(file.process)
    roles = sorted(desk_of(table, file.status))
    if not roles:
        rule = _("“%(state)s”环节不由工作人员承办，无需分派。")
        raise Refused("no_desk", rule % {"state": table.state(file.status).label})
    hands = hands_of(file, on)
    against: list[str] = []
    for role in roles:
        for step in table.steps_from(file.status):
            if role in step.by:
                found = unfit(file, step, user, on, hands)
                if not found and people_for(file, role, on).filter(pk=user.pk).exists():
                    return role
                against += found
    raise Refused("unfit", _unfit_text(user, against))


def _unfit_text(user: User, against: list[str]) -> str:
    return _("%(who)s 不能承办：%(why)s") % {"who": user, "why": _("；").join(dict.fromkeys(against))}


def _locked(actor: Actor, file_id: int, now: dt.datetime) -> File:
    """The file, locked, if the actor sees it and it is still open; the same refusal for absent and forbidden."""
    file = lock_file(file_id)
    if actor.user is not None and not visible_files(actor.user, today(now)).filter(pk=file.pk).exists():
        raise Refused("absent", str(file_id))
    if file.closed_at is not None:
        raise Refused("closed", _("该件已办结。"))
    return file


def _require_leader(actor: Actor, file: File, now: dt.datetime) -> None:
    if not leads(actor.user, file, today(now)):
        raise Refused("permission")


def _person(user_id: int) -> User:
    found = User.objects.filter(pk=user_id, is_active=True).first()
    if found is None:
        raise ProblemsFound(Problem("absent", "user", str(user_id), _("没有这位工作人员"), _("请从列表中选择")))
    return found


def _give(actor: Actor, now: dt.datetime, file: File, user: User, role: str, how: How, reason: str) -> Assignment:
    before = file.holder_id
    put_down(now=now, file=file, current=file.assignments.filter(until=None).first())
    made = take_up(now=now, file=file, user=user, role=role, how=how, by=actor.label, reason=reason)
    after = {"holder": user.pk, "role": role, "before": before}
    _record(actor, now, file, f"workflow.file.{how}", after, reason)
    if user.pk != actor.user_id:
        _tell(now, file, made, actor, reason)
    return made


def _tell(now: dt.datetime, file: File, made: Assignment, actor: Actor, reason: str) -> None:
    params = {
        "number": file.number,
        "title": file.title,
        "organisation": file.organisation.name,
        "person": actor.label,
        "reason": reason,
        "path": path_of(file),
    }
    enqueue(topic=ASSIGNED, key=(made.pk,), params=params, user_ids=[made.user_id], now=now)


def _record(actor: Actor, now: dt.datetime, file: File, action: str, after: dict[str, object], reason: str) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=action,
        subject_kind=SUBJECT,
        subject_id=file.pk,
        after={"number": file.number, **after},
        reason=reason,
    )
