"""A laboratory with one of everything that its pages and its applications have, for tests across addresses."""

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.accounts.constants import Role
from apps.core.calendar import today
from apps.documents.models import Document, GeneratedDocument, ResumableUpload
from apps.institutions.models import (
    Appointment,
    ChangeFiling,
    Commitment,
    Institution,
    Person,
    RouteRecord,
    ScopeImport,
    Shareholder,
    Site,
)
from apps.parties.models import Organisation
from apps.workflow.constants import SUBJECT
from apps.workflow.models import Absence, RoutingRule, SavedView
from tests import factories
from tests.institutions.casework import Case

Arguments = dict[str, dict[str, Any]]


class Laboratory:
    """An application in rectification, told to its applicant; the file of its institution; what staff keep beside.

    `arguments`: for each address of institutions, workflow and documents, what names this laboratory's own in it.
    """

    def __init__(self, firm: Organisation) -> None:
        self.now, self.day = timezone.now(), today(timezone.now())
        self.case = Case(lab=firm).to("review")
        self.point = self.case.point("first")
        self.case.take("head", "demand_rectification")
        self.file_id = self.case.file.pk
        self.institution = Institution.objects.get(organisation=firm)
        self.parts = self._parts()
        self.arguments = {
            **self._of_institution(),
            **self._of_case(),
            **self._of_staff(),
            **self._of_documents(),
        }

    def _parts(self) -> dict[str, int]:
        """The rows of the institution's file, by what their addresses begin with."""
        of, dated = {"institution": self.institution}, {"since": self.day, "recorded_at": self.now}
        person = Person.objects.create(
            **of, name="示例甲", id_kind="resident", id_hash="0" * 64, id_masked="5**1", recorded_at=self.now
        )
        change = {"kind": "name", "occurred_on": self.day, "description": "示例", "due_on": self.day}
        sheet = {"original_name": "x.csv", "kind": "csv", "size": 1, "sha256": "0" * 64, "uploaded_at": self.now}
        made = {
            "shareholder": Shareholder.objects.create(**of, **dated, kind="person", name="示例甲", percent=10),
            "site": Site.objects.create(**of, **dated, name="示例·东区", address="示例路2号"),
            "post": Appointment.objects.create(**of, **dated, person=person, position="signatory", fields="全部"),
            "commitment": Commitment.objects.create(
                **of, kind="commitment", year=self.day.year, text="示例", made_at=self.now
            ),
            "change": ChangeFiling.objects.create(**of, **change),
            "scope": ScopeImport.objects.create(**of, **sheet, file="scopes/none.csv"),
        }
        return {name: row.pk for name, row in made.items()}

    def _of_institution(self) -> Arguments:
        pk = {"pk": self.institution.pk}
        whole = ("file", "profile", "licence", "shareholder_add", "site_add", "post_add", "scope", "scope_upload")
        whole += ("commitment_draft", "annual_report", "sample")
        rows = ("shareholder_end", "site_end", "post_end", "commitment_sign", "commitment_publish", "commitment_breach")
        rows += ("change_file", "change_acknowledge", "scope_import", "scope_annotated")
        versions = ("scope_version", "scope_difference", "scope_approve", "scope_discard")
        return {
            **{f"institutions:{name}": pk for name in whole},
            **{f"institutions:{name}": {**pk, "row": self.parts[name.partition("_")[0]]} for name in rows},
            **{f"institutions:{name}": {**pk, "n": 1} for name in versions},
            "institutions:open_own": {"organisation_id": self.institution.organisation_id},
            "institutions:route_record": {"pk": self._route_record().pk},
        }

    def _of_case(self) -> Arguments:
        pk = {"pk": self.file_id}
        whole = ("case", "basics", "route", "informed", "materials", "demand_list", "plan", "member_add", "opinion")
        demand = {**pk, "demand": self.point.pk}
        return {
            **{f"institutions:{name}": pk for name in whole},
            **{f"institutions:{name}": demand for name in ("answer", "reopen")},
            "institutions:demand_act": {**demand, "act": "settle"},
            "institutions:material_remove": {**pk, "document": self.document().pk},
            "institutions:member_drop": {**pk, "member": self.case.application.team.earliest("pk").pk},
            "institutions:take": {**pk, "step": "rectify"},
            **{f"workflow:{name}": pk for name in ("file", "claim", "hand_over", "recuse")},
            "workflow:step": {**pk, "step": "rectify"},
        }

    def _of_staff(self) -> Arguments:
        clerk = self.case.person(Role.WINDOW_CLERK)
        days = {"first_on": self.day, "last_on": self.day + dt.timedelta(days=2)}
        absence = Absence.objects.create(user=clerk, reason="示例", **days)
        view = SavedView.objects.create(user=clerk, name="示例", query="", created_at=self.now)
        rule = RoutingRule.objects.create(
            process="cma", role=Role.WINDOW_CLERK, division_code=f"{self.file_id % 1_000_000:06d}"
        )
        return {
            "workflow:absence_end": {"pk": absence.pk},
            "workflow:delete_view": {"pk": view.pk},
            "workflow:routing_end": {"pk": rule.pk},
            "workflow:process": {"code": "cma"},
        }

    def _of_documents(self) -> Arguments:
        paper = GeneratedDocument.objects.filter(subject_kind=SUBJECT, subject_id=self.file_id).earliest("pk")
        upload = ResumableUpload.objects.create(
            user=self.case.people["applicant"], name="x.pdf", size=1, started_at=self.now, touched_at=self.now
        )
        subject = {"subject_kind": SUBJECT, "subject_id": self.file_id}
        uid = {"uid": self.document().uid}
        return {
            **{f"documents:{name}": uid for name in ("download", "preview", "remove")},
            **{f"documents:{name}": {"uid": paper.uid} for name in ("paper", "paper_file", "paper_retry")},
            **{f"documents:{name}": subject for name in ("subject", "package")},
            "documents:upload": {"uid": upload.pk},
        }

    def document(self) -> Document:
        return Document.objects.filter(subject_kind=SUBJECT, subject_id=self.file_id).earliest("pk")

    def _route_record(self) -> RouteRecord:
        return RouteRecord.objects.create(
            organisation=self.institution.organisation,
            kind="penalty",
            decision_number="示例〔2026〕1号",
            authority="示例局",
            decided_on=self.day,
            summary="示例",
            source="示例",
            entered_by=factories.staff(Role.SUPERVISOR),
            entered_at=self.now,
        )
