"""The directory from which an enterprise chooses a body: approval, real standing, declared fees, days as measured."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from apps.certifications.constants import Status
from apps.certifications.models import Certificate
from apps.certifying.models import Application, Offer
from apps.parties.models import Organisation
from apps.parties.selectors.bans import running_bans
from apps.parties.selectors.memberships import running_memberships
from apps.workflow.models import Transition

MEASURED = 200  # the newest closed applications of a project, of all bodies


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A body as the applicant compares it. `days`: median from acceptance to certificate here; None: not yet measured.

    `standing`: certificates of the project that are valid, suspended and revoked in the register.
    """

    body: Organisation
    offer: Offer
    valid: int
    suspended: int
    revoked: int
    barred: bool
    days: int | None
    measured: int


def offers_for(project_code: str, on: dt.date) -> QuerySet[Offer]:
    """What bodies declare for a project: those with an approval number and somebody here to work a file."""
    working = running_memberships(on).values("organisation_id")
    rows = Offer.objects.filter(project_id=project_code, accepts=True, body__in=working, body__merged_into=None)
    return rows.filter(body__approval_number__isnull=False).select_related("body").order_by("body__name", "pk")


def directory(project_code: str, on: dt.date) -> list[BodyRow]:
    """The bodies that take applications for the project, by name; four queries, however many bodies."""
    offers = list(offers_for(project_code, on))
    ids = [offer.body_id for offer in offers]
    counted = {
        row["body_id"]: row
        for row in Certificate.objects.filter(body__in=ids, project_id=project_code)
        .values("body_id")
        .annotate(
            valid=Count("pk", filter=Q(status=Status.VALID)),
            suspended=Count("pk", filter=Q(status=Status.SUSPENDED)),
            revoked=Count("pk", filter=Q(status=Status.REVOKED)),
        )
        .order_by()
    }
    barred = set(running_bans(on).filter(organisation__in=ids).values_list("organisation_id", flat=True))
    taken = days_measured(project_code)
    none = {"valid": 0, "suspended": 0, "revoked": 0}
    return [_row(offer, counted.get(offer.body_id, none), offer.body_id in barred, taken) for offer in offers]


def _row(offer: Offer, counts: Mapping[str, Any], barred: bool, taken: dict[int, list[int]]) -> BodyRow:
    days = taken.get(offer.body_id, [])
    return BodyRow(
        body=offer.body,
        offer=offer,
        valid=counts["valid"],
        suspended=counts["suspended"],
        revoked=counts["revoked"],
        barred=barred,
        days=round(median(days)) if days else None,
        measured=len(days),
    )


def days_measured(project_code: str) -> dict[int, list[int]]:
    """Days from acceptance to certificate, body by body, from the transitions of what was closed here."""
    newest = Application.objects.filter(project_id=project_code, file__status="certified").order_by("-pk")[:MEASURED]
    bodies = dict(newest.values_list("file_id", "body_id"))
    rows = Transition.objects.filter(file__in=bodies, to_status__in=["accepted", "certified"]).order_by("version")
    at: dict[int, dict[str, dt.datetime]] = {}
    for file_id, status, moment in rows.values_list("file_id", "to_status", "at"):
        at.setdefault(file_id, {})[status] = moment
    found: dict[int, list[int]] = {}
    for file_id, moments in at.items():
        body_id = bodies[file_id]
        if len(moments) == 2 and body_id is not None:
            found.setdefault(body_id, []).append((moments["certified"] - moments["accepted"]).days)
    return found


def unfit_body(application: Application, on: dt.date) -> str:
    """Why the chosen body cannot take the application; empty if it can, or none is chosen yet."""
    body = application.body
    if body is None:
        return ""
    if body.pk == application.file.organisation_id:
        return _("认证机构不能认证自己")
    if not offers_for(application.project_id, on).filter(body=body).exists():
        return _("该认证机构没有在本平台接受这一项目的申请")
    if running_bans(on).filter(organisation=body).exists():
        return _("该认证机构在禁止从业期内")
    return ""


def offers_of(body_id: int) -> Iterable[Offer]:
    """What one body declares."""
    return Offer.objects.filter(body=body_id).select_related("project").order_by("project_id")
