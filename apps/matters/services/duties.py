"""What the holder of a decision says of the duties that came with it; its papers are handed in like any other."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.matters.models import CaseDuty
from apps.matters.services.cases import SHOWN_IN, lock_own
from apps.workflow.constants import SUBJECT


def write_duty(
    *,
    actor: Actor,
    now: dt.datetime,
    case_id: int,
    duty_id: int,
    done_on: dt.date | None,
    statement: str,
    version: int,
) -> CaseDuty:
    """Keep when and how a duty was done; sent with all others by the step `show`."""
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, case_id=case_id)
        row = found.duties.select_for_update().filter(pk=duty_id).first()
        if row is None:
            raise Refused("absent", str(duty_id))
        if found.file.status not in SHOWN_IN:
            raise Refused("duty.closed", _("现在不能填写义务履行情况。"))
        if row.version != version:
            raise StaleVersion
        if problems := _problems(done_on, statement, found.decided_on, today(now)):
            raise ProblemsFound(*problems)
        before = {"done_on": str(row.done_on or ""), "statement": row.statement}
        row.done_on, row.statement, row.told_at = done_on, statement.strip(), now
        row.version += 1
        row.save()
        audit.record(
            actor=actor,
            now=now,
            action="matters.duty.write",
            subject_kind=SUBJECT,
            subject_id=found.file_id,
            before=before,
            after={"code": row.code, "done_on": str(row.done_on), "statement": row.statement},
        )
    return row


def _problems(done_on: dt.date | None, statement: str, decided_on: dt.date | None, on: dt.date) -> list[Problem]:
    found = []
    if not statement.strip():
        found.append(Problem("required", "statement", "", _("请说明履行情况"), _("例如：样品已全部销毁，见证明")))
    if done_on is None:
        found.append(Problem("required", "done_on", "", _("履行日期必须填写"), _("请填写实际日期")))
    elif done_on > on or (decided_on is not None and done_on < decided_on):
        rule = _("履行日期应在决定日 %(first)s 至今日 %(last)s 之间") % {"first": decided_on, "last": on}
        found.append(Problem("day", "done_on", str(done_on), rule, _("请填写实际日期")))
    return found
