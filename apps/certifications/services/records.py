"""Entering one certificate by hand: a paper in the window, a body that reports a single record.

Whole files come through services.imports; both write the same rows and the same public facts.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import publish, record
from apps.certifications import rules
from apps.certifications.constants import (
    FACT_RECORDED,
    FACT_SUBJECT,
    MANUAL_SOURCE,
    PeriodKind,
    ReasonClass,
    Shape,
    Status,
)
from apps.certifications.models import (
    CccDetail,
    Certificate,
    IndustrialDetail,
    ManagementDetail,
    ProductLine,
    Project,
    Site,
)
from apps.certifications.policies import may_see_internal
from apps.certifications.services.facts import certificate_facts
from apps.certifications.services.holders import NewHolder, settle_holder
from apps.certifications.services.locking import Deciding, refuse_if_any, require_own
from apps.certifications.services.status import next_surveillance
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.grams import fold_names, vector_literal
from apps.core.problems import Problem
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from apps.parties.rules.numbers import check_ccc_number

NUMBER_LENGTH = 64


@dataclass(frozen=True, slots=True)
class SiteData:
    """A place as it stands on the certificate."""

    address: str
    name: str = ""
    activity: str = ""
    division_code: str = ""


@dataclass(frozen=True, slots=True)
class LineData:
    """A product line of a food or agriculture certificate. Area in mu, output a year."""

    product: str
    place: str = ""
    area_mu: Decimal | None = None
    output: Decimal | None = None
    output_unit: str = ""


@dataclass(frozen=True, slots=True)
class DetailData:
    """What only one of the four shapes has; the fields of the other shapes stay empty."""

    headcount: int | None = None
    surveillance_count: int | None = None
    recertification_count: int | None = None
    accreditation_mark: str = ""
    manufacturer: Organisation | None = None
    factory: Organisation | None = None
    product_code: str = ""
    product_name: str = ""
    models_text: str = ""
    mode: str = ""
    lines: tuple[LineData, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificateData:
    """A certificate as it lies on the desk. Dates that it does not bear are None."""

    body: Organisation
    holder: Organisation | NewHolder
    number: str
    project: Project
    issued_on: dt.date | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    first_issued_on: dt.date | None = None
    standard_code: str | None = None
    standard_text: str = ""
    holder_name: str = ""
    scope: str = ""
    scope_codes: tuple[str, ...] = ()
    products: str = ""
    division_code: str = ""
    main: Certificate | None = None
    predecessor: Certificate | None = None
    sites: tuple[SiteData, ...] = ()
    detail: DetailData = field(default_factory=DetailData)


def record_certificate(
    *,
    actor: Actor,
    now: dt.datetime,
    data: CertificateData,
    source_code: str = MANUAL_SOURCE,
    deciding: Deciding | None = None,
) -> Certificate:
    """Enter one certificate that the portal does not know yet, and its holder if that is new too.

    Writes the certificate, its first period and status (already 过期失效 if its last day has passed), sites, the
    detail of its shape, the trail and the public fact. A number that this body has issued already is a problem, and
    so is a place outside the writer's scope: they could not open the file that they wrote. `deciding`: the body whose
    own process decided to issue it; it records its own certificates, wherever the holder is.
    """
    _require_recorder(actor, data, deciding)
    with transaction.atomic():
        _require_recorder(actor, data, deciding)
        holder, faults = settle_holder(actor=actor, now=now, holder=data.holder)
        refuse_if_any(record_problems(data, today(now)) + faults)
        assert holder is not None, "without a holder there was a fault"
        certificate = _insert(data, holder, source_code, now)
        refuse_if_any(_scope_problems(actor, certificate) if deciding is None else [])
        _first_rows(actor, certificate, now)
        write_sites(certificate, data.sites)
        write_detail(certificate, data.detail)
        facts = certificate_facts(certificate)
        record(
            actor=actor,
            now=now,
            action="certifications.certificate.record",
            subject_kind=FACT_SUBJECT,
            subject_id=certificate.pk,
            after=facts,
        )
        publish(kind=FACT_RECORDED, subject_kind=FACT_SUBJECT, subject_id=certificate.pk, facts=facts, now=now)
    return certificate


def _require_recorder(actor: Actor, data: CertificateData, deciding: Deciding | None) -> None:
    if deciding is None:
        require(actor, Permission.CERTIFICATE_RECORD_STATUS)
    else:
        require_own(actor, data.body.pk, deciding)


def _scope_problems(actor: Actor, certificate: Certificate) -> list[Problem]:
    if actor.user is None or may_see_internal(actor.user, certificate):
        return []
    rule, remedy = _("该证书所在区划不在本单位辖区内。"), _("请由市局或者所在地的区县局登记。")
    return [Problem("out_of_scope", "division_code", certificate.division_code, rule, remedy, barred=True)]


def _insert(data: CertificateData, holder: Organisation, source_code: str, now: dt.datetime) -> Certificate:
    certificate = Certificate(
        body=data.body,
        holder=holder,
        number=data.number.strip(),
        number_key=rules.number_key(data.number),
        token=rules.new_token(),
        shape=data.project.shape,
        project=data.project,
        standard_id=data.standard_code or None,
        standard_text=data.standard_text or data.standard_code or "",
        holder_name=data.holder_name or holder.name,
        scope=data.scope,
        scope_codes=list(data.scope_codes),
        products=data.products,
        division_code=data.division_code or holder.division_code,
        first_issued_on=data.first_issued_on or data.issued_on or data.valid_from,
        issued_on=data.issued_on,
        valid_from=data.valid_from,
        valid_to=data.valid_to,
        main=data.main,
        predecessor=data.predecessor,
        source_id=source_code,
        confirmed_at=now,
        created_at=now,
        updated_at=now,
    )
    certificate.status = rules.effective_status(Status.VALID, data.valid_to, today(now))
    certificate.status_since = data.issued_on
    if certificate.status == Status.EXPIRED and data.valid_to is not None:
        certificate.status_since = rules.day_after(data.valid_to)
    set_search(certificate)
    try:
        with transaction.atomic():
            certificate.save(force_insert=True)
    except IntegrityError:
        refuse_if_any([_known_number(data.number)])
        raise
    return certificate


def set_search(certificate: Certificate) -> None:
    """Keep the search columns in step with scope and products."""
    certificate.search_text = fold_names([certificate.scope, certificate.products])
    certificate.search = vector_literal(certificate.search_text)


def _first_rows(actor: Actor, certificate: Certificate, now: dt.datetime) -> None:
    certificate.periods.create(
        n=1,
        kind=PeriodKind.INITIAL if certificate.first_issued_on == certificate.issued_on else PeriodKind.REPORTED,
        issued_on=certificate.issued_on,
        valid_from=certificate.valid_from,
        valid_to=certificate.valid_to,
        source_code=certificate.source_id,
        recorded_at=now,
    )
    certificate.status_changes.create(
        n=1,
        to_status=certificate.status,
        on=certificate.status_since,
        reason_class=ReasonClass.INITIAL if certificate.status == Status.VALID else ReasonClass.EXPIRED,
        source_code=certificate.source_id,
        recorded_by=actor.label,
        recorded_at=now,
    )
    certificate.surveillance_due = next_surveillance(certificate)
    certificate.save(update_fields=["surveillance_due"])


def write_sites(certificate: Certificate, sites: Sequence[SiteData]) -> None:
    """Replace the sites of a locked or fresh certificate."""
    certificate.sites.all().delete()
    Site.objects.bulk_create(
        Site(
            certificate=certificate,
            name=site.name,
            address=site.address,
            activity=site.activity,
            division_code=site.division_code,
        )
        for site in sites
    )


def write_detail(certificate: Certificate, detail: DetailData) -> None:
    """Write the detail rows of the certificate's shape, replacing what stood there."""
    if certificate.shape == Shape.MANAGEMENT:
        ManagementDetail.objects.update_or_create(
            certificate=certificate,
            defaults={
                "headcount": detail.headcount,
                "surveillance_count": detail.surveillance_count,
                "recertification_count": detail.recertification_count,
                "accreditation_mark": detail.accreditation_mark,
            },
        )
    elif certificate.shape == Shape.CCC:
        CccDetail.objects.update_or_create(
            certificate=certificate,
            defaults={
                "applicant": certificate.holder,
                "manufacturer": detail.manufacturer or certificate.holder,
                "factory": detail.factory or certificate.holder,
                "product_code": detail.product_code,
                "product_name": detail.product_name,
                "models_text": detail.models_text,
            },
        )
    elif certificate.shape == Shape.INDUSTRIAL:
        IndustrialDetail.objects.update_or_create(
            certificate=certificate,
            defaults={
                "product_name": detail.product_name,
                "models_text": detail.models_text,
                "mode": detail.mode,
            },
        )
    else:
        certificate.product_lines.all().delete()
        ProductLine.objects.bulk_create(
            ProductLine(
                certificate=certificate,
                product=line.product,
                place=line.place,
                area_mu=line.area_mu,
                output=line.output,
                output_unit=line.output_unit,
            )
            for line in detail.lines
        )


