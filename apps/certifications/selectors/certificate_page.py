"""What the public may see of one certificate: published fields only, personal data masked (DOMAIN.md, section 6)."""

import datetime as dt
import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import Shape, Status
from apps.certifications.models import (
    CccDetail,
    Certificate,
    CertificatePeriod,
    IndustrialDetail,
    ManagementDetail,
    ProductLine,
    Site,
    Source,
    StatusChange,
    SurveillanceActivity,
)
from apps.certifications.rules import next_legal_step
from apps.certifications.rules.coverage import Covered
from apps.certifications.rules.verdict import Verdict, judge
from apps.certifications.rules.words import Words
from apps.certifications.selectors.frequencies import CERTIFICATE, ORGANISATION
from apps.certifications.selectors.listed import Listed
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


def head(token: str) -> Certificate | None:
    """The certificate with all that a page says of it above the record. One query."""
    rows = Certificate.objects.select_related("holder", "body", "project", "standard", "source")
    deferred = [
        *("search", "search_text", "holder__search", "holder__search_text", "body__search", "body__search_text"),
        *("holder__address", "holder__legal_representative", "body__address", "body__legal_representative"),
    ]
    return rows.defer(*deferred).filter(token=token).first()


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


def details(certificate: Certificate, *, status: str) -> Details:
    """Everything else. `status` is the effective one: the next legal step follows from it."""
    private = certificate.holder.kind == OrganisationKind.SOLE_TRADER
    changes = list(certificate.status_changes.order_by("-n")[:LISTED])
    sites = list(certificate.sites.order_by("pk")[: LISTED + 1])
    for site in sites:
        site.address = mask_address(site.address) if private else site.address
    activities = list(certificate.surveillance.order_by("-on", "-pk")[:LISTED])
    for activity in activities:
        activity.audit_team = _masked_people(activity.audit_team)
    facts, parties = _of_shape(certificate)
    relatives = _relatives(certificate)
    return Details(
        holder_name=mask_trader_name(certificate.holder_name) if private else certificate.holder_name,
        names=[] if private else _names(certificate),
        division=division_name(certificate.division_code),
        sites=sites[:LISTED],
        sites_more=len(sites) > LISTED,
        product_lines=list(certificate.product_lines.order_by("pk")[:LISTED]),
        facts=facts,
        parties=parties,
        status_changes=changes,
        next_step=next_legal_step(
            status, changes[0].reason_class if changes else "", certificate.shape, certificate.project.group
        ),
        periods=list(certificate.periods.order_by("-n")),
        surveillance=activities,
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


def _names(certificate: Certificate) -> list[tuple[str, Words]]:
    """Other names of the holder, so that a paper with an old name is recognised."""
    others = certificate.holder.names.exclude(name=certificate.holder_name).order_by(F("since").desc(nulls_last=True))
    return [(row.name, row.get_kind_display()) for row in others[:20]]


def _of_shape(certificate: Certificate) -> tuple[list[tuple[Words, str]], list[tuple[Words, str]]]:
    """(facts, parties) that only this shape of certificate has; empty ones are left out."""
    detail = _detail(certificate)
    if detail is None:
        return [], []
    names = {
        Shape.MANAGEMENT: ("headcount", "surveillance_count", "recertification_count", "accreditation_mark"),
        Shape.CCC: ("product_code", "product_name", "models_text"),
        Shape.INDUSTRIAL: ("product_name", "models_text", "mode"),
    }[Shape(certificate.shape)]
    labels: dict[str, Words] = {field.name: field.verbose_name for field in detail._meta.fields}
    facts = [(labels[name], str(getattr(detail, name))) for name in names if getattr(detail, name) not in (None, "")]
    if not isinstance(detail, CccDetail):
        return facts, []
    roles = ((_("申请人"), detail.applicant), (_("制造商"), detail.manufacturer), (_("生产厂"), detail.factory))
    return facts, [(label, _public_name(party)) for label, party in roles if party is not None]


def _detail(certificate: Certificate) -> ManagementDetail | CccDetail | IndustrialDetail | None:
    if certificate.shape == Shape.MANAGEMENT:
        return ManagementDetail.objects.filter(pk=certificate.pk).first()
    if certificate.shape == Shape.CCC:
        parties = CccDetail.objects.select_related("applicant", "manufacturer", "factory")
        return parties.filter(pk=certificate.pk).first()
    if certificate.shape == Shape.INDUSTRIAL:
        return IndustrialDetail.objects.filter(pk=certificate.pk).first()
    return None


def _public_name(party: Organisation) -> str:
    return mask_trader_name(party.name) if party.kind == OrganisationKind.SOLE_TRADER else party.name


def _masked_people(text: str) -> str:
    return "、".join(mask_person_name(part) for part in _PEOPLE.split(text) if part)


def covered(certificate: Certificate) -> Covered:
    """What the coverage rule needs of a certificate."""
    detail = _detail(certificate)
    listed = list(certificate.product_lines.order_by("pk").values_list("product", flat=True)[:LISTED])
    if isinstance(detail, CccDetail | IndustrialDetail):
        listed += [detail.product_name, *detail.models_text.splitlines()]
    history = certificate.status_changes.order_by("n").values_list("on", "to_status")
    return Covered(
        listed=[text for text in listed if text],
        prose=[text for text in (certificate.products, certificate.scope) if text],
        sites=[" ".join(filter(None, row)) for row in certificate.sites.values_list("name", "address")[:LISTED]],
        moves=[(on, status) for on, status in history],
        periods=list(certificate.periods.order_by("n").values_list("valid_from", "valid_to")),
        status_names={value: str(label) for value, label in Status.choices},
    )


def sources() -> list[Source]:
    """Every source with when it last reported: what "not found" can be judged by."""
    return list(Source.objects.order_by("authority", "code"))
