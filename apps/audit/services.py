"""Writing the trail and the public facts. Both are called inside the business transaction: no trail, no act."""

import datetime as dt
from typing import Any

import rfc8785
from django.db import connection
from django.db.models import Max

from apps.audit.models import AuditEntry, PublicFact
from apps.core.actors import Actor


def record(
    *,
    actor: Actor,
    now: dt.datetime,
    action: str,
    subject_kind: str,
    subject_id: object,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write one trail entry. Called by every write service, in its transaction."""
    assert connection.in_atomic_block, "an act and its trail entry are one transaction"
    return AuditEntry.objects.create(
        at=now,
        actor_id=actor.user_id,
        actor_label=actor.label,
        organisation_id=actor.organisation_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        before=before,
        after=after,
        reason=reason,
        request_id=actor.request_id,
        ip=actor.ip,
    )


def publish(*, kind: str, subject_kind: str, subject_id: object, facts: dict[str, Any], now: dt.datetime) -> PublicFact:
    """Write one public fact about a subject. The caller holds the subject's row lock, which keeps `n` gapless.

    `facts` must hold no personal data in clear; values are strings, integers, booleans, None, lists and dicts of these.
    """
    assert connection.in_atomic_block, "an act and its public fact are one transaction"
    subject = {"subject_kind": subject_kind, "subject_id": str(subject_id)}
    last = PublicFact.objects.filter(**subject).aggregate(last=Max("n"))["last"] or 0
    payload = canonical(kind=kind, n=last + 1, now=now, facts=facts, **subject)
    return PublicFact.objects.create(kind=kind, n=last + 1, at=now, payload=payload, **subject)


def canonical(*, kind: str, subject_kind: str, subject_id: str, n: int, now: dt.datetime, facts: dict[str, Any]) -> str:
    """The RFC 8785 text of a fact: {"at","id","n","pub","t","v"}; `at` in whole UTC seconds."""
    at = now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    entry: Any = {"v": 1, "t": kind, "id": f"{subject_kind}:{subject_id}", "n": n, "at": at, "pub": facts}
    return rfc8785.dumps(entry).decode()
