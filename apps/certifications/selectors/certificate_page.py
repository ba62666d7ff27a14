"""What the public may see of one certificate: published fields only, personal data masked."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import Shape, Status
from apps.certifications.models import (
    CccDetail,
    Certificate,
    CertificatePeriod,
    IndustrialDetail,
    ManagementDetail,
    ProductLine,
    Project,
    Site,
    Source,
    Standard,
    StatusChange,
    SurveillanceActivity,
)
from apps.certifications.rules import next_legal_step
from apps.certifications.rules.coverage import Covered
from apps.certifications.rules.verdict import Verdict, judge
from apps.certifications.rules.words import Words
from apps.certifications.selectors.frequencies import CERTIFICATE, ORGANISATION
from apps.certifications.selectors.listed import Listed
from apps.certifications.selectors.written import Columns, from_json
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from apps.parties.rules.masking import mask_address, mask_person_name, mask_trader_name
from apps.parties.selectors import division_name

_PEOPLE = re.compile(r"[、，,;；\s]+")
LISTED = 200  # rows of one kind that a page shows; a group certificate can have thousands of sites


@dataclass(frozen=True, slots=True)
class Details:
    """Everything below the verdict. Rows are model instances whose personal fields were masked for display."""

    holder_name: str
    names: list[tuple[str, Words]]
    division: str
    sites: list[Site]
    sites_more: bool
    product_lines: list[ProductLine]
    facts: list[tuple[Words, str]]
    parties: list[tuple[Words, str]]
    status_changes: list[StatusChange]
    next_step: Words
    periods: list[CertificatePeriod]
    surveillance: list[SurveillanceActivity]
    predecessor: Certificate | None
    successors: list[Certificate]
    main: Certificate | None
    sub_certificates: list[Certificate]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the verdict is judged by, and the versions of everything that the page shows."""

    pk: int
    token: str
    status: str
    valid_to: dt.date | None
    confirmed_at: dt.datetime
    cadence_days: int
    version: int
    updated_at: dt.datetime
    holder_version: int
    body_version: int

    def verdict(self, *, now: dt.datetime, today: dt.date) -> Verdict:
        return judge(
            self.status,
            self.valid_to,
            confirmed_at=self.confirmed_at,
            cadence_days=self.cadence_days,
            now=now,
            today=today,
        )


# Written out, because building this statement anew took longer than all the rest of the most frequent request; with
# subqueries, because planning three joins took longer than running them.
_STANDING = f"""
SELECT c.id, c.token, c.status, c.valid_to, c.confirmed_at,
    (SELECT cadence_days FROM {Source._meta.db_table} WHERE code = c.source_id), c.version, c.updated_at,
    (SELECT version FROM {ORGANISATION} WHERE id = c.holder_id),
    (SELECT version FROM {ORGANISATION} WHERE id = c.body_id)
FROM {CERTIFICATE} c WHERE c.token = %s
"""  # noqa: S608 - the names are constants of the models


def standing(token: str) -> Standing | None:
    """The standing of the certificate with this token. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [token])
        row = cursor.fetchone()
    return Standing(*row) if row else None


_CERTIFICATE = Columns(Certificate, "c", without=("search", "search_text"))
_UNSEEN = ("search", "search_text", "address", "legal_representative")
_HOLDER, _BODY = Columns(Organisation, "h", without=_UNSEEN), Columns(Organisation, "b", without=_UNSEEN)
_PROJECT, _SOURCE, _STANDARD = Columns(Project, "p"), Columns(Source, "s"), Columns(Standard, "d")
_HEAD = f"""
SELECT {_CERTIFICATE.sql}, {_HOLDER.sql}, {_BODY.sql}, {_PROJECT.sql}, {_SOURCE.sql}, {_STANDARD.sql}
FROM {CERTIFICATE} c JOIN {ORGANISATION} h ON h.id = c.holder_id JOIN {ORGANISATION} b ON b.id = c.body_id
JOIN {Project._meta.db_table} p ON p.code = c.project_id JOIN {Source._meta.db_table} s ON s.code = c.source_id
LEFT JOIN {Standard._meta.db_table} d ON d.code = c.standard_id WHERE c.token = %s
"""  # noqa: S608 - the names are constants of the models


def head(token: str) -> Certificate | None:
    """The certificate with all that a page says of it above the record. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, [token])
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)
    certificate = _CERTIFICATE.one(islice(values, _CERTIFICATE.width))
    certificate.holder = _HOLDER.one(islice(values, _HOLDER.width))
    certificate.body = _BODY.one(islice(values, _BODY.width))
    certificate.project = _PROJECT.one(islice(values, _PROJECT.width))
    certificate.source = _SOURCE.one(islice(values, _SOURCE.width))
    certificate.standard = _STANDARD.one(values) if certificate.standard_id else None
    return certificate


