"""What a decision to certify writes in the register: a certificate, one more period of it, or its changed scope.

Effects of the decision's steps, inside `advance`; every rule of the register is asked again by its own services.
"""

import datetime as dt
from typing import Any

from apps.certifications.constants import BODY_SOURCE, Shape, SurveillanceResult
from apps.certifications.models import Certificate
from apps.certifications.services.file import add_period, correct_certificate, record_surveillance
from apps.certifications.services.locking import Deciding
from apps.certifications.services.records import (
    CertificateData,
    DetailData,
    LineData,
    SiteData,
    record_certificate,
)
from apps.certifying.constants import Kind
from apps.certifying.models import Application
from apps.certifying.rules.stages import stages
from apps.certifying.selectors.applications import of_file
from apps.certifying.services.life_transfer import begin_successor
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.workflow.models import File, Transition

RESULTS = {
    "conforming": SurveillanceResult.CONFORMING,
    "with_findings": SurveillanceResult.MINOR,
    "not_conforming": SurveillanceResult.MAJOR,
}


def certified(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """A new certificate; one that builds on another says so."""
    application, on = of_file(file), today(now)
    assert application.body is not None, "a body decided"
    first, last = _term(transition)
    made = record_certificate(
        actor=actor,
        now=now,
        source_code=BODY_SOURCE,
        deciding=Deciding(application.body.pk, on),
        data=CertificateData(
            body=application.body,
            holder=file.organisation,
            number=transition.inputs["certificate_number"],
            project=application.project,
            issued_on=on,
            valid_from=first,
            valid_to=last,
            standard_text=application.standard,
            scope=application.scope,
            scope_codes=tuple(application.scope_codes),
            products=_products(application),
            predecessor=application.predecessor,
            sites=tuple(
                SiteData(address=site.address, name=site.name, activity=site.activity)
                for site in application.sites.order_by("pk")
            ),
            detail=_detail(application),
        ),
    )
    if application.kind == Kind.TRANSFER:
        begin_successor(actor=actor, now=now, successor=made)
    _done(actor, now, application, made)


def renewed(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Recertified under the unchanged number: one more period, and the scope of this application."""
    application, on = of_file(file), today(now)
    assert application.predecessor is not None, "the table asks for it"
    first, last = _term(transition)
    deciding = Deciding(application.predecessor.body_id, on)
    common: dict[str, Any] = {"actor": actor, "now": now, "certificate_id": application.predecessor.pk, "version": None}
    add_period(**common, issued_on=on, valid_from=first, valid_to=last, deciding=deciding)
    _rewrite(application, common, deciding)
    _done(actor, now, application, application.predecessor)


def scope_changed(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The certificate bears the scope of this application from today on."""
    application = of_file(file)
    assert application.predecessor is not None, "the table asks for it"
    deciding = Deciding(application.predecessor.body_id, today(now))
    common: dict[str, Any] = {"actor": actor, "now": now, "certificate_id": application.predecessor.pk, "version": None}
    _rewrite(application, common, deciding)
    _done(actor, now, application, application.predecessor)


def _rewrite(application: Application, common: dict[str, Any], deciding: Deciding) -> None:
    certificate = Certificate.objects.get(pk=common["certificate_id"])
    wanted = {
        "scope": application.scope,
        "scope_codes": list(application.scope_codes),
        "products": _products(application),
    }
    changes = {name: value for name, value in wanted.items() if getattr(certificate, name) != value}
    if changes:
        reason = f"认证决定 {application.file.number}"
        correct_certificate(**common, changes=changes, reason=reason, deciding=deciding)


def _done(actor: Actor, now: dt.datetime, application: Application, certificate: Certificate) -> None:
    """The examinations enter the history of the certificate; the application names what came of it."""
    deciding = Deciding(certificate.body_id, today(now))
    team = "、".join(str(member.user) for member in application.team.filter(left_at=None).order_by("pk"))
    first = certificate.first_issued_on or certificate.issued_on
    for row in application.examinations.order_by("to_on", "pk"):
        if first is None or row.to_on >= first:
            record_surveillance(
                actor=actor,
                now=now,
                certificate_id=certificate.pk,
                activity=str(row.get_stage_display()),
                on=row.to_on,
                result=RESULTS[row.result],
                description=row.summary,
                audit_team=team,
                version=None,
                deciding=deciding,
            )
    application.certificate = certificate
    application.version += 1
    application.save(update_fields=["certificate", "version"])


def _term(transition: Transition) -> tuple[dt.date, dt.date]:
    first, last = (dt.date.fromisoformat(transition.inputs[name]) for name in ("valid_from", "valid_to"))
    return first, last


def _products(application: Application) -> str:
    """What is certified, in one text for the search."""
    if application.project.shape == Shape.FOOD:
        return "、".join(dict.fromkeys(application.lines.order_by("pk").values_list("product", flat=True)))
    return application.product_name


def _detail(application: Application) -> DetailData:
    """What only the shape of the scheme has."""
    shape = application.project.shape
    if shape == Shape.MANAGEMENT:
        before = getattr(application.predecessor, "management", None) if application.predecessor else None
        again = (before.recertification_count or 0) + 1 if before else 0
        return DetailData(headcount=application.headcount, surveillance_count=0, recertification_count=again)
    if shape == Shape.FOOD:
        columns = ("product", "place", "area_mu", "output", "output_unit")
        rows = application.lines.order_by("pk").values(*columns)
        return DetailData(lines=tuple(LineData(**row) for row in rows))
    mode = " + ".join(str(each.label) for each in stages(application.project.group, shape, application.kind))
    return DetailData(
        manufacturer=application.manufacturer,
        factory=application.factory,
        product_code=application.product_code,
        product_name=application.product_name,
        models_text=application.models_text,
        mode=mode,
    )
