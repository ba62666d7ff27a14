"""From what was typed to what is meant: the first reading that finds something (rules.query has them all)."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from apps.certifications.models import Certificate
from apps.certifications.rules import number_key
from apps.certifications.rules.query import Reading
from apps.certifications.selectors.frequencies import CERTIFICATE
from apps.parties.constants import OrganisationKind
from apps.parties.rules.masking import mask_person_name
from apps.parties.selectors import find_by_approval, find_by_code

PREFIX_SHOWN = 50  # further digits are quicker than a second page


class Meaning(StrEnum):
    NOTHING = "nothing"
    NUMBER = "number"
    TOKEN = "token"  # noqa: S105 - the kind of a query, not a secret
    ORGANISATION = "organisation"
    BODY = "body"
    PREFIX = "prefix"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Found:
    """How the text was understood. `ids` for numbers; `party_id` and `party_name` for an organisation or a body."""

    meaning: Meaning
    ids: tuple[int, ...] = ()
    party_id: int | None = None
    party_name: str = ""


def find(reading: Reading, *, as_words: bool = False) -> Found:
    """Try number, token, codes and the beginning of a number, in this order; then it is words."""
    if not as_words:
        for attempt in (_by_number, _by_token, _by_code, _by_approval, _by_prefix):
            found = attempt(reading)
            if found is not None:
                return found
    return Found(Meaning.WORDS if reading.words else Meaning.NOTHING)


def by_body_and_number(approval_number: str, number: str) -> Certificate | None:
    """The certificate of a body; a number alone names several, because each body numbers its own."""
    rows = Certificate.objects.filter(number_key=number_key(number)[:64])
    return rows.filter(body__approval_number=approval_number.strip().upper()).only("token").first()


def _by_number(reading: Reading) -> Found | None:
    if not reading.number:
        return None
    ids = (
        Certificate.objects.filter(number_key=reading.number).order_by("-listed_on", "-pk").values_list("pk", flat=True)
    )
    return Found(Meaning.NUMBER, tuple(ids[:PREFIX_SHOWN])) if ids else None


def _by_token(reading: Reading) -> Found | None:
    if not reading.token:
        return None
    pk = Certificate.objects.filter(token=reading.token).values_list("pk", flat=True).first()
    return Found(Meaning.TOKEN, (pk,)) if pk else None


def _by_code(reading: Reading) -> Found | None:
    code = reading.uscc or reading.org_code
    organisation = find_by_code(code) if code else None
    if organisation is None:
        return None
    meaning = Meaning.BODY if organisation.kind == OrganisationKind.BODY else Meaning.ORGANISATION
    private = organisation.kind == OrganisationKind.SOLE_TRADER
    name = mask_person_name(organisation.name) if private else organisation.name
    return Found(meaning, party_id=organisation.pk, party_name=name)


def _by_approval(reading: Reading) -> Found | None:
    body = find_by_approval(reading.approval) if reading.approval else None
    return Found(Meaning.BODY, party_id=body.pk, party_name=body.name) if body else None


def _by_prefix(reading: Reading) -> Found | None:
    """In the order of the index, so that the shortest reading costs as little as the longest."""
    if not reading.prefix:
        return None
    escaped = reading.prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    parts = ["SELECT id FROM", CERTIFICATE, "WHERE number_key LIKE %s ORDER BY number_key USING ~<~ LIMIT %s"]
    with connection.cursor() as cursor:
        cursor.execute(" ".join(parts), [f"{escaped}%", PREFIX_SHOWN])
        ids = tuple(row[0] for row in cursor.fetchall())
    return Found(Meaning.PREFIX, ids) if ids else None