def verdict_for(certificate: Certificate | Listed, *, now: dt.datetime, today: dt.date) -> Verdict:
    """rules.verdict.judge for a certificate with its source."""
    return judge(
        certificate.status,
        certificate.valid_to,
        confirmed_at=certificate.confirmed_at,
        cadence_days=certificate.source.cadence_days,
        now=now,
        today=today,
    )


def public_holder_name(certificate: Certificate | Listed) -> str:
    """The holder in a list, where nobody asked for this one: a sole trader is masked as a person (ADR 0010)."""
    if certificate.holder.kind == OrganisationKind.SOLE_TRADER:
        return mask_person_name(certificate.holder_name)
    return certificate.holder_name


_OTHER_NAME: Any = Organisation._meta.get_field("names").related_model
_CHANGES, _PERIODS = Columns(StatusChange, "x"), Columns(CertificatePeriod, "x")
_SITES, _LINES, _ACTIVITIES = Columns(Site, "x"), Columns(ProductLine, "x"), Columns(SurveillanceActivity, "x")
_NAMES, _MANAGEMENT, _INDUSTRIAL = (
    Columns(_OTHER_NAME, "x"),
    Columns(ManagementDetail, "x"),
    Columns(IndustrialDetail, "x"),
)
_OWN = "x.certificate_id = %(pk)s"
_RECORD = f"""
SELECT {_CHANGES.listed("x", _OWN, "x.n DESC", LISTED)}::text, {_PERIODS.listed("x", _OWN, "x.n DESC", LISTED)}::text,
    {_SITES.listed("x", _OWN, "x.id", LISTED + 1)}::text, {_LINES.listed("x", _OWN, "x.id", LISTED)}::text,
    {_ACTIVITIES.listed("x", _OWN, 'x."on" DESC, x.id DESC', LISTED)}::text,
    {_NAMES.listed("x", "x.organisation_id = %(holder)s AND x.name <> %(name)s", "x.since DESC NULLS LAST", 20)}::text,
    {_MANAGEMENT.listed("x", _OWN, "x.certificate_id", 1)}::text,
    {_INDUSTRIAL.listed("x", _OWN, "x.certificate_id", 1)}::text,
    EXISTS (SELECT 1 FROM {CERTIFICATE} WHERE predecessor_id = %(pk)s OR main_id = %(pk)s)
"""  # noqa: S608 - the names are constants of the models


@dataclass(frozen=True, slots=True)
class _Record:
    """The rows of a certificate, read by one statement."""

    changes: list[StatusChange]
    periods: list[CertificatePeriod]
    sites: list[Site]
    lines: list[ProductLine]
    activities: list[SurveillanceActivity]
    names: list[Any]
    detail: ManagementDetail | IndustrialDetail | None
    has_relatives: bool


def _record(certificate: Certificate) -> _Record:
    values: dict[str, Any] = {
        "pk": certificate.pk,
        "holder": certificate.holder_id,
        "name": certificate.holder_name,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, values)
        *texts, near = cursor.fetchone()
    rows = [from_json(text) for text in texts]
    details: dict[Shape, Sequence[Any]] = {
        Shape.MANAGEMENT: _MANAGEMENT.all_of(rows[6]),
        Shape.INDUSTRIAL: _INDUSTRIAL.all_of(rows[7]),
    }
    found = details.get(Shape(certificate.shape), ())
    return _Record(
        _CHANGES.all_of(rows[0]),
        _PERIODS.all_of(rows[1]),
        _SITES.all_of(rows[2]),
        _LINES.all_of(rows[3]),
        _ACTIVITIES.all_of(rows[4]),
        _NAMES.all_of(rows[5]),
        found[0] if found else None,
        bool(near or certificate.predecessor_id or certificate.main_id),
    )


