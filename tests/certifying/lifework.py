"""Certificates of a body that works here, and cases about them, made by the services that make them."""

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.certifications.constants import Shape
from apps.certifications.models import Certificate
from apps.certifying.models import CertificateCase
from apps.certifying.rules.life_terms import AUDIT
from apps.certifying.services.life_cases import add_evidence, open_case
from apps.core.calendar import today
from apps.parties.constants import BodyDuty
from apps.parties.models import Organisation
from apps.workflow.models import File, Transition
from apps.workflow.services import advance, name_person
from tests import factories
from tests.institutions.casework import prepare
from tests.parties.papers import upload
from tests.workflow.bodywork import colleague

__all__ = ["Life", "body_with_people", "ccc", "prepare", "qms"]
REASON = "事实清楚，依据充分"
DUTIES = (BodyDuty.PLANNING, BodyDuty.AUDIT, BodyDuty.DECISION)


def body_with_people(approval: str = "CNCA-R-2026-901", **fields: Any) -> tuple[Organisation, dict[str, User]]:
    """A body and one person for each duty."""
    body = factories.body(approval, **fields)
    return body, {str(duty): colleague(body, str(duty)) for duty in DUTIES}


def qms(body: Organisation, holder: Organisation | None = None, *, ago: int = 60, **fields: Any) -> Certificate:
    """A certificate of a management system, issued that many days ago for three years."""
    on = today(timezone.now()) - dt.timedelta(days=ago)
    return factories.certificate(holder, body=body, issued_on=on, **fields)


def ccc(body: Organisation, holder: Organisation | None = None, *, ago: int = 60, **fields: Any) -> Certificate:
    """A CCC certificate for toys, five years."""
    on = today(timezone.now()) - dt.timedelta(days=ago)
    project = factories.project("A03", Shape.CCC)
    if project.group != "ccc":
        project.group, project.name, project.name_en = "ccc", "强制性产品认证", "CCC"
        project.save()
    ends = on + dt.timedelta(days=5 * 365)
    given = {"issued_on": on, "valid_to": ends, "project": project, "shape": Shape.CCC}
    return factories.certificate(holder, body=body, **{"number": "2026012202000001", **given, **fields})


class Life:
    """One case about a certificate and everybody who has a part in it."""

    def __init__(
        self,
        process: str,
        reason: str,
        certificate: Certificate,
        people: dict[str, User],
        *,
        who: str = "",
        **given: Any,
    ) -> None:
        self.now = timezone.now()
        self.certificate, self.people = certificate, people
        if "holder" not in people:
            people["holder"] = factories.person()
            factories.member(people["holder"], certificate.holder)
        wished = reason in ("holder_request", "corrected", "transfer")
        opener = who or ("holder" if wished else "planning")
        asked = {"facts": "抽查的样品小零件项目不合格", "unit": factories.unit(), **given}
        self.case: CertificateCase = open_case(
            **self.by(opener), process=process, certificate_id=certificate.pk, reason=reason, **asked
        )

    @property
    def file(self) -> File:
        return File.objects.get(pk=self.case.file_id)

    def by(self, who: str) -> dict[str, Any]:
        return {"actor": actor_for(self.people[who]), "now": self.now}

    def take(self, who: str, step: str, **more: Any) -> Transition:
        file = self.file
        return advance(**self.by(who), file_id=file.pk, version=file.version, step=step, **{"reason": REASON, **more})

    def prove(self) -> None:
        add_evidence(**self.by("holder"), case_id=self.case.pk, upload=upload(name="检测报告.pdf"))

    def name_auditor(self) -> None:
        user = self.people["audit"]
        name_person(**self.by("planning"), file_id=self.file.pk, user_id=user.pk, role=AUDIT)

    def status(self) -> str:
        return Certificate.objects.get(pk=self.certificate.pk).status

    def in_days(self, days: int) -> str:
        return (today(self.now) + dt.timedelta(days=days)).isoformat()

    def suspend(self, *, days: int = 90) -> "Life":
        """From the notice to the suspension."""
        if self.file.status == "noticed":
            self.take("holder", "state", reason="样品为旧批次")
        self.take("planning", "propose", inputs={"proposal": "do", "until": self.in_days(days)})
        self.take("decision", "suspend")
        return self
