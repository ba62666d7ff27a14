"""Reads of a licence's life: what it is today, by which act, and who may not apply."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.institutions.licence_constants import LicenceStatus
from apps.institutions.models import Bar, Licence, LicenceChange
from apps.institutions.rules import life


@dataclass(frozen=True, slots=True)
class Standing:
    """A licence on a day. `by`: the act that made it so; None where the term simply ran, or runs, its course."""

    licence: Licence
    status: LicenceStatus
    since: dt.date
    begun: bool
    by: LicenceChange | None

    @property
    def word(self) -> str:
        return str(self.status.label)

    @property
    def tone(self) -> str:
        return {"valid": "ok", "rectifying": "due"}.get(self.status, "over")


def standing_of(licence: Licence, on: dt.date) -> Standing:
    """What a licence is on a day; already expired where the sweep has not come by yet."""
    status = life.standing(licence.status, licence.valid_to, on)
    by = None
    if status == licence.status:
        by = licence.changes.filter(to_status=status).exclude(cause="").order_by("-n").first()
    since = life.since(licence.status, licence.status_since, licence.valid_to, on)
    return Standing(licence, status, since, licence.valid_from <= on, by)


def public_licence(organisation_id: int, on: dt.date) -> Standing | None:
    """The licence that the public page shows: the one in force, else the latest. None if this portal knows none.

    A certificate of ours counts once it is sealed; one that the province granted counts at once.
    """
    held = Licence.objects.filter(organisation_id=organisation_id)
    known = [
        standing_of(each, on)
        for each in held.exclude(sealed_at=None, authority=settings.BUREAU_NAME).order_by("-valid_to", "-pk")
    ]
    live = (each for each in known if each.begun and each.status in life.LIVE)
    return next(live, known[0] if known else None)


def bars_on(organisation_id: int, on: dt.date) -> QuerySet[Bar]:
    """The bars that hold on a day, the longest first."""
    running = Bar.objects.filter(organisation_id=organisation_id, starts_on__lte=on, ends_on__gte=on)
    return running.order_by("-ends_on", "pk")


def application_bars(organisation_id: int, item: str, on: dt.date) -> list[str]:
    """Why this may not be applied for: each with its decision, its article and its last day."""
    return [_words(each) for each in bars_on(organisation_id, on)] if item in life.PERMITTING else []


def _words(bar: Bar) -> str:
    said = {
        "why": bar.get_kind_display(),
        "article": bar.article,
        "by": bar.decided_by,
        "number": bar.decision_number,
        "until": bar.ends_on,
    }
    return _("因%(why)s（%(by)s %(number)s，%(article)s），%(until)s 及以前不得再次申请") % said
