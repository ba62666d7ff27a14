"""Where the application at the receiving body meets the release by the issuing one: no gap, no day with two."""

import datetime as dt

from django.db import connection
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.certifications.constants import ReasonClass, Status
from apps.certifications.models import Certificate
from apps.certifications.services.locking import Deciding
from apps.certifications.services.status import change_status
from apps.certifying.models import CertificateCase
from apps.certifying.selectors import life as selectors
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.workflow.constants import SUBJECT

SYSTEM = Actor.system("transfer")


def begin_successor(*, actor: Actor, now: dt.datetime, successor: Certificate) -> None:
    """The receiving body recorded its certificate: the old one ends on the day on which the new one begins.

    In the transaction that records it. Refused unless the issuing body released the certificate to this body and it
    stands as it stood then: valid, no suspension, no surveillance missed.
    """
    assert connection.in_atomic_block, "a certificate passes in the act that records the new one"
    old = successor.predecessor
    if old is None:
        raise Refused("absent", str(successor.pk))
    old = Certificate.objects.select_for_update(of=("self",)).select_related("project", "body").get(pk=old.pk)
    release = selectors.released_to(old.pk, successor.body_id)
    problems = selectors.transfer_problems(old, successor.body_id, today(now))
    if successor.holder_id != old.holder_id:
        rule = _("新证书的持证人不是原证书的持证人")
        problems.append(Problem("holder", "holder", successor.holder_name, rule, _("请核对持证人")))
    if problems or release is None:
        raise ProblemsFound(*problems)
    release.successor = successor
    release.save(update_fields=["successor"])
    audit.record(
        actor=actor,
        now=now,
        action="certifying.certificate_case.succeed",
        subject_kind=SUBJECT,
        subject_id=release.file_id,
        after={"old": old.number, "new": successor.number},
    )
    if (successor.valid_from or today(now)) <= today(now):
        _end(now, release, old, successor)


def end_replaced(*, now: dt.datetime) -> int:
    """The old certificates whose successors have begun, one transaction each by the caller's loop. Returns how many."""
    waiting = CertificateCase.objects.filter(
        successor__valid_from__lte=today(now), certificate__status__in=[Status.VALID, Status.SUSPENDED]
    )
    done = 0
    for case in waiting.select_related("certificate", "successor").order_by("pk"):
        assert case.successor is not None, "the filter says so"
        _end(now, case, case.certificate, case.successor)
        done += 1
    return done


def _end(now: dt.datetime, release: CertificateCase, old: Certificate, successor: Certificate) -> None:
    """Cancelled by the issuing body's own decision, which it took in advance when it released the certificate."""
    since = max(successor.valid_from or today(now), old.status_since or dt.date.min)
    change_status(
        actor=SYSTEM,
        now=now,
        certificate_id=old.pk,
        to=Status.CANCELLED,
        on=since,
        reason_class=ReasonClass.HOLDER_REQUEST,
        reason=f"转换认证机构，由证书 {successor.number} 接续（转出件 {release.file.number}）",
        version=None,
        deciding=Deciding(body_id=old.body_id, on=today(now)),
    )
