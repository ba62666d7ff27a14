"""The single writer of a licence's status after issue. Every act joins the caller's transaction, which asked who may.

An act says what it rests on (`Decision`), is a row of the table rules.life, and leaves: a history row, the status, a
public fact, an entry in the trail, and what the applicant may not apply for afterwards. The database refuses a status
that no history row explains.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.clock.selectors import limit_on
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.events import publish_event
from apps.core.problems import Refused
from apps.institutions.licence_constants import LICENCE, BarKind, Cause, Change, Topic
from apps.institutions.models import Application, Bar, Licence, LicenceChange
from apps.institutions.rules import life
from apps.institutions.selectors.life import standing_on

BATCH = 500


@dataclass(frozen=True, slots=True)
class Decision:
    """What an act on a licence rests on. `safety`: the licence is a matter of public safety, health, life or property,
    which ALL 78 and 79 ask for before they bar anybody. `basis` is empty where the cause says it all; `cause` is None
    for a decision that only bars and touches no licence.
    """

    cause: Cause | None
    decided_by: str
    number: str
    on: dt.date
    reason: str
    basis: str = ""
    safety: bool = True
    application: Application | None = None


def revoke(*, actor: Actor, now: dt.datetime, licence_id: int, decision: Decision) -> LicenceChange:
    """撤销 (ALL 69): the licence is taken away; its holder may be barred, as the cause says."""
    change = _act(actor, now, licence_id, life.REVOKE, decision)
    if decision.cause == Cause.UNTRUE_COMMITMENT:
        told = {"licence": change.licence.number, "organisation_id": change.licence.organisation_id}
        publish_event(Topic.COMMITMENT_REVOKED, {**told, "decision_number": decision.number, "now": now})
    return change


def cancel(*, actor: Actor, now: dt.datetime, licence_id: int, decision: Decision) -> LicenceChange:
    """注销 (ALL 70): what has come to its end is struck off the register."""
    return _act(actor, now, licence_id, life.CANCEL, decision)


def order_rectification(*, actor: Actor, now: dt.datetime, licence_id: int, decision: Decision) -> LicenceChange:
    """责令改正: no marked reports until it is lifted."""
    return _act(actor, now, licence_id, life.ORDER, decision)


def lift(*, actor: Actor, now: dt.datetime, licence_id: int, decision: Decision) -> LicenceChange:
    """改正合格: the order is over, the licence holds again."""
    return _act(actor, now, licence_id, life.LIFT, decision)


def expire_due(*, actor: Actor, now: dt.datetime) -> int:
    """Licences whose last day is over, in Shanghai. Killed anywhere, the next run goes on. Returns how many."""
    done = 0
    while ids := list(_ended(now).values_list("pk", flat=True)[:BATCH]):
        for pk in ids:
            with transaction.atomic():
                licence = _ended(now).select_for_update().filter(pk=pk).first()
                if licence is not None:
                    _expire(actor, now, licence)
                    done += 1
    return done


def bar(
    *,
    actor: Actor,
    now: dt.datetime,
    organisation_id: int,
    kind: BarKind,
    decision: Decision,
    licence: Licence | None = None,
) -> Bar | None:
    """Bar an organisation from applying. None where the law asks for a matter of safety and it is none."""
    assert connection.in_atomic_block, "a decision and what it bars are one transaction"
    if not decision.safety:
        return None
    limit = limit_on(life.BAR_LIMITS[kind], decision.on)
    if limit is None:
        raise Refused("no_limit", _("没有登记限制申请的期限（%(code)s）。") % {"code": life.BAR_LIMITS[kind]})
    ends_on = life.bar_end(decision.on, limit.value)
    made, fresh = Bar.objects.get_or_create(
        organisation_id=organisation_id,
        kind=kind,
        decision_number=decision.number,
        defaults={
            "licence": licence,
            "article": limit.article,
            "decided_by": decision.decided_by,
            "starts_on": decision.on,
            "ends_on": ends_on,
            "recorded_at": now,
            "actor_label": actor.label,
        },
    )
    if fresh:
        after = {"kind": str(kind), "until": ends_on.isoformat(), "decision": decision.number}
        _trail(actor, now, "bar", str(organisation_id), "parties.organisation", after)
    return made


def note(
    *,
    actor: Actor,
    now: dt.datetime,
    licence: Licence,
    kind: Change,
    on: dt.date,
    application: Application | None = None,
    summary: str = "",
) -> LicenceChange:
    """A history row of an act that leaves the status as it is: granted, renewed, changed. The caller holds the row."""
    first = not licence.changes.exists()
    row = _history(actor, now, licence, kind, "" if first else licence.status, licence.status, on, application, summary)
    _trail(actor, now, str(kind), licence.number, LICENCE, {"number": licence.number, "on": on.isoformat()})
    return row


def publish_status(*, licence: Licence, now: dt.datetime, change: LicenceChange | None = None) -> None:
    """The public fact of a licence's state, and of the decision that made it. The caller holds its row."""
    facts: dict[str, Any] = {
        "number": licence.number,
        "status": str(licence.status),
        "since": licence.status_since.isoformat(),
        "valid_to": licence.valid_to.isoformat(),
    }
    if change is not None:
        facts |= {
            "cause": change.cause,
            "basis": change.basis,
            "decided_by": change.decided_by,
            "decision": change.decision_number,
        }
    audit.publish(kind="cma.status", subject_kind=LICENCE, subject_id=licence.number, facts=facts, now=now)


