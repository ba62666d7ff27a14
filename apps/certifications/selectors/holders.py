"""One organisation as the public may see it: names, codes, and how many certificates it holds."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise

from apps.certifications.rules import number_key
from apps.certifications.rules.query import is_personal
from apps.core.text import whole_number
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from apps.parties.rules.masking import mask_person_name
from apps.parties.selectors import division_name, find_by_code, find_by_id, resolve


@dataclass(frozen=True, slots=True)
class Holder:
    """Published fields only. A sole trader is a person: the name is masked, other names and old codes are not told."""

    pk: int
    merged_from: int | None
    name: str
    kind: str | Promise
    is_body: bool
    uscc: str
    org_code: str
    approval_number: str
    division: str
    names: list[tuple[str, str | Promise, str]]
    codes: list[str]
    version: int


def holder_at(reference: str) -> Holder | None:
    """The organisation with this code (USCC, organisation code) or this id; a merged record leads to the survivor.

    A person's number is nobody's address, even where a source reported it as an organisation's code.
    """
    if is_personal(number_key(reference)):
        return None
    found = find_by_code(reference) if len(reference) in (9, 10, 18) else None
    merged_from = None
    if found is None and (number := whole_number(reference, digits=17)) is not None:
        record = find_by_id(number)
        found = resolve(record) if record else None
        merged_from = record.pk if record and found and record.pk != found.pk else None
    if found is None:
        return None
    private = found.kind == OrganisationKind.SOLE_TRADER
    return Holder(
        pk=found.pk,
        merged_from=merged_from,
        name=mask_person_name(found.name) if private else found.name,
        kind=found.get_kind_display(),
        is_body=found.kind == OrganisationKind.BODY,
        uscc=found.uscc or "",
        org_code=found.org_code or "",
        approval_number=found.approval_number or "",
        division=division_name(found.division_code),
        names=[] if private else _names(found),
        codes=[] if private else _codes(found),
        version=found.version,
    )


def _names(organisation: Organisation) -> list[tuple[str, str | Promise, str]]:
    rows = organisation.names.exclude(name=organisation.name).order_by("-since", "pk")[:50]
    return [(row.name, row.get_kind_display(), _span(row.since, row.until)) for row in rows]


def _span(since: dt.date | None, until: dt.date | None) -> str:
    return f"{since or ''} – {until or ''}" if since or until else ""


def _codes(organisation: Organisation) -> list[str]:
    """Codes under which sources knew it, other than its own; what may be a person's number is not told."""
    own = {organisation.uscc, organisation.org_code}
    values = organisation.codes.order_by("pk").values_list("value", flat=True)
    return [value for value in dict.fromkeys(values) if value not in own and len(value) in (9, 10)]
