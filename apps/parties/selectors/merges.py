"""Pairs of records that may be one party, and pairs that certainly are."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.parties.constants import MergeState
from apps.parties.merging import movers
from apps.parties.models import MergeCandidate, Organisation
from apps.parties.selectors.divisions import place_name

_EQUAL_CODES = """
    SELECT DISTINCT c.organisation_id, k.id
    FROM parties_organisationcode c
    JOIN parties_organisation d ON d.id = c.organisation_id AND d.merged_into_id IS NULL
    CROSS JOIN LATERAL (SELECT upper(replace(c.value, '-', '')) AS value) AS plain
    JOIN parties_organisation k
      ON k.org_code = CASE WHEN length(plain.value) = 18 THEN substr(plain.value, 9, 9) ELSE plain.value END
     AND k.merged_into_id IS NULL AND k.id <> d.id
    WHERE d.org_code IS NULL
    ORDER BY 1, 2
"""


def equal_code_pairs() -> list[tuple[int, int]]:
    """(record without a code of its own, living record that has the code under which a source knew the first)."""
    with connection.cursor() as cursor:
        cursor.execute(_EQUAL_CODES)
        return [(duplicate, kept) for duplicate, kept in cursor.fetchall()]


def undecided(pairs: QuerySet[MergeCandidate]) -> QuerySet[MergeCandidate]:
    """Pairs that wait for a decision and whose records both still stand alone."""
    return pairs.filter(
        state__in=(MergeState.OPEN, MergeState.REVERTED), kept__merged_into=None, duplicate__merged_into=None
    )


def pair_of_counts(first: Organisation, second: Organisation) -> list[tuple[Any, int, int]]:
    """(label, rows of the first, rows of the second) for everything that a merge would move."""
    ids = (first.pk, second.pk)
    counted = [(mover.label, mover.count(ids)) for mover in movers()]
    return [(label, found.get(first.pk, 0), found.get(second.pk, 0)) for label, found in counted if any(found.values())]


def merges_of(organisation_id: int) -> QuerySet[MergeCandidate]:
    """Every pair in which the organisation stands, newest first."""
    both = MergeCandidate.objects.filter(kept_id=organisation_id) | MergeCandidate.objects.filter(
        duplicate_id=organisation_id
    )
    return both.select_related("kept", "duplicate").order_by("-found_at", "-pk")


def rows_of(organisation: Organisation) -> list[tuple[Any, int]]:
    """(label, number of rows) for everything that names the organisation; only what there is."""
    counted = [(mover.label, mover.count((organisation.pk,)).get(organisation.pk, 0)) for mover in movers()]
    return [(label, n) for label, n in counted if n]


def side_by_side(first: Organisation, second: Organisation) -> list[tuple[str, str, str, str]]:
    """(label, first, second, "differs", "blank" on one side, or "") for each thing that a clerk compares."""
    left, right = _shown(first), _shown(second)
    return [(label, value, right[label], _difference(value, right[label])) for label, value in left.items()]


def _difference(left: str, right: str) -> str:
    if left == right:
        return ""
    return "differs" if left and right else "blank"


def _shown(organisation: Organisation) -> dict[str, str]:
    names = organisation.names.exclude(name=organisation.name).order_by("pk").values_list("name", flat=True)
    codes = organisation.codes.order_by("pk").values_list("value", flat=True)
    return {
        _("名称"): organisation.name,
        _("类型"): str(organisation.get_kind_display()),
        _("统一社会信用代码"): organisation.uscc or "",
        _("组织机构代码"): organisation.org_code or "",
        _("认证机构批准号"): organisation.approval_number or "",
        _("行政区划"): place_name(organisation.division_code, organisation.jurisdiction_code),
        _("地址"): organisation.address,
        _("法定代表人"): organisation.legal_representative,
        _("其他名称"): "、".join(dict.fromkeys(names)),
        _("其他代码"): "、".join(dict.fromkeys(codes)),
        _("来源"): organisation.source,
    }