def _act(actor: Actor, now: dt.datetime, licence_id: int, move: life.Move, decision: Decision) -> LicenceChange:
    """Lock, ask the table, write. A licence whose term ended before the decision is taken as expired first.

    What was decided while the term still ran is judged by that day, however late it is recorded.
    """
    assert connection.in_atomic_block, "a licence changes with the act that changes it"
    licence = Licence.objects.select_for_update().get(pk=licence_id)
    if decision.on > licence.valid_to and life.standing(licence.status, licence.valid_to, today(now)) != licence.status:
        _expire(actor, now, licence)
    cause = decision.cause
    assert cause is not None, "an act on a licence has its cause"
    stood = standing_on(licence, min(decision.on, today(now)))
    if licence.status not in move.sources or not life.may(move, cause, stood):
        words = {"act": move.change.label, "status": stood.label, "cause": cause.label}
        raise Refused("licence.move", _("证书现为“%(status)s”，不能以“%(cause)s”为由%(act)s。") % words)
    change = _move(actor, now, licence, move, decision)
    for kind in move.causes[cause].bars:
        bar(
            actor=actor,
            now=now,
            organisation_id=licence.organisation_id,
            kind=kind,
            decision=decision,
            licence=licence,
        )
    return change


def _expire(actor: Actor, now: dt.datetime, licence: Licence) -> None:
    """By the passing of its term, from the day after the last one; nobody decides it."""
    first = licence.valid_to + life.ONE_DAY
    _move(actor, now, licence, life.EXPIRE, Decision(cause=Cause.TERM, decided_by="", number="", on=first, reason=""))


def _move(actor: Actor, now: dt.datetime, licence: Licence, move: life.Move, decision: Decision) -> LicenceChange:
    """History first, then the status: in this order the database accepts it."""
    before, cause = licence.status, decision.cause
    assert cause is not None, "an act on a licence has its cause"
    row = _history(
        actor,
        now,
        licence,
        move.change,
        before,
        move.target,
        decision.on,
        decision.application,
        cause=cause,
        basis=decision.basis or move.causes[cause].basis,
        decided_by=decision.decided_by,
        decision_number=decision.number,
        reason=decision.reason,
    )
    licence.status, licence.status_since = move.target, decision.on
    licence.version += 1
    licence.save(update_fields=["status", "status_since", "version"])
    publish_status(licence=licence, now=now, change=row)
    after = {"status": str(move.target), "on": decision.on.isoformat(), "cause": str(cause)}
    _trail(actor, now, move.code, licence.number, LICENCE, {**after, "decision": decision.number}, {"status": before})
    return row


def _history(
    actor: Actor,
    now: dt.datetime,
    licence: Licence,
    kind: Change,
    before: str,
    after: str,
    on: dt.date,
    application: Application | None,
    summary: str = "",
    **more: str,
) -> LicenceChange:
    last = licence.changes.aggregate(last=Max("n"))["last"] or 0
    return LicenceChange.objects.create(
        licence=licence,
        n=last + 1,
        kind=kind,
        on=on,
        application=application,
        summary=summary,
        from_status=before,
        to_status=after,
        actor_label=actor.label,
        at=now,
        **more,
    )


def _ended(now: dt.datetime) -> QuerySet[Licence]:
    return Licence.objects.filter(status__in=life.LIVE, valid_to__lt=today(now)).order_by("pk")


def _trail(
    actor: Actor,
    now: dt.datetime,
    verb: str,
    subject_id: str,
    subject_kind: str,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"institutions.licence.{verb}",
        subject_kind=subject_kind,
        subject_id=subject_id,
        before=before,
        after=after,
    )
