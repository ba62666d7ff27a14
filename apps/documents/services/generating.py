"""Documents of the portal's own making: asked for in the act's transaction, typeset by a worker, exactly once.

Claim, render, confirm, as the outbox of notifications does it (core.claiming).
"""

import datetime as dt
import hashlib
import time
from collections.abc import Mapping
from typing import Any

import rfc8785
import structlog
from celery import current_app
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import record
from apps.clock.source import database_now
from apps.core.actors import Actor
from apps.core.claiming import Taken, take_one
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.core.rules import backoff
from apps.documents import seals
from apps.documents.constants import FIRST_BACKOFF, LEASE, MAX_ATTEMPTS, MAX_BACKOFF, GeneratedState
from apps.documents.models import GeneratedDocument
from apps.documents.papers import PAPERS
from apps.documents.rendering import CannotRender, missing_glyphs, render, version_of

log = structlog.get_logger(__name__)
WORKER = Actor.system("documents.render")


def check(template: str, params: Mapping[str, Any]) -> list[Problem]:
    """What would keep a document from being made, for a form that wants to say so before the act."""
    paper = PAPERS[template]
    problems = paper.problems(params)
    return problems + [
        Problem("paper.glyph", "", ch, _("字库缺少字符“%(ch)s”") % {"ch": ch}, _("请补充字库，或改用规范汉字"))
        for ch in missing_glyphs(params)
    ]


def request(
    *,
    actor: Actor,
    now: dt.datetime,
    request_key: str,
    template: str,
    subject_kind: str,
    subject_id: int,
    params: Mapping[str, Any],
) -> GeneratedDocument:
    """Ask for a document in the caller's transaction. Asking again with the same key gives the same row.

    Raises ProblemsFound for parameters that the template does not take, and Refused if the key was used for others.
    A character that no font has is found by the worker, which says so on the staff's page.
    """
    assert connection.in_atomic_block, "an act and the document of it are one transaction"
    paper = PAPERS[template]
    if problems := paper.problems(params):
        raise ProblemsFound(*problems)
    plain = {key: value for key, value in params.items() if value is not None}
    digest = hashlib.sha256(rfc8785.dumps(plain)).hexdigest()
    row = GeneratedDocument(
        request_key=request_key,
        template=template,
        template_version=version_of(paper),
        subject_kind=subject_kind,
        subject_id=subject_id,
        number=str(plain.get("number", "")),
        params=plain,
        params_sha256=digest,
        state=GeneratedState.REQUESTED,
        next_at=now,
        requested_by=actor.label,
        requested_at=now,
    )
    GeneratedDocument.objects.bulk_create([row], ignore_conflicts=True)
    found = GeneratedDocument.objects.get(request_key=request_key)
    if (found.template, found.params_sha256) != (template, digest):
        raise Refused("document.request_key", f"{request_key}: {found.template}")
    if found.uid == row.uid:
        _audit(actor, now, "request", found)
        transaction.on_commit(nudge)
    return found


def nudge() -> None:
    """Wake a worker. If the broker is away, the sweep finds the row within a minute."""
    try:
        current_app.send_task("documents.render", retry=False, expires=60)
    except (BrokerError, OSError) as error:
        log.warning("wake_up_lost", task="documents.render", error=str(error))


def retry(*, actor: Actor, now: dt.datetime, document_id: int) -> GeneratedDocument:
    """Staff try a failed document again, after a font was added or a fault mended."""
    with transaction.atomic():
        document = GeneratedDocument.objects.select_for_update().get(pk=document_id)
        require(actor, Permission.DOCUMENT_RETRY)
        if document.state != GeneratedState.FAILED:
            raise Refused("document.not_failed", _("只有生成失败的文书可以重试"))
        document.state, document.attempts, document.next_at = GeneratedState.REQUESTED, 0, now
        document.save(update_fields=["state", "attempts", "next_at"])
        _audit(actor, now, "retry", document)
        transaction.on_commit(nudge)
        return document


