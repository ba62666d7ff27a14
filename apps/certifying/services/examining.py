"""Writing up an examination, and the leader's advice."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.certifying.constants import Advice, Stage, StageResult, TeamRole
from apps.certifying.models import Application, Examination
from apps.certifying.rules.applying import AUDIT
from apps.certifying.rules.stages import STATE_OF, stages
from apps.certifying.services.applications import lock_application
from apps.certifying.services.working import refuse_unless
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition

TESTED = (Stage.TYPE_TEST, Stage.SAMPLING)


def report_stage(
    *,
    actor: Actor,
    now: dt.datetime,
    application_id: int,
    stage: str,
    from_on: dt.date,
    to_on: dt.date,
    result: str,
    summary: str,
    laboratory: str = "",
    report_number: str = "",
) -> Examination:
    """Write down what came of a stage; written again, it replaces what stood there (the trail keeps it)."""
    with transaction.atomic():
        found = lock_application(application_id)
        refuse_unless(actor=actor, now=now, file=found.file, party=AUDIT)
        if stage not in open_stages(found):
            raise Refused("stage", _("现在不能登记这一阶段。"))
        given = {"summary": summary, **({"laboratory": laboratory, "report_number": report_number})}
        problems = [_required(name) for name, text in given.items() if not text.strip() and _needed(stage, name)]
        problems += _day_problems(from_on, to_on, today(now))
        if result not in StageResult.values:
            problems.append(_required("result"))
        if problems:
            raise ProblemsFound(*problems)
        before = found.examinations.filter(stage=stage).first()
        values = {"from_on": from_on, "to_on": to_on, "result": result, **given}
        made, _created = found.examinations.update_or_create(
            stage=stage, defaults={**values, "reported_by": actor.user, "reported_at": now}
        )
        told = {"stage": stage, "result": result, "report_number": report_number}
        _record(actor, now, found, "report", told, {"summary": before.summary} if before else None)
    return made


def open_stages(application: Application) -> list[Stage]:
    """The stages that are written up while the file is where it is: those of its state, after a correction all."""
    of = application.project
    every = stages(of.group, of.shape, application.kind)
    status = application.file.status
    return [stage for stage in every if status in (STATE_OF[stage], "verification")]


def advised(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of the recommendation: the leader's, nobody else's on the team."""
    application = Application.objects.get(file=file)
    leads = application.team.filter(user=actor.user, role=TeamRole.LEADER, left_at=None)
    if actor.user is None or not leads.exists():
        raise Refused("leader", _("推荐意见由审核组长提出。"))
    advice = transition.inputs["advice"]
    if advice not in Advice.values:
        raise ProblemsFound(Problem("advice", "advice", advice, _("没有这一意见"), _("请从列表中选择")))
    application.advice = advice
    application.version += 1
    application.save(update_fields=["advice", "version"])


def _needed(stage: str, name: str) -> bool:
    return name == "summary" or stage in TESTED


def _day_problems(first: dt.date, last: dt.date, on: dt.date) -> list[Problem]:
    found = []
    if last < first:
        rule = _("结束日期早于开始日期")
        found.append(Problem("order", "to_on", last.isoformat(), rule, _("请核对两个日期")))
    if last > on:
        rule = _("结果在结束之后登记，日期不能晚于今天")
        found.append(Problem("future", "to_on", last.isoformat(), rule, _("请核对日期")))
    return found


def _required(place: str) -> Problem:
    return Problem("required", place, "", _("此项必须填写"), _("请填写后再保存"))


def _record(
    actor: Actor,
    now: dt.datetime,
    application: Application,
    verb: str,
    after: Mapping[str, object],
    before: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"certifying.audit.{verb}",
        subject_kind=SUBJECT,
        subject_id=application.file_id,
        before=dict(before) if before else None,
        after=dict(after),
    )
