"""Starting, stopping, pausing and extending the clock of one limit on one subject.

Called by workflow.advance with what the process table says, in its transaction; the caller holds the subject's row
lock. Each takes `on`, the legal date of the event, which may lie before today, never after.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.clock import lapses, selectors
from apps.clock.constants import OPEN, DeadlineState, EventKind
from apps.clock.models import Deadline
from apps.clock.rules import ONE_DAY, CalendarMissing, LastDay, Pause, Rule, Span, due_under
from apps.clock.services.events import note
from apps.clock.services.locking import calendar_missing, hold_calendar
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused

OUTCOMES = {"met": DeadlineState.MET, "withdrawn": DeadlineState.WITHDRAWN}


def start(*, actor: Actor, now: dt.datetime, on: dt.date, subject_kind: str, subject_id: int, code: str) -> Deadline:
    """Let a limit run from `on`, which is not counted, under the rule of that day."""
    hold_calendar()
    _not_in_future(on, now)
    rules = selectors.rules_from(code, on)
    if not rules:
        raise ProblemsFound(_no_limit(code, on))
    rule, last = _count(on, rules, selectors.History())
    assert last is not None, "nothing was paused yet"
    assert rule.key is not None, "the rule is a row"
    try:
        with transaction.atomic():
            deadline = Deadline.objects.create(
                subject_kind=subject_kind,
                subject_id=subject_id,
                code=code,
                limit_id=rule.key,
                started_on=on,
                due_on=last.on,
                provisional=last.provisional,
            )
    except IntegrityError as fault:
        raise Refused("clock.running", code) from fault
    note(actor=actor, now=now, deadline=deadline, kind=EventKind.START, on=on, before=None)
    return deadline


def pause(
    *,
    actor: Actor,
    now: dt.datetime,
    on: dt.date,
    subject_kind: str,
    subject_id: int,
    code: str,
    reason: str,
    evidence: str = "",
) -> Deadline:
    """Stop the clock after `on`; it does not stop once the last day is over."""
    hold_calendar()
    deadline = _locked(subject_kind, subject_id, code)
    _in_order(deadline, on, now)
    if not reason.strip():
        raise ProblemsFound(_no_reason())
    if deadline.state != DeadlineState.RUNNING:
        raise Refused("clock.not_running", deadline.state)
    _not_over(deadline, on)
    before = deadline.due_on
    deadline.state, deadline.due_on, deadline.provisional = DeadlineState.PAUSED, None, False
    _save(deadline)
    told = {"reason": reason, "evidence": evidence}
    note(actor=actor, now=now, deadline=deadline, kind=EventKind.PAUSE, on=on, before=before, **told)
    return deadline


def resume(
    *,
    actor: Actor,
    now: dt.datetime,
    on: dt.date,
    subject_kind: str,
    subject_id: int,
    code: str,
    reason: str = "",
    evidence: str = "",
) -> Deadline:
    """Let the clock go on after `on` with what was left when it stopped."""
    hold_calendar()
    deadline = _locked(subject_kind, subject_id, code)
    _in_order(deadline, on, now)
    if deadline.state != DeadlineState.PAUSED:
        raise Refused("clock.not_paused", deadline.state)
    history = selectors.histories([deadline.pk])[deadline.pk]
    history.pauses[-1] = Pause(history.pauses[-1].began_on, on)
    deadline.state = DeadlineState.RUNNING
    _recount(deadline, history)
    _save(deadline)
    told = {"reason": reason, "evidence": evidence}
    note(actor=actor, now=now, deadline=deadline, kind=EventKind.RESUME, on=on, before=None, **told)
    return deadline


def extend(
    *,
    actor: Actor,
    now: dt.datetime,
    on: dt.date,
    subject_kind: str,
    subject_id: int,
    code: str,
    by_code: str,
    reason: str,
) -> Deadline:
    """Lengthen a limit by what another limit says, once (Administrative Licensing Law, art. 42: ten working days)."""
    hold_calendar()
    deadline = _locked(subject_kind, subject_id, code)
    _in_order(deadline, on, now)
    by = selectors.limit_on(by_code, on)
    if problems := [*([] if by else [_no_limit(by_code, on)]), *([] if reason.strip() else [_no_reason()])]:
        raise ProblemsFound(*problems)
    assert by is not None, "a missing limit was raised above"
    if deadline.state not in OPEN:
        raise _lapsed(deadline)
    _not_over(deadline, on)
    if deadline.events.filter(extension__code=by_code).exists():
        raise Refused("clock.extended_already", by_code)
    before = deadline.due_on
    history = selectors.histories([deadline.pk])[deadline.pk]
    history.extensions.append(Span(by.value, by.unit))
    _recount(deadline, history)
    _save(deadline)
    told = {"reason": reason, "extension": by}
    note(actor=actor, now=now, deadline=deadline, kind=EventKind.EXTEND, on=on, before=before, **told)
    return deadline


def stop(
    *,
    actor: Actor,
    now: dt.datetime,
    on: dt.date,
    subject_kind: str,
    subject_id: int,
    code: str,
    outcome: str = "met",
    reason: str = "",
) -> Deadline:
    """The act is done ("met"), or its matter withdrawn. Done too late is written down as lapsed, then done.

    Where the law itself acted on the last day (a consequence is registered) it is too late for the act.
    """
    hold_calendar()
    deadline = _locked(subject_kind, subject_id, code)
    _in_order(deadline, on, now)
    state = OUTCOMES[outcome]
    if state == DeadlineState.MET and deadline.due_on is not None and on > deadline.due_on:
        if deadline.state == DeadlineState.RUNNING:
            if lapses.consequence_of(code):
                raise _lapsed(deadline)
            lapse(actor=actor, now=now, deadline=deadline)
        state = DeadlineState.LAPSED
    deadline.state, deadline.ended_on = state, on
    _save(deadline)
    kind = EventKind.WITHDRAW if outcome == "withdrawn" else EventKind.MET
    note(actor=actor, now=now, deadline=deadline, kind=kind, on=on, before=deadline.due_on, reason=reason)
    return deadline


def lapse(*, actor: Actor, now: dt.datetime, deadline: Deadline) -> None:
    """The last day is over: said by the sweep, or by an act that comes too late. The caller holds the row's lock."""
    assert deadline.due_on is not None, "a running clock has a last day"
    deadline.state = DeadlineState.LAPSED
    _save(deadline)
    on = deadline.due_on + ONE_DAY
    note(actor=actor, now=now, deadline=deadline, kind=EventKind.LAPSE, on=on, before=deadline.due_on)


