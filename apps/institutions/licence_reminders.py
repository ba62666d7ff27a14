"""What licence holders are reminded of: the last day to apply for renewal, and expiry.

The last day to apply is expiry minus the months of CMA.RENEWAL.WINDOW; PostgreSQL subtracts calendar months as
`core.calendar.add_months` does. A renewal that was handed in settles both. Plain SQL over our own tables; the months
are read from the limit by the recount and by a parameterless subquery of the same rows.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.clock.selectors import limit_on
from apps.core.calendar import add_months
from apps.institutions.licence_constants import WINDOW
from apps.notifications.sources import EventSource, Matter, Subject, register

EXPIRY, RENEWAL = "cma.expiry", "cma.renewal"
VARIANTS = {"default": _("资质认定")}

# A later licence of the same holder that lives, or a renewal on its way, settles the matter.
_OPEN = """
FROM institutions_licence l JOIN parties_organisation o ON o.id = l.organisation_id
WHERE l.status IN ('valid', 'rectifying')
  AND NOT EXISTS (SELECT 1 FROM institutions_licence n WHERE n.organisation_id = l.organisation_id
                  AND n.status IN ('valid', 'rectifying') AND n.valid_to > l.valid_to)
  AND NOT EXISTS (SELECT 1 FROM institutions_application a JOIN workflow_file f ON f.id = a.file_id
                  WHERE a.licence_id = l.id AND f.matter = 'renewal'
                  AND f.submitted_at IS NOT NULL AND f.closed_at IS NULL)
"""
_COLUMNS = "l.organisation_id, o.division_code, 0::bigint AS body_id, 'default' AS variant"
_EXPIRY_SQL = f"""
SELECT l.id AS subject_id, l.valid_to AS due_on, {_COLUMNS} {_OPEN} AND l.valid_to BETWEEN %(first)s AND %(last)s
"""
_MONTHS = f"(SELECT w.value FROM clock_statutorylimit w WHERE w.code = '{WINDOW}' AND w.effective_to IS NULL)"  # noqa: S608
_LAST_DAY = f"(l.valid_to - make_interval(months => {_MONTHS}))::date"
_RENEWAL_SQL = f"""
SELECT l.id AS subject_id, {_LAST_DAY} AS due_on, {_COLUMNS} {_OPEN}
  AND {_LAST_DAY} BETWEEN %(first)s AND %(last)s
"""


def register_events() -> None:
    """Called once by AppConfig.ready."""
    register(EventSource(EXPIRY, _("资质认定证书有效期届满"), VARIANTS, _EXPIRY_SQL, _describe, _expiring))
    register(EventSource(RENEWAL, _("资质认定延续申请截止"), VARIANTS, _RENEWAL_SQL, _describe, _renewing))


def _describe(ids: Sequence[int]) -> dict[int, Subject]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, number, holder_name FROM institutions_licence WHERE id = ANY(%s)", [list(ids)])
        rows = cursor.fetchall()
    return {pk: Subject(number, holder, reverse("institutions:licence_page", args=[pk])) for pk, number, holder in rows}


def _matters() -> Iterator[tuple[int, dt.date, int, str]]:
    """Licence, expiry, holder and division of every licence that somebody ought to think of."""
    licences = apps.get_model("institutions", "Licence").objects.filter(status__in=["valid", "rectifying"])
    latest: dict[int, dt.date] = {}
    for holder, expiry in licences.values_list("organisation_id", "valid_to"):
        latest[holder] = max(expiry, latest.get(holder, expiry))
    applied = apps.get_model("institutions", "Application").objects.filter(
        file__matter="renewal", file__submitted_at__isnull=False, file__closed_at=None
    )
    settled = set(applied.values_list("licence_id", flat=True))
    columns = licences.values_list("pk", "valid_to", "organisation_id", "organisation__division_code")
    for pk, expiry, holder, division in columns:
        if pk not in settled and latest[holder] <= expiry:
            yield pk, expiry, holder, division


def _expiring(first: dt.date, last: dt.date) -> Iterator[Matter]:
    for pk, expiry, holder, division in _matters():
        if first <= expiry <= last:
            yield Matter(pk, expiry, holder, division, 0, "default")


def _renewing(first: dt.date, last: dt.date) -> Iterator[Matter]:
    limit = limit_on(WINDOW, last)
    for pk, expiry, holder, division in _matters():
        due = add_months(expiry, -limit.value) if limit else None
        if due is not None and first <= due <= last:
            yield Matter(pk, due, holder, division, 0, "default")