def record_problems(data: CertificateData, today_: dt.date) -> list[Problem]:
    """Everything that is wrong with a record before it is written."""
    found = _number_problems(data, today_)
    found += date_problems(data.issued_on, data.valid_from, data.valid_to, today_)
    if data.body.kind != OrganisationKind.BODY:
        found.append(
            Problem("not_a_body", "body", data.body.name, _("发证机构应当是认证机构。"), _("从认证机构名录中选择。"))
        )
    if data.main is not None and data.main.body_id != data.body.pk:
        found.append(
            Problem("main_of_other_body", "main", data.main.number, _("主证书由其他机构颁发。"), _("核对主证书编号。"))
        )
    return found


def _number_problems(data: CertificateData, today_: dt.date) -> list[Problem]:
    key = rules.number_key(data.number)
    if not key or len(data.number.strip()) > NUMBER_LENGTH:
        return [
            Problem(
                "number_length", "number", data.number[:80], _("证书编号为 1 至 64 个字符。"), _("照证书原样填写。")
            )
        ]
    if Certificate.objects.filter(number_key=key, body=data.body).exists():
        return [_known_number(data.number)]
    if data.project.shape == Shape.CCC:
        return list(check_ccc_number(key, this_year=today_.year).problems)
    return []


def _known_number(number: str) -> Problem:
    return Problem(
        "number_known", "number", number, _("该机构的这一编号已经登记。"), _("打开已有证书，登记换证或者更正。")
    )


def date_problems(
    issued_on: dt.date | None, valid_from: dt.date | None, valid_to: dt.date | None, today_: dt.date
) -> list[Problem]:
    """What the dates of one period must obey."""
    found = []
    if issued_on is not None and issued_on > today_:
        found.append(
            Problem("issued_in_future", "issued_on", str(issued_on), _("发证日期不能晚于今天。"), _("核对证书。"))
        )
    if valid_to is None:
        found.append(Problem("valid_to_missing", "valid_to", "", _("有效期至必填。"), _("照证书填写。")))
    elif valid_from is not None and valid_to < valid_from:
        rule = _("有效期至早于有效期自。")
        found.append(Problem("period_backwards", "valid_to", str(valid_to), rule, _("核对两个日期。")))
    return found
