"""The only writer of a status: `open_file` begins a file, `advance` takes a step, both as the table says."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Unit
from apps.audit import services as audit
from apps.clock.selectors import earliest_due
from apps.clock.services import deadlines
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.core.services import next_number
from apps.parties.models import Organisation
from apps.parties.services.holding import hold_organisation
from apps.workflow.bindings import binding_of, process_of
from apps.workflow.constants import OPENED, REASON_LENGTH, SUBJECT, Competence, Obstacle
from apps.workflow.models import File, Transition
from apps.workflow.policies import can_open, hindrances
from apps.workflow.process import CLOCK, Facts, Process, Step
from apps.workflow.selectors.hands import Hands, hands_of
from apps.workflow.services.effects import follow
from apps.workflow.services.placing import place

INPUT_LENGTH = 2_000


def open_file(
    *,
    actor: Actor,
    now: dt.datetime,
    process: str,
    matter: str,
    organisation: Organisation,
    title: str,
    division_code: str,
    unit: Unit,
    competence: str = Competence.OWN,
    handler: Organisation | None = None,
) -> File:
    """Begin a file at the start of its process, numbered without gaps; write its first transition and trail entry."""
    table = process_of(process)
    if table.matters and matter not in table.matters:
        raise Refused("matter", matter)
    with transaction.atomic():
        if not can_open(actor.user, table, organisation.pk, today(now), handler.pk if handler else None):
            raise Refused("permission", str(Obstacle.PERMISSION.label))
        file = File.objects.create(
            process=process,
            matter=matter,
            number=_number(table, now),
            title=title[:200],
            organisation=organisation,
            division_code=division_code,
            unit=unit,
            handler=handler,
            competence=competence,
            status=table.start,
            status_since=now,
            opened_at=now,
            submitted_at=None if table.state(table.start).waits else now,
        )
        _write_transition(actor, now, file, step=OPENED, before="", after=table.start)
        _start_limits(actor, now, file, table)
        place(actor=actor, now=now, file=file)
        _record(actor, now, file, None, OPENED, "")
    return file


def advance(
    *,
    actor: Actor,
    now: dt.datetime,
    file_id: int,
    version: int,
    step: str,
    inputs: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Transition:
    """Take a step: the one way in which a status changes. Joins the caller's transaction.

    Asked after the row lock: version, status, route, role, scope, separation of duties, recusal and conflicts, then
    required inputs and guards, all of them at once. Blanks are nothing given, and none are kept around an input.
    Written: transition, file, clocks, the app's own effects, hands, documents, public fact, messages, trail.
    """
    given = {name: value.strip() if isinstance(value, str) else value for name, value in (inputs or {}).items()}
    with transaction.atomic():
        file = lock_file(file_id)
        table = process_of(file.process)
        row = _row(table, step)
        if file.version != version:
            raise StaleVersion
        if file.status not in row.sources:
            raise Refused("status", _("“%(step)s”不能在“%(state)s”环节办理。") % _words(table, row, file))
        hands = hands_of(file, today(now))
        _admit(actor, file, row, today(now), hands)
        facts = binding_of(file.process).facts(file)
        if row.applies is not None and not row.applies(facts):
            raise Refused("route", _("“%(step)s”不适用于本件的办理路径。") % _words(table, row, file))
        if problems := problems_of(row, facts, given, reason):
            raise ProblemsFound(*problems)
        taken = _move(actor, now, file, row, table, hands, given, reason)
        follow(actor=actor, now=now, file=file, transition=taken, step=row)
        _record(actor, now, file, taken.from_status, row.code, reason)
    return taken


def lock_file(file_id: int) -> File:
    """The file, its row locked: the first lock of every act on a file. Refused if it does not exist.

    Its organisation is held before it, the order of a merge; a file that a merge moved just then is read anew.
    """
    owner = File.objects.filter(pk=file_id).values_list("organisation_id", flat=True).first()
    if owner is None:
        raise Refused("absent", str(file_id))
    hold_organisation(owner)
    found = File.objects.select_for_update(of=("self",)).select_related("organisation", "holder", "unit", "handler")
    file = found.get(pk=file_id)
    if file.organisation_id != owner:
        raise StaleVersion
    return file


def problems_of(step: Step, facts: Facts, inputs: Mapping[str, Any], reason: str) -> list[Problem]:
    """Everything wrong with what was given for a step: missing inputs, missing reason, what the guards say."""
    problems = [_missing(name) for name in step.inputs if inputs.get(name) in (None, "", [], {})]
    if step.reason_required and not reason.strip():
        problems.append(_missing("reason"))
    if len(reason) > REASON_LENGTH:
        rule = _("不能超过 %(most)s 字") % {"most": REASON_LENGTH}
        problems.append(Problem("too_long", "reason", reason[:20], rule, _("请精简理由，详情可作为材料上传")))
    found = (guard(facts, inputs) for guard in step.needs)
    return [*problems, *(problem for problem in found if problem is not None)]


def _missing(name: str) -> Problem:
    return Problem("required", name, "", _("此项必须填写"), _("请填写后再办理"))


def _start_limits(actor: Actor, now: dt.datetime, file: File, table: Process) -> None:
    """The limits that run from the day on which a file is opened."""
    for code in table.starts:
        deadlines.start(actor=actor, now=now, on=today(now), subject_kind=SUBJECT, subject_id=file.pk, code=code)
    if table.starts:
        file.due_on = earliest_due(SUBJECT, file.pk)
        file.save(update_fields=["due_on"])


def _row(table: Process, step: str) -> Step:
    try:
        return table.step(step)
    except KeyError:
        raise Refused("step", step) from None


def _admit(actor: Actor, file: File, row: Step, on: dt.date, hands: Hands) -> None:
    """Refuse with every reason at once. The system takes the clock's steps, and nobody else's."""
    if actor.user is None:
        if row.by != (CLOCK,):
            raise Refused("permission", str(Obstacle.PERMISSION.label))
        return
    found = hindrances(file, row, actor.user, on, hands)
    if found:
        raise Refused(str(found[0].obstacle), _("；").join(str(one) for one in found))


def _move(
    actor: Actor,
    now: dt.datetime,
    file: File,
    row: Step,
    table: Process,
    hands: Hands,
    inputs: Mapping[str, Any],
    reason: str,
) -> Transition:
    """The transition, then the file: in this order the database accepts the status."""
    shown = {name: str(inputs[name])[:INPUT_LENGTH] for name in row.asked if name in inputs}
    for_whom = file.holder_id if actor.user_id in hands.delegates else None
    before = file.status
    file.version += 1
    taken = _write_transition(
        actor, now, file, step=row.code, before=before, after=row.target, reason=reason, inputs=shown, for_whom=for_whom
    )
    file.status, file.status_since = row.target, now
    if file.submitted_at is None and not table.state(row.target).waits:
        file.submitted_at = now
    if table.state(row.target).final:
        file.closed_at = now
    file.save(update_fields=["status", "status_since", "version", "submitted_at", "closed_at"])
    return taken


def _write_transition(
    actor: Actor,
    now: dt.datetime,
    file: File,
    *,
    step: str,
    before: str,
    after: str,
    reason: str = "",
    inputs: Mapping[str, str] | None = None,
    for_whom: int | None = None,
) -> Transition:
    return Transition.objects.create(
        file=file,
        version=file.version,
        step=step,
        from_status=before,
        to_status=after,
        person=actor.user,
        on_behalf_of_id=for_whom,
        actor_label=actor.label,
        organisation_id=actor.organisation_id,
        at=now,
        reason=reason,
        inputs=dict(inputs or {}),
    )


def _number(table: Process, now: dt.datetime) -> str:
    """TRZ-2026-00001: counted by prefix and year."""
    year = today(now).year
    return f"{table.prefix}-{year}-{next_number(f'file:{table.prefix}:{year}'):05d}"


def _words(table: Process, row: Step, file: File) -> dict[str, object]:
    return {"step": row.label, "state": table.state(file.status).label}


def _record(actor: Actor, now: dt.datetime, file: File, before: str | None, step: str, reason: str) -> None:
    audit.record(
        actor=actor,
        now=now,
        action="workflow.file.open" if step == OPENED else "workflow.file.advance",
        subject_kind=SUBJECT,
        subject_id=file.pk,
        before=None if before is None else {"status": before},
        after={"number": file.number, "step": step, "status": file.status, "version": file.version},
        reason=reason,
    )
