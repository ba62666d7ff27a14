"""Bans that end soon: told to those who keep the register, so that nobody is kept
off a trade a day too long. Bans live in parties, which cannot know of reminders; so they are registered here."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.notifications.sources import EventSource, Matter, Subject, register
from apps.parties.models import Ban
from apps.parties.rules.masking import mask_person_name

ENDS = "ban.ends"
VARIANTS = {"default": _("禁止从业登记")}
HOME: str = settings.HOME_DIVISION
assert HOME.isdigit(), "a division code"

# A person has no division: the bureau's own people are told.
_SQL = f"""
SELECT b.id AS subject_id, b.ends_on AS due_on, coalesce(b.organisation_id, 0) AS organisation_id,
    coalesce(o.division_code, '{HOME}') AS division_code, 0::bigint AS body_id, 'default' AS variant
FROM parties_ban b LEFT JOIN parties_organisation o ON o.id = b.organisation_id
WHERE b.lifted_on IS NULL AND b.ends_on BETWEEN %(first)s AND %(last)s"""  # noqa: S608  digits


def register_events() -> None:
    """Called once by AppConfig.ready."""
    register(EventSource(ENDS, _("禁止从业期满"), VARIANTS, _SQL, _describe, _ending))


def _describe(ids: Sequence[int]) -> dict[int, Subject]:
    """Names of persons are masked: a mail leaves the house. The register itself has them."""
    found = {}
    for ban in Ban.objects.select_related("organisation").filter(pk__in=ids):
        name = ban.organisation.name if ban.organisation is not None else mask_person_name(ban.person_name)
        found[ban.pk] = Subject(ban.decision_number, name, "", staff_path=reverse("parties:ban", args=[ban.pk]))
    return found


def _ending(first: dt.date, last: dt.date) -> Iterator[Matter]:
    for ban in Ban.objects.select_related("organisation").filter(Q(lifted_on=None), ends_on__range=(first, last)):
        assert ban.ends_on is not None, "asked for by its day"
        division = ban.organisation.division_code if ban.organisation is not None else HOME
        yield Matter(ban.pk, ban.ends_on, ban.organisation_id or 0, division, 0, "default")
