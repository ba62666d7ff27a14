"""What follows from a step, as its row says: clocks, the app's own writes, hands, papers, public facts, messages."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.audit import services as audit
from apps.clock import selectors as clock
from apps.clock.constants import DeadlineState
from apps.clock.lapses import consequence_of
from apps.clock.rules import CalendarMissing, working_days_between
from apps.clock.services import deadlines
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.documents.services import request
from apps.notifications.services import enqueue
from apps.parties.selectors.memberships import manager_ids_of, running_memberships
from apps.workflow.bindings import binding_of, path_of, process_of
from apps.workflow.constants import SUBJECT, TOLD
from apps.workflow.models import File, Transition
from apps.workflow.process import APPLICANT, HOLDER, Step, duty_of
from apps.workflow.pushing import push
from apps.workflow.selectors.hands import delegates_of, hands_of, people_for, people_in
from apps.workflow.services.placing import place

_LIMITS = ("starts", "stops", "pauses", "resumes")


def follow(*, actor: Actor, now: dt.datetime, file: File, transition: Transition, step: Step) -> None:
    """Everything that a step brings with it, in the transaction of the step."""
    binding = binding_of(file.process)
    own = with_own_limits(step, binding.limits(file))
    run_clocks(actor=actor, now=now, file=file, step=own, reason=_open_reason(transition, step))
    effect = binding.effects.get(step.code)
    if effect is not None:
        effect(actor=actor, now=now, file=file, transition=transition)
    if process_of(file.process).handled and file.submitted_at is not None and file.handler_id is None:
        raise Refused("handler", _("尚未选定办理本件的认证机构。"))
    place(actor=actor, now=now, file=file)
    issue_papers(actor=actor, now=now, file=file, transition=transition, step=step)
    if step.publishes is not None:
        facts = binding.public_facts(file, transition)
        audit.publish(kind=step.publishes, subject_kind="file", subject_id=file.number, facts=facts, now=now)
    tell(actor=actor, now=now, file=file, transition=transition, step=step)
    push(now=now, file=file, transition=transition, step=step)


def with_own_limits(step: Step, own: Mapping[str, str]) -> Step:
    """The row with the limits that this file has instead of the table's."""
    if not own:
        return step
    lists: dict[str, Any] = {name: tuple(own.get(code, code) for code in getattr(step, name)) for name in _LIMITS}
    return replace(step, on_lapse=own.get(step.on_lapse, step.on_lapse), **lists)


def run_clocks(*, actor: Actor, now: dt.datetime, file: File, step: Step, reason: str) -> None:
    """Stop, pause, resume, extend and start what the row names; at an end of the process nothing runs on.

    A limit that this file does not have open is passed over: which ones are open depends on the path it came. So is
    one that is over, where there is nothing left to pause or resume: the bureau's lateness takes no right from anybody,
    and stays written down. Where lateness bars a step, a guard says so, or the consequence that the law itself drew.
    What silence brings about (`from_receipt`) is dated back by law, whenever the sweep came to see it.
    """
    common: dict[str, Any] = {
        "actor": actor,
        "now": now,
        "on": today(now),
        "subject_kind": SUBJECT,
        "subject_id": file.pk,
    }
    running = clock.running(SUBJECT, [file.pk]).get(file.pk, [])
    open_codes = {view.code for view in running}
    going = open_codes - {view.code for view in running if _over(view, today(now))}
    why = reason.strip() or str(step.message)
    receipt = clock.going_since(SUBJECT, file.pk, step.on_lapse) if step.from_receipt else None
    for code in sorted(open_codes & {*step.stops, step.on_lapse}):
        deadlines.stop(**common, code=code)
    for code in sorted(going & {*step.pauses}):
        deadlines.pause(**common, code=code, reason=why)
    for code in sorted(going & {*step.resumes}):
        deadlines.resume(**common, code=code, reason=why)
    for code, by_code in step.extends:
        deadlines.extend(**common, code=code, by_code=by_code, reason=why)
    facts = binding_of(file.process).facts(file) if step.where else None
    for code in (each for each in step.starts if each not in step.where or step.where[each](facts)):
        deadlines.start(**{**common, "on": receipt or common["on"]}, code=code)
    if process_of(file.process).state(file.status).final:
        for code in sorted(open_codes - {*step.stops, step.on_lapse}):
            deadlines.stop(**common, code=code, outcome="withdrawn", reason=why)
        file.days_taken = _days_taken(file, today(now))
    file.due_on = clock.earliest_due(SUBJECT, file.pk)
    file.save(update_fields=["due_on", "days_taken"])


