"""Reads of applications: what is still to be filled in, what was asked and answered, who examines, and the facts."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.certifications.constants import Shape
from apps.certifications.models import Certificate
from apps.certifications.rules import effective_status
from apps.certifying.constants import Grade, PointKind, TeamRole
from apps.certifying.models import Application, AuditTeamMember, Point
from apps.certifying.rules.facts import Facts
from apps.certifying.rules.materials import Material, materials
from apps.certifying.selectors.bodies import unfit_body
from apps.certifying.selectors.schemes import keeps_number, obstacles, validity_months
from apps.documents.models import Document
from apps.documents.selectors import current_documents
from apps.parties.selectors.bans import ban_on_person, ban_problem
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File

RELATED = (
    "file__organisation",
    "file__handler",
    "project",
    "body",
    "predecessor",
    "certificate",
    "manufacturer",
    "factory",
)


@dataclass(frozen=True, slots=True)
class Task:
    """A part of the application as the task list shows it; `gaps` in words. `page`: the name of its address."""

    page: str
    name: str
    gaps: tuple[str, ...]

    @property
    def done(self) -> bool:
        return not self.gaps


def applications() -> QuerySet[Application]:
    return Application.objects.select_related(*RELATED)


def of_file(file: File) -> Application:
    """The application of a file."""
    return applications().get(file=file)


def points_of(application: Application, kind: str, *, told: bool = False) -> QuerySet[Point]:
    """What was listed, in its order; `told`: only what the applicant knows."""
    rows = application.points.filter(kind=kind).order_by("n")
    return rows.filter(told_at__isnull=False) if told else rows


def team_of(application: Application) -> QuerySet[AuditTeamMember]:
    return application.team.filter(left_at=None).select_related("user").order_by("pk")


def materials_of(application: Application) -> list[tuple[Material, list[Document]]]:
    """Each kind of document with what was handed in."""
    handed = list(current_documents(SUBJECT, application.file_id))
    return [
        (material, [document for document in handed if document.kind == material.kind])
        for material in materials(application.project.shape)
    ]


def tasks_of(application: Application) -> list[Task]:
    """What the applicant has to fill in, and what is missing of each part."""
    food = application.project.shape == Shape.FOOD
    lines = [] if not food or application.lines.exists() else [_("产品和地块")]
    sites = [] if application.sites.exists() else [_("至少一个场所")]
    missing = [str(each.label) for each, handed in materials_of(application) if each.required and not handed]
    return [
        Task("basics", _("申请信息"), tuple(_basics_gaps(application))),
        Task("sites", _("场所"), tuple(sites)),
        *([Task("lines", _("产品和地块"), tuple(lines))] if food else []),
        Task("body", _("认证机构"), () if application.body_id else (_("选择认证机构"),)),
        Task("materials", _("申请材料"), tuple(missing)),
    ]


def _basics_gaps(application: Application) -> list[str]:
    """What the form asks of every scheme, and what only this one asks."""
    asked = ["contact_name", "contact_phone", "scope", "headcount", "shifts"]
    shape = application.project.shape
    if shape in (Shape.MANAGEMENT, Shape.FOOD):
        asked += ["operating_since"]
    if shape == Shape.CCC:
        asked += ["product_code"]
    if shape in (Shape.CCC, Shape.INDUSTRIAL):
        asked += ["product_name", "models_text"]
    fields = {field.name: field.verbose_name for field in Application._meta.concrete_fields}
    labels = {name: str(fields[name]) for name in [*asked, "fee_own"]}
    gaps = [labels[name] for name in asked if getattr(application, name) in (None, "")]
    return gaps if application.fee_own else [*gaps, labels["fee_own"]]


def facts_of(file: File, on: dt.date) -> Facts:
    """What the table's guards and routes ask."""
    application = of_file(file)
    draft = file.status == "draft"
    before = application.predecessor
    common: dict[str, Any] = {
        "group": application.project.group,
        "shape": application.project.shape,
        "kind": application.kind,
        "on": on,
        "keeps_number": keeps_number(application.project.code, on),
        "validity_months": validity_months(application.project.code, on),
        "predecessor_number": before.number if before else "",
        "predecessor_ends": before.valid_to if before else None,
        "predecessor_status": str(effective_status(before.status, before.valid_to, on)) if before else "",
        **_point_facts(application),
        **_work_facts(application, on),
    }
    if draft:
        gaps = tuple(str(gap) for task in tasks_of(application) for gap in task.gaps)
        common |= {"gaps": gaps, "obstacles": tuple(obstacles(application, on))}
        common |= {"unfit_body": unfit_body(application, on)}
    if file.status == "recommended":
        common |= {"taken_numbers": _taken(application)}
    return Facts(**common)


def _point_facts(application: Application) -> dict[str, Any]:
    rows = list(application.points.all())
    findings = [row for row in rows if row.kind == PointKind.FINDING and row.grade != Grade.OBSERVATION]
    kind = PointKind.FINDING if application.file.status not in ("submitted", "correction") else PointKind.COMPLETION
    own = [row for row in rows if row.kind == kind]
    return {
        "untold": sum(row.told_at is None for row in own),
        "unanswered": sum(_waits(row) for row in own),
        "unsettled": sum(row.settled_at is None for row in findings),
        "completions_told": any(row.kind == PointKind.COMPLETION and row.told_at for row in rows),
    }


def _waits(row: Point) -> bool:
    """An observation may be answered, a non-conformity must be."""
    open_ = row.told_at is not None and row.answered_at is None and row.settled_at is None
    return open_ and row.grade != Grade.OBSERVATION


def _work_facts(application: Application, on: dt.date) -> dict[str, Any]:
    team = list(team_of(application))
    return {
        "planned": application.plan_from is not None,
        "led": any(member.role == TeamRole.LEADER for member in team),
        "barred_team": tuple(
            ban_problem(ban, "team")
            for member in team
            if (ban := ban_on_person(member.user.display_name, "", on)) is not None
        ),
        "reported": frozenset(application.examinations.values_list("stage", flat=True)),
        "advice": application.advice,
    }


def _taken(application: Application) -> frozenset[str]:
    """The numbers that the body gave already; the register has the last word (unique by body and number)."""
    return frozenset(Certificate.objects.filter(body=application.body).values_list("number_key", flat=True))
