"""What is on record against an institution that bears on its choice of route: asked of every registered source.

The portal knows what it holds itself: rows that staff entered, and licences that it revoked. An app above registers
its own source (penalty cases, say) at start-up; the page names every source that was asked, so that nobody takes
"nothing on record here" for "nothing happened".
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.institutions.licence_constants import GRANTED_IN, Change, RecordKind, Route
from apps.institutions.models import LicenceChange, RouteRecord
from apps.institutions.rules.commitment_route import Entry
from apps.institutions.selectors.life import merged_into


@dataclass(frozen=True, slots=True)
class Source:
    """`entries(organisation_id, on)`: the decisions in force on a day. `label`: what the page calls the source."""

    name: str
    label: str | Promise
    entries: Callable[[int, dt.date], Iterable[Entry]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Ask this source too. Called by AppConfig.ready; the same name again replaces."""
    _sources[source.name] = source


def unregister(name: str) -> None:
    """Ask it no longer (tests)."""
    _sources.pop(name, None)


def sources() -> list[Source]:
    """Every source that is asked."""
    return list(_sources.values())


def entries_on(organisation_id: int, on: dt.date) -> tuple[Entry, ...]:
    """Everything on record on a day, the latest first."""
    found = [entry for source in sources() for entry in source.entries(organisation_id, on)]
    return tuple(sorted(found, key=lambda entry: (entry.decided_on, entry.number), reverse=True))


def route_records() -> QuerySet[RouteRecord]:
    """The rows that staff entered, the latest decision first."""
    return RouteRecord.objects.select_related("organisation", "entered_by").order_by("-decided_on", "-pk")


def _entered(organisation_id: int, on: dt.date) -> Iterable[Entry]:
    """Those of records that were merged into this one too."""
    rows = RouteRecord.objects.filter(
        organisation_id__in=merged_into(organisation_id), decided_on__lte=on, annulled_on=None
    )
    for kind, number, decided_on in rows.values_list("kind", "decision_number", "decided_on"):
        yield Entry(kind, number, decided_on)


def _revoked(organisation_id: int, on: dt.date) -> Iterable[Entry]:
    """Licences of the portal's own that were revoked after they were granted or changed by commitment."""
    revoked = LicenceChange.objects.filter(licence__organisation_id=organisation_id, kind=Change.REVOKED, on__lte=on)
    promised = revoked.filter(
        licence__applications__route=Route.COMMITMENT, licence__applications__file__status__in=GRANTED_IN
    )
    for number, day in promised.values_list("licence__number", "on").distinct():
        yield Entry(RecordKind.COMMITMENT_REVOKED, number, day)


def register_own_sources() -> None:
    """Called by InstitutionsConfig.ready."""
    register(Source("entered", _("本平台登记的处罚和撤销决定"), _entered))
    register(Source("revoked", _("本平台的资质认定撤销记录"), _revoked))