def _over(view: clock.DeadlineView, on: dt.date) -> bool:
    """Whether the last day is behind; where silence has a consequence, only once that was drawn."""
    passed = view.due_on is not None and view.due_on < on and consequence_of(view.code) is None
    return passed or view.state == DeadlineState.LAPSED


def _open_reason(transition: Transition, step: Step) -> str:
    """The reason, if the applicant may read it: the ledger of a file's clocks lies open to them."""
    return transition.reason if APPLICANT in {*step.tells, *step.by} else ""


def issue_papers(*, actor: Actor, now: dt.datetime, file: File, transition: Transition, step: Step) -> None:
    """Ask for the row's documents; a worker typesets them. A retried act asks with the same key and gets the same."""
    for template in step.issues:
        request(
            actor=actor,
            now=now,
            request_key=f"{SUBJECT}:{file.pk}:{transition.version}:{template}",
            template=template,
            subject_kind=SUBJECT,
            subject_id=file.pk,
            params=binding_of(file.process).paper(file, transition, template),
        )


def tell(*, actor: Actor, now: dt.datetime, file: File, transition: Transition, step: Step) -> None:
    """A message to everybody whom the row names, in both languages: each reads it in their own."""
    people = {pk for who in step.tells for pk in people_told(file, who, today(now))}
    if APPLICANT not in step.tells:
        people.discard(actor.user_id or 0)  # nobody needs a message about what they just did; an applicant, a receipt
    if not people:
        return
    binding = binding_of(file.process)
    params = {
        **binding.params(file, transition),
        "number": file.number,
        "title": file.title,
        "organisation": file.organisation.name,
        "message": in_language("zh-hans", step.message),
        "message_en": in_language("en", step.message),
        "reason": transition.reason,
        "path": path_of(file),
    }
    enqueue(topic=TOLD, key=(file.pk, transition.version), params=params, user_ids=people, now=now)


def people_told(file: File, who: str, on: dt.date) -> set[int]:
    """The ids behind a party of the table: APPLICANT, HOLDER, a role, or a duty in the body (else its managers)."""
    further = set(binding_of(file.process).people(file, who))
    if who == APPLICANT:
        managers = manager_ids_of([file.organisation_id], on).get(file.organisation_id, [])
        return further | {*managers} | _applicants(file, on)
    if who == HOLDER:
        return further | ({file.holder_id, *delegates_of(file.holder_id, on)} if file.holder_id else set())
    hands = hands_of(file, on)
    if who in process_of(file.process).named_only:
        return further | hands.named.get(who, frozenset())
    if file.holder_id is not None and hands.role == who:
        return further | {file.holder_id, *hands.delegates}
    if duty_of(who) is not None:
        on_duty = {*people_for(file, who, on).values_list("pk", flat=True)}
        body = file.handler_id or 0
        return further | (on_duty or {*manager_ids_of([body], on).get(body, [])})
    return further | set(people_in([who], on, unit_id=file.unit_id).values_list("pk", flat=True))


def in_language(language: str, text: object) -> str:
    with override(language):
        return str(text)


def _applicants(file: File, on: dt.date) -> set[int]:
    """Who took a step for the organisation and still acts for it: whoever left is told no more."""
    steps = [step.code for step in process_of(file.process).steps if APPLICANT in step.by]
    taken = Transition.objects.filter(file=file, step__in=steps, person__isnull=False)
    acting = running_memberships(on).filter(organisation_id=file.organisation_id, user__is_active=True)
    return {*acting.filter(user_id__in=taken.values("person_id")).values_list("user_id", flat=True)}


def _days_taken(file: File, on: dt.date) -> int | None:
    """Working days from the day of submission to the last; None if the calendar does not reach so far."""
    if file.submitted_at is None:
        return None
    first = today(file.submitted_at)
    try:
        return working_days_between(first, on, clock.calendar_between(first, on))
    except CalendarMissing:
        return None
