"""Applications for a licence in any state, made by the services that make them, with fresh people at each desk."""

import datetime as dt
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.institutions.models import (
    Application,
    Capability,
    Demand,
    Institution,
    Item,
    Licence,
    ScopeRow,
    ScopeVersion,
)
from apps.institutions.services.applications import add_material, open_application, write_application
from apps.institutions.services.demands import answer_demand, list_demand, settle_demand
from apps.institutions.services.items import load_items
from apps.institutions.services.reviews import name_member, plan_review, sign_opinion
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from apps.workflow.models import File, Transition
from apps.workflow.services import advance
from tests import factories
from tests.parties.papers import upload
from tests.reference import once

ADDRESS = "贵州省铜仁市碧江区示例路1号"
BASICS = {
    "contact_name": "示例联系人",
    "contact_phone": "0856-0000000",
    "address": ADDRESS,
    "field": "12",
    "legal_representative": "示例负责人",
    "change_from": "旧示例路1号",
    "change_to": "示例路1号",
}
POINT = {"about": "仪器设备一览表", "problem": "缺少校准日期", "remedy": "补充校准日期"}
OPINION = {"conclusion": "conforms", "text": "符合要求"}


def prepare() -> None:
    """Calendar, limits, items, message texts, the bureau."""
    once("casework", load)
    factories.unit("bureau", division_code="520600")


def load() -> None:
    """Anew, by the services and commands that an installation uses."""
    call_command("load_calendar", verbosity=0)
    call_command("load_rules", verbosity=0)
    load_items(actor=Actor.system("test"), now=timezone.now())


def with_scope(organisation: Organisation, rows: int = 3, name: str = "k") -> ScopeVersion:
    """A draft scope of so many rows. How one is imported is tested with the institution's own pages."""
    now = timezone.now()
    token = f"T{organisation.pk:011d}"
    lab, _ = Institution.objects.get_or_create(
        organisation=organisation, defaults={"token": token, "created_at": now, "updated_at": now}
    )
    draft = ScopeVersion.objects.create(institution=lab, n=1, rows_count=rows, made_at=now)
    texts = {"field": "12", "object": "水和废水", "standard": "GB/T 5750.4-2023"}
    folded = {"object_text": "x", "parameter_text": "x", "standard_text": "x"}
    made = Capability.objects.bulk_create(
        Capability(key=f"{name}{organisation.pk}-{n}", parameter=f"参数{n}", **texts, **folded)
        for n in range(1, rows + 1)
    )
    ScopeRow.objects.bulk_create(ScopeRow(scope=draft, n=n, capability=each) for n, each in enumerate(made, 1))
    return draft


def fresh(row: Any) -> int:
    """The version of a row as a page would show it now."""
    return int(type(row).objects.values_list("version", flat=True).get(pk=row.pk))


class Case:
    """One application and everybody who has a part in it."""

    def __init__(self, item: str = "first", *, lab: Organisation | None = None, now: dt.datetime | None = None) -> None:
        self.now = now or timezone.now()
        self.lab = lab or factories.organisation(
            "示例·碧江检测有限公司", kind=OrganisationKind.INSTITUTION, division_code="520602", address=ADDRESS
        )
        self.people: dict[Any, User] = {"applicant": factories.person()}
        factories.member(self.people["applicant"], self.lab)
        if not ScopeVersion.objects.filter(institution__organisation=self.lab).exists():
            with_scope(self.lab)
        self.application: Application = open_application(
            **self.by("applicant"), organisation=self.lab, item=Item.objects.get(pk=item)
        )

    @property
    def file(self) -> File:
        return File.objects.get(pk=self.application.file_id)

    @property
    def id(self) -> dict[str, int]:
        return {"application_id": self.application.pk}

    def person(self, who: Any) -> User:
        """The applicant, an expert by name ("head", "first", "second"), or somebody of a role."""
        if who not in self.people:
            self.people[who] = factories.staff(who if isinstance(who, Role) else Role.REVIEW_EXPERT)
        return self.people[who]

    def by(self, who: Any) -> dict[str, Any]:
        return {"actor": actor_for(self.person(who)), "now": self.now}

    def take(self, who: Any, step: str, **more: Any) -> Transition:
        file = self.file
        return advance(**self.by(who), file_id=file.pk, version=file.version, step=step, **more)

    def fill(self) -> None:
        write_application(**self.by("applicant"), **self.id, version=self.application.version, values=BASICS)
        for material in self.application.item.materials.filter(required=True):
            kind = {"kind": material.kind, "upload": upload(name=f"{material.kind}.pdf")}
            add_material(**self.by("applicant"), **self.id, **kind)

    def point(self, who: Any = Role.WINDOW_CLERK) -> Demand:
        return list_demand(**self.by(who), **self.id, **POINT)

    def answer_all(self) -> None:
        for each in self.application.demands.filter(told_at__isnull=False, answered_at=None):
            told = {"demand_id": each.pk, "version": each.version, "answer": "已改正"}
            answer_demand(**self.by("applicant"), **self.id, **told)

    def plan(self) -> None:
        plan = {"mode": "on_site", "review_from": today(self.now), "review_days": 5}
        plan_review(**self.by(Role.REVIEWER), **self.id, **plan)
        for who, duty in (("head", "leader"), ("first", "expert"), ("second", "expert")):
            member = {"user_id": self.person(who).pk, "duty": duty, "field": "环境"}
            name_member(**self.by(Role.REVIEWER), **self.id, **member)

    def sign(self, *whom: str) -> None:
        for who in whom:
            sign_opinion(**self.by(who), **self.id, **OPINION)

    def to(self, status: str) -> "Case":
        """On to a status, by the shortest way."""
        for reached, go in WAY:
            go(self)
            if reached == status:
                return self
        raise ValueError(status)

    def settle_all(self) -> None:
        for each in self.application.demands.filter(kind="rectification", settled_at=None):
            settle_demand(**self.by("first"), **self.id, demand_id=each.pk, version=fresh(each))

    @property
    def licence(self) -> Licence:
        found = Application.objects.select_related("licence").get(pk=self.application.pk).licence
        assert found is not None
        return found


def _submit(case: Case) -> None:
    case.fill()
    case.take("applicant", "submit")


def _review(case: Case) -> None:
    if case.application.item.review:
        case.plan()
        case.take(Role.REVIEWER, "plan")


def _conclude(case: Case) -> None:
    if not case.application.item.review:
        case.take(Role.REVIEWER, "pass_on")
        return
    case.sign("first", "second", "head")
    case.take("head", "conclude")


WAY = [
    ("draft", lambda case: None),
    ("submitted", _submit),
    ("accepted", lambda case: case.take(Role.WINDOW_CLERK, "accept")),
    ("review", _review),
    ("concluded", _conclude),
    (
        "proposed",
        lambda case: case.take(Role.REVIEWER, "propose", inputs={"proposal": "grant"}, reason="符合许可条件"),
    ),
    ("decided", lambda case: case.take(Role.APPROVER, "grant", reason="符合许可条件")),
]
