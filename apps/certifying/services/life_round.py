"""The daily round: what a rule makes a body do, begun of office on the day after the day that was missed.

Only for bodies that work here: a file that nobody can take would warn nobody. Killed anywhere, the next run goes on.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import override

from apps.accounts.models import Unit
from apps.certifications.constants import Status
from apps.certifications.models import Certificate
from apps.certifying.models import CertificateCase
from apps.certifying.models.life import FactoryGrade
from apps.certifying.rules import life_acts
from apps.certifying.selectors import life as selectors
from apps.certifying.services.life_cases import open_case
from apps.certifying.services.life_transfer import end_replaced
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.parties.constants import BodyDuty
from apps.parties.selectors.duties import running_duties

ACTOR = Actor.system("certifying")


def daily_round(*, now: dt.datetime, unit: Unit) -> dict[str, int]:
    """Suspensions after a missed surveillance, revocations after an uncorrected suspension, ended predecessors."""
    begun = 0
    for pk in list(_due(today(now)).values_list("pk", flat=True)):
        with transaction.atomic():
            begun += _begin(now, unit, pk)
    with transaction.atomic():
        ended = end_replaced(now=now)
    return {"begun": begun, "ended": ended}


def _begin(now: dt.datetime, unit: Unit, certificate_id: int) -> int:
    """Begin what is due on one certificate, if it still is."""
    certificate = Certificate.objects.select_for_update(of=("self",)).select_related("project").get(pk=certificate_id)
    due = life_acts.due_act(selectors.standing_of(certificate, today(now)), today(now))
    if due is None or selectors.open_case(certificate_id, due[0]) is not None:
        return 0
    process, reason = due
    with override("zh-hans"):  # kept with the case
        why = life_acts.must(process, reason, selectors.standing_of(certificate, today(now)), today(now))
    open_case(
        actor=ACTOR,
        now=now,
        unit=unit,
        process=process,
        certificate_id=certificate_id,
        reason=reason,
        facts=f"{why}。",
    )
    return 1


def _due(on: dt.date) -> QuerySet[Certificate]:
    """Certificates of bodies that work here on which something may be due; the plan has the last word."""
    deciding = running_duties(on).filter(duty=BodyDuty.PLANNING, organisation_id=OuterRef("body_id"))
    open_files = CertificateCase.objects.filter(
        certificate_id=OuterRef("pk"), file__closed_at=None, file__process__in=["cert_suspend", "cert_revoke"]
    )
    ended = Q(status=Status.SUSPENDED, suspended_until__lt=on)
    missed = Q(status=Status.VALID) & (Q(surveillance_due__lt=on) | Q(factory_class__grade=FactoryGrade.D))
    found = Certificate.objects.filter(Exists(deciding), ~Exists(open_files)).filter(ended | missed)
    return found.exclude(valid_to__lt=on).order_by("pk")


def late_acts(on: dt.date) -> Iterator[CertificateCase]:
    """What bodies had to do by now and did not, for the bureau to see."""
    late = CertificateCase.objects.filter(file__closed_at=None, file__due_on__lt=on)
    yield from late.select_related("file__handler", "file__organisation", "certificate").order_by("file__due_on", "pk")
