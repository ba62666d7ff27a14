"""Reads of a licence's life: what it is today, by which act, and who may not apply."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.clock.selectors import limit_on
from apps.institutions.licence_constants import WINDOW, Change, LicenceStatus
from apps.institutions.models import Bar, Licence, LicenceChange
from apps.institutions.rules import life
from apps.parties.models import Organisation

DEFAULT_WINDOW = 3  # months, until the limits are loaded


@dataclass(frozen=True, slots=True)
class Standing:
    """A licence on a day. `by`: the act that made it so; None where the term simply ran, or runs, its course."""

    licence: Licence
    status: LicenceStatus
    since: dt.date
    begun: bool
    by: LicenceChange | None

    @property
    def in_force(self) -> bool:
        return self.begun and self.status in life.LIVE

    @property
    def word(self) -> str:
        return str(self.status.label)

    @property
    def tone(self) -> str:
        return {"valid": "ok", "rectifying": "due"}.get(self.status, "over")

    @property
    def icon(self) -> str:
        return {"valid": "check", "rectifying": "alert"}.get(self.status, "circle-x")


def standing_of(licence: Licence, on: dt.date) -> Standing:
    """What a licence is on a day; already expired where the sweep has not come by yet."""
    status = life.standing(licence.status, licence.valid_to, on)
    by = None
    if status == licence.status:
        by = licence.changes.filter(to_status=status).exclude(cause="").order_by("-n").first()
    since = life.since(licence.status, licence.status_since, licence.valid_to, on)
    return Standing(licence, status, since, licence.valid_from <= on, by)


def standing_on(licence: Licence, on: dt.date) -> LicenceStatus:
    """What a licence was on a day: through its last day what its expiry found, also after the sweep came by."""
    if licence.status == LicenceStatus.EXPIRED and on <= licence.valid_to:
        ended = licence.changes.filter(kind=Change.EXPIRED).order_by("-n").first()
        return LicenceStatus(ended.from_status) if ended is not None else LicenceStatus.EXPIRED
    return life.standing(licence.status, licence.valid_to, on)


def public_licence(organisation_id: int, on: dt.date) -> Standing | None:
    """The licence that the public page shows: the one in force, else the latest. None if this portal knows none.

    A certificate of ours counts once it is sealed; one that the province granted counts at once.
    """
    known = [standing_of(each, on) for each in _public().filter(organisation_id=organisation_id)]
    return next((each for each in known if each.in_force), known[0] if known else None)


def public_standings(organisation_ids: Iterable[int], on: dt.date) -> dict[int, Standing]:
    """The same for many organisations at once, in one query, without the acts: for lists."""
    found: dict[int, Standing] = {}
    for licence in _public().filter(organisation_id__in=list(organisation_ids)):
        status = life.standing(licence.status, licence.valid_to, on)
        begins = life.since(licence.status, licence.status_since, licence.valid_to, on)
        each = Standing(licence, status, begins, licence.valid_from <= on, None)
        kept = found.get(licence.organisation_id)
        if kept is None or (each.in_force and not kept.in_force):
            found[licence.organisation_id] = each
    return found


def _public() -> QuerySet[Licence]:
    """Licences whose certificate is out, the one that lasts longest first."""
    return Licence.objects.exclude(sealed_at=None, authority=settings.BUREAU_NAME).order_by("-valid_to", "-pk")


def find_licences(licences: QuerySet[Licence], query: str, status: str, on: dt.date) -> QuerySet[Licence]:
    """Of the licences that somebody sees, those of a number or name and of a status; the next to expire first."""
    if query := query.strip().replace("\0", ""):
        licences = licences.filter(Q(number__contains=query) | Q(holder_name__contains=query))
    over = Q(status__in=life.LIVE, valid_to__lt=on)
    if status == LicenceStatus.EXPIRED:
        licences = licences.filter(Q(status=status) | over)
    elif status:
        licences = licences.filter(status=status).exclude(over)
    return licences.order_by("valid_to", "pk")


def late_words(last_day: dt.date, on: dt.date) -> str:
    """Why a renewal comes too late, with the rule."""
    limit = limit_on(WINDOW, on)
    said = {
        "day": last_day,
        "months": limit.value if limit else DEFAULT_WINDOW,
        "article": limit.article if limit else life.MEASURES,
    }
    return _("延续申请的最后期限 %(day)s 已过（有效期届满前 %(months)s 个月，%(article)s），请按首次申请办理") % said


def bars_on(organisation_id: int, on: dt.date) -> QuerySet[Bar]:
    """The bars that hold on a day, the longest first; those of records that were merged into this one too."""
    running = Bar.objects.filter(organisation_id__in=merged_into(organisation_id), starts_on__lte=on, ends_on__gte=on)
    return running.order_by("-ends_on", "pk")


def merged_into(organisation_id: int) -> set[int]:
    """The organisation and every record that became it."""
    found, latest = {organisation_id}, {organisation_id}
    while latest:
        latest = set(Organisation.objects.filter(merged_into__in=latest).values_list("pk", flat=True)) - found
        found |= latest
    return found


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
