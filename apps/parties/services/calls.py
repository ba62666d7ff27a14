"""A call that changes something is answered once (Idempotency-Key, draft-ietf-httpapi-idempotency-key-header).

The answer is kept in the transaction of the change: a client that lost it, because the line broke or the process died
after the commit, gets the same answer for the same key. What changed nothing is not kept and may be tried again.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.core.problems import Refused
from apps.parties.models import AnsweredCall
from apps.parties.selectors.tokens import answered_call

KEPT_FOR = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers that belong to the content, and the content as it goes out."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    again: bool = False


class OtherContent(Refused):
    """The key was used for something else before."""

    def __init__(self) -> None:
        super().__init__("idempotency.other", _("该 Idempotency-Key 已用于内容不同的请求。新的请求请用新的键。"))


class StillWorking(Refused):
    """A call under the same key is being answered at this moment."""

    def __init__(self) -> None:
        super().__init__("idempotency.working", _("同一 Idempotency-Key 的请求正在办理，请稍后用同一个键再试。"))


def answer_once(*, token_id: int, key: str, fingerprint: str, now: dt.datetime, act: Callable[[], Answer]) -> Answer:
    """Do what the call asks and keep its answer; or, if that was done under this key before, answer the same again.

    `act` raises what it refuses: then nothing is kept, and the transaction is rolled back with all that it wrote.
    """
    with transaction.atomic():
        if not _alone(token_id, key):
            raise StillWorking
        known = answered_call(token_id, key)
        if known is not None:
            if known.fingerprint != fingerprint:
                raise OtherContent
            return Answer(known.status, known.body, known.headers, again=True)
        answer = act()
        AnsweredCall.objects.create(
            token_id=token_id,
            key=key,
            fingerprint=fingerprint,
            status=answer.status,
            headers=dict(answer.headers),
            body=answer.body,
            at=now,
        )
        return answer


def drop_old_calls(*, now: dt.datetime) -> int:
    """Answers are kept for seven days: a client that still tries after that asks anew."""
    dropped, _models = AnsweredCall.objects.filter(at__lt=now - KEPT_FOR).delete()
    return dropped


def _alone(token_id: int, key: str) -> bool:
    """Until the transaction ends, no other call works under this key; False if one does."""
    with connection.cursor() as cursor:
        named = f"call\x1f{token_id}\x1f{key}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [named])
        return bool(cursor.fetchone()[0])
