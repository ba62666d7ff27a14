"""Finding organisations. A merged record is never an answer: `resolve` leads to the survivor."""

import re
from collections.abc import Collection
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from apps.core.grams import fold, query_literal
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from apps.parties.rules.codes import normalise_uscc, org_code_of
from apps.parties.rules.text import squeeze

_CODE_LIKE = re.compile(r"(?=.*[0-9])[0-9A-Z]{4,18}")
_LETTERS = re.compile(r"[a-z]{2,}")
QUERY_LENGTH = 100


def resolve_id(organisation_id: int) -> int:
    """The id of the record that stands for this one today, after any chain of merges."""
    seen = {organisation_id}
    while True:
        following = Organisation.objects.filter(pk=organisation_id).values_list("merged_into_id", flat=True).first()
        if following is None or following in seen:
            return organisation_id
        seen.add(following)
        organisation_id = following


def resolve(organisation: Organisation) -> Organisation:
    """The record that stands for this one today."""
    if organisation.merged_into_id is None:
        return organisation
    return Organisation.objects.get(pk=resolve_id(organisation.merged_into_id))


def find_by_id(organisation_id: int) -> Organisation | None:
    """The record with this id, even if it was merged into another (`resolve` leads on)."""
    return Organisation.objects.filter(pk=organisation_id).first()


def find_by_code(code: str) -> Organisation | None:
    """The organisation with this USCC, or with the organisation code in it (old 9-character codes find it too).

    Codes that a source recorded verbatim ("codes") count as well, so a party stays found under every code it had.
    """
    uscc, org_code = normalise_uscc(code), org_code_of(code)
    same = Q()
    if uscc:
        same |= Q(uscc=uscc)
    if org_code:
        same |= Q(org_code=org_code)
    if same:
        found = Organisation.objects.filter(same, merged_into=None).order_by("-uscc", "pk").first()
        if found is not None:
            return found
    recorded = Organisation.objects.filter(codes__value=squeeze(code)).order_by("pk").first() if same else None
    return resolve(recorded) if recorded is not None else None


def find_by_approval(approval_number: str) -> Organisation | None:
    """The certification body with this approval number."""
    found = Organisation.objects.filter(approval_number=approval_number).first()
    return resolve(found) if found is not None else None


def bodies_after(approval_number: str, size: int) -> list[Organisation]:
    """Certification bodies in the order of their approval numbers, from after one of them."""
    rows = Organisation.objects.filter(approval_number__gt=approval_number, merged_into=None)
    return list(rows.only("approval_number", "name").order_by("approval_number")[:size])


def approved_bodies() -> QuerySet[Organisation]:
    """Certification bodies with an approval number, in its order: who may issue a certificate."""
    bodies = Organisation.objects.filter(kind=OrganisationKind.BODY, merged_into=None, approval_number__isnull=False)
    return bodies.order_by("approval_number")


def search_organisations(
    within: QuerySet[Organisation], *, query: str = "", kind: str = "", division: str = ""
) -> QuerySet[Organisation]:
    """Living records by two adjacent characters of any name, by initials, or by a code or its beginning."""
    found = within.filter(merged_into=None)
    if kind:
        found = found.filter(kind=kind)
    if division:
        found = found.filter(Q(division_code__startswith=division) | Q(jurisdiction_code=division))
    return found.filter(_matching(query)) if query.strip() else found


class _Bigrams(SearchQuery):
    """A tsquery of bigrams as it stands: no text-search configuration may cut or stem it."""

    def __init__(self, folded: str) -> None:
        self.literal = query_literal(folded)
        super().__init__(self.literal, search_type="raw")

    def as_sql(self, *_arguments: Any, **_options: Any) -> Any:
        return "%s::tsquery", [self.literal]


def named(folded: str) -> Q:
    """Records one of whose names contains the folded text (two characters or more): index first, then the re-check."""
    return Q(search=_Bigrams(folded)) & Q(search_text__contains=folded)


def _matching(query: str) -> Q:
    """One kind of question at a time, so that each finds its index: a code, initials, or part of a name."""
    folded, code = fold(query[:QUERY_LENGTH]), squeeze(query[:QUERY_LENGTH])
    if not folded:
        return Q(pk__in=[])
    if _CODE_LIKE.fullmatch(code):
        every = Organisation.objects.order_by().values("pk")
        by_code = every.filter(uscc__startswith=code), every.filter(org_code__startswith=code)
        return Q(pk__in=every.filter(codes__value=code).union(*by_code))  # joined by OR, none would find its index
    if _LETTERS.fullmatch(folded):
        return Q(initials__startswith=folded) | named(folded)
    return named(folded) if len(folded) > 1 else Q(search_text__startswith=folded)


def organisations_in(ids: Collection[int], prefix: str) -> QuerySet[Organisation]:
    """Those of the organisations whose recorded place lies in the area; merged ones are gone."""
    return Organisation.objects.filter(pk__in=list(ids), merged_into=None, division_code__startswith=prefix)
