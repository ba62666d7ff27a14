"""Whoever a change of the CCC catalogue reaches is reminded before it takes effect, once for each threshold.

A matter is a change and an organisation; its number is the change's above the organisation's, so that each closes by
itself. By codes alone, as selectors.catalogue.affected_ids says, which is also what the nightly recount reads.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from importlib import import_module

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.certifications.constants import Shape, Status
from apps.notifications.sources import EventSource, Matter, Subject, register

EVENT = "ccc.catalogue"
VARIANTS = {"default": gettext_lazy("强制性产品认证目录变化")}
SHIFT = 40  # bits for the organisation

_RUNNING = f"c.status IN ('{Status.VALID.value}', '{Status.SUSPENDED.value}')"
_SQL = f"""
SELECT (h.id::bigint << {SHIFT}) | o.id AS subject_id, h.compulsory_from AS due_on, o.id AS organisation_id,
    o.division_code, 0::bigint AS body_id, 'default' AS variant
FROM schemes_cataloguechange h JOIN LATERAL (
    SELECT unnest(ARRAY[c.holder_id, d.applicant_id, d.manufacturer_id, d.factory_id]) AS id
    FROM certifications_cccdetail d JOIN certifications_certificate c ON c.id = d.certificate_id
    WHERE d.product_code = h.code AND {_RUNNING} AND c.shape = {int(Shape.CCC)}
    UNION
    SELECT c.holder_id FROM certifications_certificate c
    JOIN unnest(string_to_array(h.industries, ' ')) AS i(code) ON strpos(c.scope_codes::text, '"GB:' || i.code) > 0
    WHERE h.kind <> 'removed' AND i.code <> '' AND {_RUNNING}
) reached ON reached.id IS NOT NULL
JOIN parties_organisation o ON o.id = reached.id AND o.merged_into_id IS NULL
WHERE h.compulsory_from BETWEEN %(first)s AND %(last)s"""  # noqa: S608  constants of the vocabulary


def register_events() -> None:
    """Called once by AppConfig.ready."""
    register(EventSource(EVENT, gettext_lazy("强制性产品认证目录变化"), VARIANTS, _SQL, _describe, _matters))


def _parts(subject_id: int) -> tuple[int, int]:
    return subject_id >> SHIFT, subject_id & ((1 << SHIFT) - 1)


def _describe(ids: Sequence[int]) -> dict[int, Subject]:
    reads = import_module("apps.schemes.selectors.catalogue")  # the models exist only now
    changes = reads.changes_by_id({_parts(pk)[0] for pk in ids})
    names = reads.names_of({_parts(pk)[1] for pk in ids})
    path, found = reverse("schemes:catalogue"), {}
    for pk in ids:
        change, name = changes.get(_parts(pk)[0]), names.get(_parts(pk)[1])
        if change is not None and name is not None:
            about = _("%(announcement)s：%(note)s") % {
                "announcement": change.announcement,
                "note": reads.change_note(change),
            }
            found[pk] = Subject(change.code, name, path, about=about)
    return found


def _matters(first: dt.date, last: dt.date) -> Iterator[Matter]:
    reads = import_module("apps.schemes.selectors.catalogue")
    for change in reads.changes().filter(compulsory_from__range=(first, last)):
        for row in reads.affected_by(change, ""):
            pk = row.organisation.pk
            key = change.pk << SHIFT | pk
            yield Matter(key, change.compulsory_from, pk, row.organisation.division_code, 0, "default")