def _locked(kind: str, subject_id: int, code: str) -> Deadline:
    rows = Deadline.objects.select_for_update().filter(subject_kind=kind, subject_id=subject_id, code=code)
    found = rows.filter(ended_on=None).first()
    if found is None:
        raise Refused("clock.none", code)
    return found


def _save(deadline: Deadline) -> None:
    deadline.version += 1
    deadline.save()


def _recount(deadline: Deadline, history: selectors.History) -> None:
    rules = selectors.rules_from(deadline.code, deadline.started_on)
    rule, last = _count(deadline.started_on, rules, history)
    assert rule.key is not None, "the rule is a row"
    deadline.limit_id = rule.key
    deadline.due_on, deadline.provisional = (last.on, last.provisional) if last else (None, False)


def _count(start: dt.date, rules: list[Rule], history: selectors.History) -> tuple[Rule, LastDay | None]:
    try:
        return due_under(start, rules, history.pauses, history.extensions, selectors.calendar_from(start))
    except CalendarMissing as missing:
        raise calendar_missing(missing.day) from missing


def _not_in_future(on: dt.date, now: dt.datetime) -> None:
    if on > today(now):
        raise ProblemsFound(
            Problem("future", "on", on.isoformat(), _("期限事项的日期不能晚于今天"), _("请填写今天或更早的日期"))
        )


def _in_order(deadline: Deadline, on: dt.date, now: dt.datetime) -> None:
    """What happens to a clock happens after what already happened to it."""
    _not_in_future(on, now)
    acts = deadline.events.exclude(kind__in=[EventKind.RECOMPUTE, EventKind.LAPSE])
    last = acts.order_by("-n").values_list("on", flat=True).first()
    if last is not None and on < last:
        rule = _("日期早于该期限的上一事项（%(day)s）") % {"day": last.isoformat()}
        raise ProblemsFound(Problem("order", "on", on.isoformat(), rule, _("请填写该日或更晚的日期")))


def _not_over(deadline: Deadline, on: dt.date) -> None:
    if deadline.due_on is not None and on > deadline.due_on:
        raise _lapsed(deadline)


def _lapsed(deadline: Deadline) -> Refused:
    words = {"name": deadline.limit.name, "day": deadline.due_on}
    return Refused("clock.lapsed", _("“%(name)s”的期限已于 %(day)s 届满，不能再办理；系统将按规定处理。") % words)


def _no_limit(code: str, on: dt.date) -> Problem:
    rule = _("%(day)s 没有现行有效的时限 %(code)s") % {"day": on.isoformat(), "code": code}
    return Problem("no_limit", "code", code, rule, _("请在“法定时限”中补充该时限"))


def _no_reason() -> Problem:
    return Problem("required", "reason", "", _("中止或延长期限须说明理由"), _("请填写理由"))
