"""What is due: for the organisations that a person acts for, and by county for the staff who watch over them."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from apps.certifications.constants import Status
from apps.certifications.models import Certificate
from apps.certifications.rules import RUNNING
from apps.certifications.rules.obligations import (
    EXPIRY_HORIZON,
    LAPSED_FOR,
    SOON,
    SURVEILLANCE_HORIZON,
    Duty,
    Words,
    duties_basis,
    duties_consequence,
    duty_name,
)

MOST = 500  # certificates read for one person; a holder of more gets the earliest
WINDOWS = (30, 60, 90)  # days


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing to do by a day. `days_left` is negative once the day has passed."""

    duty: Duty
    due: dt.date
    days_left: int
    certificate: Certificate

    @property
    def name(self) -> Words:
        return duty_name(self.duty)

    @property
    def consequence(self) -> Words:
        return duties_consequence(
            self.duty, self.certificate.shape, group=self.certificate.project.group, overdue=self.days_left < 0
        )

    @property
    def basis(self) -> Words:
        return duties_basis(self.duty, self.certificate.shape, self.certificate.project.group)

    @property
    def urgency(self) -> str:
        """The chip and row class: over, due or ok."""
        if self.days_left < 0:
            return "over"
        return "due" if self.days_left <= SOON else "ok"


def obligations_of(organisation_ids: Collection[int], today: dt.date) -> list[Obligation]:
    """Everything due for certificates held by the organisations, the most urgent first."""
    if not organisation_ids:
        return []
    running = Certificate.objects.filter(holder_id__in=organisation_ids, status__in=RUNNING)
    near = (
        Q(valid_to__range=(today - LAPSED_FOR, today + EXPIRY_HORIZON))
        | Q(surveillance_due__lte=today + SURVEILLANCE_HORIZON)
        | Q(suspended_until__isnull=False)
    )
    rows = running.filter(near).select_related("project", "body", "holder").order_by("valid_to", "id")[:MOST]
    found = [duty for certificate in rows for duty in _duties(certificate, today)]
    return sorted(found, key=lambda duty: (duty.due, duty.certificate.pk))


def _duties(certificate: Certificate, today: dt.date) -> Iterator[Obligation]:
    ends, due, until = certificate.valid_to, certificate.surveillance_due, certificate.suspended_until
    lapsed = ends is not None and ends < today
    if ends is not None and today - LAPSED_FOR <= ends <= today + EXPIRY_HORIZON:
        yield Obligation(Duty.EXPIRY, ends, (ends - today).days, certificate)
    if lapsed:
        return
    if due is not None and due <= today + SURVEILLANCE_HORIZON:
        yield Obligation(Duty.SURVEILLANCE, due, (due - today).days, certificate)
    if certificate.status == Status.SUSPENDED and until is not None:
        yield Obligation(Duty.SUSPENSION, until, (until - today).days, certificate)


def expiring(scope_prefix: str, today: dt.date, within: int) -> QuerySet[Certificate]:
    """Running certificates whose last day is one of the next `within` days, inside the scope, soonest first."""
    return Certificate.objects.filter(
        status__in=RUNNING,
        valid_to__range=(today, today + dt.timedelta(days=within)),
        division_code__startswith=scope_prefix,
    ).order_by("valid_to", "id")


@dataclass(frozen=True, slots=True)
class ExpiringCounts:
    """How many certificates end within 30, 60 and 90 days; `by_division` counts those within 90."""

    within: dict[int, int]
    by_division: dict[str, int]


def expiring_counts(scope_prefix: str, today: dt.date) -> ExpiringCounts:
    """One grouped query; its numbers are those of `expiring` with the same arguments."""
    columns = {f"in_{days}": Count("pk", filter=Q(valid_to__lte=today + dt.timedelta(days=days))) for days in WINDOWS}
    grouped = expiring(scope_prefix, today, WINDOWS[-1]).order_by("division_code").values("division_code")
    rows = list(grouped.annotate(**columns).values_list("division_code", *columns))
    return ExpiringCounts(
        within={days: sum(row[column] for row in rows) for column, days in enumerate(WINDOWS, start=1)},
        by_division={row[0]: row[-1] for row in rows},
    )
