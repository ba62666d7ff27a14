"""What staff read: the list of certificates in scope with its tabs, and the whole file of one certificate."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.certifications.constants import ConflictState, MismatchState, Status
from apps.certifications.models import Certificate, ImportConflict, MismatchReport, Source
from apps.certifications.rules import number_key
from apps.certifications.selectors.reference import choices_of, projects
from apps.core.grams import fold
from apps.core.pages import capped_count
from apps.parties.selectors.organisations import find_by_code, named

COUNTED = 10_000  # a tab counts no further
SOON_DAYS = 90
SORTS = {
    "": ("-listed_on", "-pk"),
    "listed": ("listed_on", "pk"),
    "-listed": ("-listed_on", "-pk"),
    "valid_to": ("valid_to", "pk"),
    "-valid_to": ("-valid_to", "-pk"),
    "number": ("number_key", "pk"),
    "-number": ("-number_key", "-pk"),
    "holder": ("holder_name", "pk"),
    "-holder": ("-holder_name", "-pk"),
}
TABS = ("all", "expiring", "suspended", "surveillance", "stale", "conflict", "outside")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a clerk asked for. `within`: days until expiry; `tab`: one of TABS, on top of the rest."""

    text: str = ""
    status: str = ""
    project: str = ""
    county: str = ""
    body: str = ""
    within: int | None = None
    stale: bool = False
    tab: str = "all"
    sort: str = ""

    @property
    def where(self) -> str:
        """Which certificates the list draws from (policies.listed_certificates)."""
        if self.tab == "outside":
            return "outside"
        return "everywhere" if self.text.strip() and self.tab == "all" else "inside"


def filtered(seen: QuerySet[Certificate], wanted: Filter, now: dt.datetime, today: dt.date) -> QuerySet[Certificate]:
    """The certificates among `seen` (policies.listed_certificates) that the filter lets through, in its order."""
    found = seen.filter(_tab(wanted.tab, now, today))
    if wanted.text.strip():
        found = found.filter(_named_or_numbered(wanted.text))
    if wanted.status:
        found = found.filter(with_status(wanted.status, today))
    if wanted.within is not None:
        found = found.filter(_expires_within(today, wanted.within))
    if wanted.stale:
        found = found.filter(_stale(now))
    if wanted.body.strip():
        found = found.filter(_of_body(wanted.body))
    exact = {"project": wanted.project, "division_code__startswith": wanted.county}
    return found.filter(**{name: value for name, value in exact.items() if value}).order_by(*SORTS[wanted.sort])


def for_list(found: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """With what the list shows, without the wide search columns."""
    return found.select_related("holder", "body", "project", "source").defer("search", "search_text", "products")


def tab_counts(
    inside: QuerySet[Certificate], outside: QuerySet[Certificate], now: dt.datetime, today: dt.date
) -> dict[str, int]:
    """How many certificates each tab holds, counted to COUNTED at most."""
    drawn = {tab: outside if tab == "outside" else inside for tab in TABS}
    return {tab: capped_count(seen.filter(_tab(tab, now, today)), COUNTED) for tab, seen in drawn.items()}


def with_status(status: str, today: dt.date) -> Q:
    """What holds today: past its last day a running certificate is expired before the sweep has been there."""
    lapsed = Q(status__in=[Status.VALID, Status.SUSPENDED], valid_to__lt=today)
    if status == Status.EXPIRED:
        return Q(status=Status.EXPIRED) | lapsed
    return Q(status=status) & ~lapsed if status in (Status.VALID, Status.SUSPENDED) else Q(status=status)


def _tab(tab: str, now: dt.datetime, today: dt.date) -> Q:
    running = Q(status__in=[Status.VALID, Status.SUSPENDED])
    if tab == "expiring":
        return _expires_within(today, SOON_DAYS)
    if tab == "suspended":
        return with_status(Status.SUSPENDED, today)
    if tab == "surveillance":
        return running & Q(surveillance_due__lt=today, valid_to__gte=today)
    if tab == "stale":
        return _stale(now)
    if tab == "conflict":
        return Q(Exists(ImportConflict.objects.filter(certificate=OuterRef("pk"), state=ConflictState.OPEN)))
    return Q()


def _expires_within(today: dt.date, days: int) -> Q:
    last = today + dt.timedelta(days=days)
    return Q(status__in=[Status.VALID, Status.SUSPENDED], valid_to__range=(today, last))


def _stale(now: dt.datetime) -> Q:
    """Each source has its own promise; there are a handful of them."""
    found = Q(pk__in=[])
    for code, cadence in Source.objects.values_list("code", "cadence_days"):
        found |= Q(source=code, confirmed_at__lt=now - dt.timedelta(days=cadence))
    return found


def _named_or_numbered(text: str) -> Q:
    """A number from its beginning, a code of the holder, or part of the holder's name."""
    folded, key = fold(text[:100]), number_key(text[:64])
    found = Q(number_key__startswith=key) if key else Q(pk__in=[])
    holder = find_by_code(text[:40])
    if holder is not None:
        found |= Q(holder=holder)
    if len(folded) > 1:
        organisations = Certificate.holder.field.related_model._default_manager
        found |= Q(holder__in=organisations.filter(named(folded)).values("pk"))
    return found


def _of_body(text: str) -> Q:
    """A body by its approval number or by part of its name."""
    key, folded = number_key(text[:40]), fold(text[:100])
    return Q(body__approval_number=key) | (Q(body__search_text__contains=folded) if folded else Q(pk__in=[]))


def project_choices() -> list[tuple[str, str]]:
    return choices_of(projects())


@dataclass(frozen=True, slots=True)
class File:
    """Everything about one certificate that a member of staff sees."""

    periods: list[Any]
    moves: list[Any]
    surveillance: list[Any]
    sites: list[Any]
    lines: list[Any]
    detail: Any
    parts: list[Certificate]
    successors: list[Certificate]
    conflicts: list[ImportConflict]
    mismatches: list[MismatchReport]

    @property
    def open_conflicts(self) -> list[ImportConflict]:
        return [conflict for conflict in self.conflicts if conflict.state == ConflictState.OPEN]

    @property
    def open_mismatches(self) -> list[MismatchReport]:
        return [report for report in self.mismatches if report.state == MismatchState.RECEIVED]


def file_of(certificate: Certificate) -> File:
    """Read the whole file; ten small queries by certificate."""
    return File(
        periods=list(certificate.periods.order_by("-n")),
        moves=list(certificate.status_changes.order_by("-n")),
        surveillance=list(certificate.surveillance.order_by("-on", "-pk")),
        sites=list(certificate.sites.order_by("pk")),
        lines=list(certificate.product_lines.order_by("pk")),
        detail=_detail(certificate),
        parts=list(certificate.sub_certificates.order_by("number_key")[:50]),
        successors=list(certificate.successors.order_by("pk")[:10]),
        conflicts=list(certificate.conflicts.order_by("-found_at")[:20]),
        mismatches=list(certificate.mismatches.order_by("-received_at")[:20]),
    )


def _detail(certificate: Certificate) -> Any:
    """The row of the certificate's shape, if it has one."""
    names: Iterable[str] = ("management", "ccc", "industrial")
    return next((found for name in names if (found := getattr(certificate, name, None)) is not None), None)
