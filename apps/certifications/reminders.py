"""The due dates of certificates, as the outbox reads them (apps.notifications.sources).

Expiry: nothing may be certified past the valid-to day; for a management system the recertification audit must be on
site before it (CNCA-QMS-01:2025). Surveillance: at most 12 months apart (the same rule). Suspension: when it ends
without correction the body must revoke (CAR 26). A certificate that has a successor is replaced: it reminds no more.

Plain SQL, so that this module can be imported before the models are ready; the recount reads through the models.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import Shape, Status
from apps.notifications.sources import EventSource, Matter, Subject, register

EXPIRY = "certificate.expiry"
SURVEILLANCE = "certificate.surveillance"
SUSPENSION_END = "certificate.suspension_end"
CCC = "ccc"
ORGANIC = "organic"
DEFAULT = "default"

# The permalink stands in printed QR codes, so it cannot change; the pages behind it belong to a higher app.
PERMALINK = "/c/{}"

VARIANTS = {DEFAULT: _("一般认证"), CCC: _("强制性产品认证"), ORGANIC: _("有机产品认证")}

# Constants of this module and of the vocabulary only; every value is a parameter.
_COLUMNS = f"""
SELECT c.id AS subject_id, c.{{due}} AS due_on, c.holder_id AS organisation_id, c.division_code, c.body_id,
       CASE WHEN c.shape = {int(Shape.CCC)} THEN '{CCC}'
            WHEN c.project_id IN (SELECT code FROM certifications_project WHERE "group" = 'organic') THEN '{ORGANIC}'
            ELSE '{DEFAULT}' END AS variant
FROM certifications_certificate c
WHERE c.{{due}} BETWEEN %(first)s AND %(last)s AND {{condition}}
  AND NOT EXISTS (SELECT 1 FROM certifications_certificate s WHERE s.predecessor_id = c.id)
"""  # noqa: S608
_RUNNING = f"c.status IN ('{Status.VALID.value}', '{Status.SUSPENDED.value}')"
# Two branches, because the index of running certificates does not hold the expired ones.
_EXPIRY_SQL = (
    _COLUMNS.format(due="valid_to", condition=_RUNNING)
    + " UNION ALL "
    + _COLUMNS.format(due="valid_to", condition=f"c.status = '{Status.EXPIRED.value}'")
)
_SURVEILLANCE_SQL = _COLUMNS.format(
    due="surveillance_due", condition=f"{_RUNNING} AND (c.valid_to IS NULL OR c.valid_to >= c.surveillance_due)"
)
_SUSPENSION_SQL = _COLUMNS.format(due="suspended_until", condition=f"c.status = '{Status.SUSPENDED.value}'")


def _describe(ids: Sequence[int]) -> dict[int, Subject]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, number, holder_name, token FROM certifications_certificate WHERE id = ANY(%s)", [list(ids)]
        )
        return {pk: _subject(pk, number, holder, token) for pk, number, holder, token in cursor.fetchall()}


def _subject(pk: int, number: str, holder: str, token: str) -> Subject:
    """Everybody is led to the public page, staff to the file, where they can record what was done."""
    file = reverse("certifications:staff_file", args=[pk])
    return Subject(number=number, holder=holder, path=PERMALINK.format(token), staff_path=file)


def _matters(due: str, condition: Q, first: dt.date, last: dt.date) -> Iterator[Matter]:
    certificates: QuerySet[Any] = apps.get_model("certifications", "Certificate").objects.all()
    successors = certificates.filter(predecessor=OuterRef("pk"))
    rows = certificates.filter(condition, ~Exists(successors), **{f"{due}__range": (first, last)})
    fields = ("id", due, "holder_id", "division_code", "body_id", "shape", "project__group")
    for pk, due_on, holder, division, body, shape, group in rows.values_list(*fields).iterator(20_000):
        variant = CCC if shape == Shape.CCC else ORGANIC if group == "organic" else DEFAULT
        yield Matter(pk, due_on, holder, division, body, variant)


def _expiring(first: dt.date, last: dt.date) -> Iterator[Matter]:
    return _matters("valid_to", Q(status__in=[Status.VALID, Status.SUSPENDED, Status.EXPIRED]), first, last)


def _surveillance(first: dt.date, last: dt.date) -> Iterator[Matter]:
    """A certificate that ends before its surveillance would be due is reminded of its expiry instead."""
    lasts = Q(valid_to=None) | Q(valid_to__gte=F("surveillance_due"))
    return _matters("surveillance_due", lasts & Q(status__in=[Status.VALID, Status.SUSPENDED]), first, last)


def _suspended(first: dt.date, last: dt.date) -> Iterator[Matter]:
    return _matters("suspended_until", Q(status=Status.SUSPENDED), first, last)


def register_events() -> None:
    """Called once by AppConfig.ready."""
    register(EventSource(EXPIRY, _("证书有效期届满"), VARIANTS, _EXPIRY_SQL, _describe, _expiring))
    register(EventSource(SURVEILLANCE, _("监督审核到期"), VARIANTS, _SURVEILLANCE_SQL, _describe, _surveillance))
    register(EventSource(SUSPENSION_END, _("暂停期届满"), VARIANTS, _SUSPENSION_SQL, _describe, _suspended))
