"""Changes that have to be filed: opened by the change itself, filed by the institution, confirmed by a supervisor."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.institutions.constants import ChangeState, DutyCode
from apps.institutions.models import ChangeFiling, Institution
from apps.institutions.selectors.duties import due_day
from apps.institutions.services.locking import lock_for_edit, lock_for_supervision, note

SHORTEST_STATEMENT = 5


def open_change(institution: Institution, kind: str, occurred_on: dt.date, description: str) -> ChangeFiling | None:
    """Part of an act that changes the file: what was changed waits to be filed. None if no rule asks for it."""
    due = due_day(DutyCode.CHANGE, occurred_on)
    if due is None:
        return None
    return ChangeFiling.objects.create(
        institution=institution, kind=kind, occurred_on=occurred_on, description=description[:500], due_on=due
    )


def file_change(*, actor: Actor, now: dt.datetime, change_id: int, version: int, statement: str) -> ChangeFiling:
    """The institution files a change. Writes the filing and an audit row."""
    if len(statement.strip()) < SHORTEST_STATEMENT:
        rule = _("请说明变更的内容和依据（不少于%(n)d字）") % {"n": SHORTEST_STATEMENT}
        raise ProblemsFound(Problem("change.statement", "statement", statement, rule, _("例如变更登记通知书文号")))
    with transaction.atomic():
        change = _lock(actor, now, change_id, version, supervised=False)
        if change.state != ChangeState.OPEN:
            raise Refused("change.filed", _("这项变更已经报备"))
        change.state, change.statement, change.filed_on = ChangeState.FILED, statement.strip(), today(now)
        _save(change, ["state", "statement", "filed_on"])
        after = {"change": change.pk, "kind": change.kind, "late": change.filed_on > change.due_on}
        note("change.file", change.institution, actor=actor, now=now, after=after)
        return change


def acknowledge_change(*, actor: Actor, now: dt.datetime, change_id: int, version: int) -> ChangeFiling:
    """A supervisor confirms that a change was filed."""
    with transaction.atomic():
        change = _lock(actor, now, change_id, version, supervised=True)
        if change.state != ChangeState.FILED:
            raise Refused("change.state", _("只有已报备的变更可以确认"))
        change.state, change.acknowledged_on = ChangeState.ACKNOWLEDGED, today(now)
        _save(change, ["state", "acknowledged_on"])
        note(
            "change.acknowledge",
            change.institution,
            actor=actor,
            now=now,
            after={"change": change.pk, "kind": change.kind},
        )
        return change


def _lock(actor: Actor, now: dt.datetime, change_id: int, version: int, *, supervised: bool) -> ChangeFiling:
    institution_id = ChangeFiling.objects.values_list("institution_id", flat=True).get(pk=change_id)
    if supervised:
        lock_for_supervision(actor, institution_id)
    else:
        lock_for_edit(actor=actor, now=now, institution_id=institution_id)
    change = ChangeFiling.objects.select_for_update(of=("self",)).select_related("institution").get(pk=change_id)
    if change.version != version:
        raise StaleVersion
    return change


def _save(change: ChangeFiling, columns: list[str]) -> None:
    change.version += 1
    change.save(update_fields=[*columns, "version"])