def details(certificate: Certificate, *, status: str) -> Details:
    """Everything else. `status` is the effective one: the next legal step follows from it."""
    private = certificate.holder.kind == OrganisationKind.SOLE_TRADER
    record = _record(certificate)
    for site in record.sites:
        site.address = mask_address(site.address) if private else site.address
    for activity in record.activities:
        activity.audit_team = _masked_people(activity.audit_team)
    facts, parties = _of_shape(certificate.shape, record.detail or _ccc_detail(certificate))
    relatives = _relatives(certificate) if record.has_relatives else []
    last_reason = record.changes[0].reason_class if record.changes else ""
    return Details(
        holder_name=mask_trader_name(certificate.holder_name) if private else certificate.holder_name,
        names=[] if private else [(row.name, row.get_kind_display()) for row in record.names],
        division=division_name(certificate.division_code),
        sites=record.sites[:LISTED],
        sites_more=len(record.sites) > LISTED,
        product_lines=record.lines,
        facts=facts,
        parties=parties,
        status_changes=record.changes,
        next_step=next_legal_step(status, last_reason, certificate.shape, certificate.project.group),
        periods=record.periods,
        surveillance=record.activities,
        predecessor=next((c for c in relatives if c.pk == certificate.predecessor_id), None),
        successors=[c for c in relatives if c.predecessor_id == certificate.pk],
        main=next((c for c in relatives if c.pk == certificate.main_id), None),
        sub_certificates=[c for c in relatives if c.main_id == certificate.pk],
    )


def _relatives(certificate: Certificate) -> list[Certificate]:
    """Predecessor, successors, main and sub-certificates in one query; none where there are no links.

    What this certificate itself names comes first, so that many sub-certificates cannot crowd it out.
    """
    near = Q(predecessor_id=certificate.pk) | Q(main_id=certificate.pk)
    linked = [pk for pk in (certificate.predecessor_id, certificate.main_id) if pk]
    rows = Certificate.objects.filter(near | Q(pk__in=linked)).only(
        "number", "token", "status", "valid_to", "predecessor_id", "main_id", "scope"
    )
    named_first = Case(When(pk__in=linked, then=0), default=1)
    return list(rows.order_by(named_first, "-listed_on", "-pk")[: LISTED + 2])


_Detail = ManagementDetail | CccDetail | IndustrialDetail


def _of_shape(shape: int, detail: _Detail | None) -> tuple[list[tuple[Words, str]], list[tuple[Words, str]]]:
    """(facts, parties) that only this shape of certificate has; empty ones are left out."""
    if detail is None:
        return [], []
    names = {
        Shape.MANAGEMENT: ("headcount", "surveillance_count", "recertification_count", "accreditation_mark"),
        Shape.CCC: ("product_code", "product_name", "models_text"),
        Shape.INDUSTRIAL: ("product_name", "models_text", "mode"),
    }[Shape(shape)]
    labels: dict[str, Words] = {field.name: field.verbose_name for field in detail._meta.fields}
    facts = [(labels[name], str(getattr(detail, name))) for name in names if getattr(detail, name) not in (None, "")]
    if not isinstance(detail, CccDetail):
        return facts, []
    roles = ((_("申请人"), detail.applicant), (_("制造商"), detail.manufacturer), (_("生产厂"), detail.factory))
    return facts, [(label, _public_name(party)) for label, party in roles if party is not None]


def _ccc_detail(certificate: Certificate) -> CccDetail | None:
    if certificate.shape != Shape.CCC:
        return None
    parties = CccDetail.objects.select_related("applicant", "manufacturer", "factory")
    return parties.filter(pk=certificate.pk).first()


def _public_name(party: Organisation) -> str:
    return mask_trader_name(party.name) if party.kind == OrganisationKind.SOLE_TRADER else party.name


def _masked_people(text: str) -> str:
    return "、".join(mask_person_name(part) for part in _PEOPLE.split(text) if part)


def covered(certificate: Certificate) -> Covered:
    """What the coverage rule needs of a certificate."""
    detail: CccDetail | IndustrialDetail | None = _ccc_detail(certificate)
    if certificate.shape == Shape.INDUSTRIAL:
        detail = IndustrialDetail.objects.filter(pk=certificate.pk).first()
    lines = list(certificate.product_lines.order_by("pk").values_list("product", "place")[:LISTED])
    listed = [product for product, _place in lines]
    models = detail.models_text.splitlines() if detail is not None else []
    if detail is not None:
        listed.append(detail.product_name)
    history = certificate.status_changes.order_by("n").values_list("on", "to_status")
    return Covered(
        listed=[text for text in listed if text],
        prose=[text for text in (certificate.products, certificate.scope) if text],
        sites=[" ".join(filter(None, row)) for row in certificate.sites.values_list("name", "address")[:LISTED]],
        moves=[(on, status) for on, status in history],
        periods=list(certificate.periods.order_by("n").values_list("valid_from", "valid_to")),
        status_names={value: str(label) for value, label in Status.choices},
        models=[text for text in models if text],
        lines=lines,
        codes=list(certificate.scope_codes),
    )


def sources() -> list[Source]:
    """Every source with when it last reported: what "not found" can be judged by."""
    return list(Source.objects.order_by("authority", "code"))
