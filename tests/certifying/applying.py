"""A body with one person for each duty, an applicant, and the way of an application as people walk it over HTTP."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.certifications.models import Certificate, Project
from apps.certifications.services.reference import load_reference
from apps.certifying.constants import Kind
from apps.certifying.models import Application, Offer
from apps.certifying.rules.materials import materials
from apps.certifying.rules.stages import stages
from apps.certifying.services.applications import open_draft
from apps.clock.services import load_calendar
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.parties.constants import MembershipRole
from apps.parties.models import Organisation
from apps.workflow.models import File
from tests import factories
from tests.workflow.bodywork import colleague

SYSTEM = Actor.system("test")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
ORGANIC, QMS, CCC = "B0301", "A010101", "B0101"


def found_city(*years: int) -> None:
    """Reference data, a calendar with limits, and the bureau."""
    now = timezone.now()
    load_reference(actor=SYSTEM, now=now)
    load_calendar(actor=SYSTEM, years=years or (now.year, now.year + 1), now=now)
    factories.unit()
    factories.source("body")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Agency:
    """A body that takes applications for the projects, with two auditors and one person for each other duty."""

    def __init__(self, approval: str = "CNCA-R-2026-701", *projects: str) -> None:
        self.body = factories.body(approval)
        self.manager = colleague(self.body, role=MembershipRole.MANAGER)
        self.reviewer = colleague(self.body, "contract_review")
        self.planner = colleague(self.body, "planning")
        self.leader, self.second = colleague(self.body, "audit"), colleague(self.body, "audit")
        self.decider = colleague(self.body, "decision")
        for project in projects or (ORGANIC, QMS, CCC):
            Offer.objects.create(body=self.body, project_id=project, fee="每人日三千元", changed_at=timezone.now())


class Way:
    """One application and the people who bring it forward, each with their own browser."""

    def __init__(
        self,
        agency: Agency,
        firm: Organisation | None = None,
        project: str = ORGANIC,
        kind: str = Kind.INITIAL,
        before: Certificate | None = None,
        user: User | None = None,
    ) -> None:
        self.agency = agency
        self.firm = firm or factories.organisation("示例·江口县梵净山茶叶专业合作社", division_code="520621")
        self.user = user or factories.person()
        if user is None:
            factories.member(self.user, self.firm)
        self.made = open_draft(
            actor=Actor("x", user=self.user),
            now=timezone.now(),
            organisation_id=self.firm.pk,
            project_code=project,
            kind=kind,
            predecessor_id=before.pk if before else None,
        )

    @property
    def own(self) -> Client:
        """The applicant's browser: each sign-in ends the one before."""
        return signed_in(self.user)

    @property
    def application(self) -> Application:
        return Application.objects.select_related("file", "project", "certificate").get(pk=self.made.pk)

    @property
    def file(self) -> File:
        return File.objects.get(pk=self.made.file_id)

    def page(self, name: str, *more: Any) -> str:
        return reverse(f"certifying:{name}", args=[self.made.file_id, *more])

    def post(self, who: User, name: str, *more: Any, **values: Any) -> Any:
        answer = signed_in(who).post(self.page(name, *more), values)
        shown = getattr(answer, "context", None) or {}
        errors = shown["form"].errors if answer.status_code == 422 and "form" in shown else ""
        assert answer.status_code == 302, f"{name} {more}: {answer.status_code} {errors}"
        return answer

    def take(self, who: User, step: str, **values: Any) -> None:
        self.post(who, "take", step, version=self.file.version, **values)

    def fill_in(self, **more: Any) -> None:
        """Everything that the draft still lacks, page by page."""
        given = {
            "contact_name": "示例·张三",
            "contact_phone": "0856-0000000",
            "scope": "绿茶的种植和加工",
            "scope_codes": "GB:C15",
            "headcount": 40,
            "shifts": 1,
            "fee_own": "on",
            "standard": "GB/T 19630-2019",
            "operating_since": (today(timezone.now()) - dt.timedelta(days=400)).isoformat(),
            "product_code": "2201",
            "product_name": "示例·电动玩具",
            "models_text": "TY-1",
            **more,
        }
        self.post(self.user, "basics", version=self.application.version, **given)
        if not self.application.sites.exists():
            self.post(self.user, "rows", "sites", address="贵州省铜仁市江口县示例镇示例村")
        if not self.application.lines.exists():
            line = {"product": "绿茶", "place": "1号地块", "area_mu": "120", "output": "6", "output_unit": "吨"}
            self.post(self.user, "rows", "lines", **line)
        self.post(self.user, "body", body=self.agency.body.pk)
        for each in materials(self.application.project.shape):
            if each.required:
                upload = SimpleUploadedFile(f"{each.kind}.pdf", PDF, content_type="application/pdf")
                self.post(self.user, "materials", kind=each.kind, upload=upload)

    def submit(self) -> None:
        self.fill_in()
        self.take(self.user, "submit")

    def accept(self) -> None:
        self.submit()
        self.take(self.agency.reviewer, "accept")

    def plan(self) -> None:
        on = today(timezone.now())
        self.post(self.agency.planner, "plan", plan_from=on, plan_to=on + dt.timedelta(days=2), plan_days="4")
        for who, role in ((self.agency.leader, "leader"), (self.agency.second, "auditor")):
            self.post(self.agency.planner, "member_add", user_id=who.pk, role=role, field="茶叶")
        first = self.plan_step()
        self.take(self.agency.planner, first)

    def plan_step(self) -> str:
        project = self.application.project
        return f"plan_{stages(project.group, project.shape, self.application.kind)[0]}"

    def report(self, stage: str, who: User | None = None, **more: Any) -> None:
        on = today(timezone.now())
        given = {"from_on": on, "to_on": on, "result": "conforming", "summary": "符合", "laboratory": "示例检测"}
        self.post(who or self.agency.leader, "stage", stage=stage, report_number="SY-1", **{**given, **more})

    def recommend(self, advice: str = "grant") -> None:
        self.take(self.agency.leader, "recommend", advice=advice)

    def to_recommendation(self) -> None:
        """Accepted, planned, examined without a finding, recommended."""
        self.accept()
        self.plan()
        project = self.application.project
        every = stages(project.group, project.shape, self.application.kind)
        for n, stage in enumerate(every):
            self.report(stage)
            onward = {"stage1": "to_stage2", "type_test": "to_factory"}.get(stage)
            if onward and n + 1 < len(every):
                self.take(self.agency.leader, onward)
        self.recommend()

    def term(self, months: int) -> dict[str, str]:
        from apps.certifications.rules import next_validity

        on = today(timezone.now())
        return {"valid_from": on.isoformat(), "valid_to": next_validity(on, months).isoformat()}

    def certified(self, number: str = "701OP2600001", months: int = 12) -> Certificate:
        self.to_recommendation()
        self.take(self.agency.decider, "certify", certificate_number=number, **self.term(months))
        found = self.application.certificate
        assert found is not None
        return found


def project(code: str) -> Project:
    return Project.objects.get(pk=code)
