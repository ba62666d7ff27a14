"""Certificates as higher apps read them: one, those of some holders, and how they were lost."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from apps.certifications.constants import Status
from apps.certifications.models import Certificate, Project, StatusChange
from apps.certifications.rules import RUNNING

MOST = 200  # certificates of one person's organisations on one page
LOST_FOR = dt.timedelta(days=400)  # how long a lost certificate is still spoken of: a bar of a year, and a little more
LOSSES = (Status.SUSPENDED, Status.REVOKED, Status.CANCELLED)


def certificate_by_id(pk: int) -> Certificate | None:
    """The certificate with its project, holder and body."""
    return Certificate.objects.select_related("project", "holder", "body").filter(pk=pk).first()


def held_certificates(organisation_ids: Collection[int], on: dt.date) -> list[Certificate]:
    """What the organisations hold, and what they lost not long ago; not what a successor has replaced."""
    if not organisation_ids:
        return []
    lately = Q(status__in=RUNNING) | Q(status_since__gte=on - LOST_FOR)
    rows = Certificate.objects.filter(lately, holder_id__in=organisation_ids, successors=None)
    return list(rows.select_related("project", "holder", "body").order_by("valid_to", "pk")[:MOST])


def last_reasons(ids: Collection[int]) -> dict[int, str]:
    """Why each certificate came into the state it is in."""
    rows = StatusChange.objects.filter(certificate_id__in=ids).order_by("certificate_id", "n")
    return dict(rows.values_list("certificate_id", "reason_class"))


@dataclass(frozen=True, slots=True)
class LossRow:
    """One move to suspended, revoked or cancelled."""

    to_status: str
    on: dt.date | None
    reason_class: str
    number: str


def scheme_losses(organisation_id: int, project_code: str) -> list[LossRow]:
    """Suspensions, revocations and cancellations of the holder's certificates of the same scheme (project group)."""
    group = Project.objects.filter(pk=project_code).values("group")
    rows = StatusChange.objects.filter(
        certificate__holder_id=organisation_id, certificate__project__group__in=group, to_status__in=LOSSES
    )
    found = rows.order_by("on", "pk").values_list("to_status", "on", "reason_class", "certificate__number")
    return [LossRow(*row) for row in found]