def waiting_count() -> int:
    """How many documents wait or are being made."""
    waiting = Q(state=GeneratedState.REQUESTED) | Q(state=GeneratedState.RENDERING)
    return GeneratedDocument.objects.filter(waiting).count()


def render_due(*, limit: int = 200, seconds: float = 60) -> int:
    """Make what is due until nothing is left, or the limit or the time is reached. Returns how many were handled."""
    end = time.monotonic() + seconds
    handled = 0
    while handled < limit and time.monotonic() < end:
        taken = claim_one()
        if taken is None:
            break
        handle(taken)
        handled += 1
    return handled


def claim_one() -> Taken | None:
    """Take the document that has waited longest, or one whose worker's lease ran out. Commits before the work."""
    return take_one(
        GeneratedDocument._meta.db_table,
        waiting=(GeneratedState.REQUESTED,),
        busy=GeneratedState.RENDERING,
        now=database_now(),
        lease=LEASE,
        longest_wait=MAX_BACKOFF,
    )


def handle(taken: Taken) -> str:
    """Typeset one claimed document and write down what became of it. Returns its new state."""
    document = GeneratedDocument.objects.get(pk=taken.id)
    if taken.attempts > MAX_ATTEMPTS:
        return _failed(taken, _("多次尝试未成功，可能是工作进程反复中断"), final=True)
    try:
        seal = seals.configured()
        content = seal.apply(render(PAPERS[document.template], document.params, mark=seal.mark))
        return _done(taken, content, seal)
    except CannotRender as fault:
        return _failed(taken, str(fault), final=True)
    except Exception as fault:  # a disk, a subscriber, a seal service: each may work later, and each must be seen
        log.exception("document_failed", document=taken.id)
        return _failed(taken, f"{type(fault).__name__}: {fault}", final=taken.attempts >= MAX_ATTEMPTS)


def _done(taken: Taken, content: bytes, seal: seals.Seal) -> str:
    """Keep the file, mark the document done and tell who waits for it, all or nothing."""
    now = database_now()
    with transaction.atomic():
        document = _mine(taken)
        if document is None:
            return "lost"
        document.file.save(f"{document.uid.hex}-{taken.claim}.pdf", ContentFile(content), save=False)
        try:
            document.template_version = version_of(PAPERS[document.template])
            document.state, document.done_at, document.failure = GeneratedState.DONE, now, ""
            document.size, document.sha256 = len(content), hashlib.sha256(content).hexdigest()
            document.seal, document.lease_until = seal.state, None
            document.save()
            _audit(WORKER, now, "done", document)
        except BaseException:
            document.file.delete(save=False)
            raise
    return GeneratedState.DONE


def _failed(taken: Taken, why: str, *, final: bool) -> str:
    now = database_now()
    with transaction.atomic():
        document = _mine(taken)
        if document is None:
            return "lost"
        document.state = GeneratedState.FAILED if final else GeneratedState.REQUESTED
        document.next_at = now if final else now + backoff(taken.attempts, first=FIRST_BACKOFF, most=MAX_BACKOFF)
        document.failure, document.lease_until = why[:1000], None
        document.save(update_fields=["state", "next_at", "failure", "lease_until"])
        _audit(WORKER, now, "fail" if final else "put_off", document)
        return document.state


def _mine(taken: Taken) -> GeneratedDocument | None:
    """The locked document, if this worker's claim is still the latest."""
    rows = GeneratedDocument.objects.select_for_update()
    return rows.filter(pk=taken.id, claim=taken.claim, state=GeneratedState.RENDERING).first()


def _audit(actor: Actor, now: dt.datetime, verb: str, document: GeneratedDocument) -> None:
    record(
        actor=actor,
        now=now,
        action=f"documents.generated.{verb}",
        subject_kind=document.subject_kind,
        subject_id=document.subject_id,
        after={
            "document": document.pk,
            "template": document.template,
            "version": document.template_version,
            "number": document.number,
            "params_sha256": document.params_sha256,
            "sha256": document.sha256,
            "failure": document.failure,
        },
    )
