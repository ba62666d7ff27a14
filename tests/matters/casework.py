"""Cases of matters in any state, made by the services that make them, with fresh people at each desk."""

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.certifications.models import CatalogueProduct, CatalogueVersion, Certificate
from apps.clock.models import Deadline
from apps.clock.services import sweep
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.matters.models import Matter, MatterCase, Point
from apps.matters.services.cases import add_document, open_case, write_case
from apps.matters.services.configuration import load_matters
from apps.matters.services.duties import write_duty
from apps.matters.services.points import answer_point, list_point
from apps.parties.models import Organisation
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition
from apps.workflow.services import advance
from tests import factories, reference
from tests.parties.papers import upload

SYSTEM = Actor.system("test")
POINT = {"about": "责任担保书", "problem": "没有签字", "remedy": "签字后重新提交"}
LINE = {"code": "0710", "name": "电熨斗", "model": "SL-20", "quantity": "20", "unit": "台"}
EXEMPTION: dict[str, Any] = {
    "products": [LINE],
    "lot": "示例提单 SL-2026-07",
    "value": "4000",
    "purpose": "跌落和温升试验",
    "place": "贵州省铜仁市碧江区示例路1号",
}
BASICS = {"contact_name": "示例联系人", "contact_phone": "0856-0000000"}


def prepare(now: dt.datetime | None = None) -> None:
    """Calendar, limits, message texts, a catalogue with two products, the bureau, the matters that are shipped."""
    reference.load_calendar()
    reference.load_rules()
    factories.unit("bureau", division_code="520600")
    edition, _ = CatalogueVersion.objects.get_or_create(
        code="test",
        defaults={"effective_on": dt.date(2020, 1, 1), "categories": 1, "products": 2, "announcement": "示例"},
    )
    for code, name in (("0710", "电熨斗"), ("2202", "玩具")):
        CatalogueProduct.objects.get_or_create(version=edition, code=code, defaults={"name": name, "category": "示例"})
    load_matters(actor=SYSTEM, now=now or timezone.now())


class Case:
    """One case and everybody who has a part in it. `days`: how long ago all of it happens."""

    def __init__(self, code: str = "ccc_exemption", *, firm: Organisation | None = None, days: int = 0) -> None:
        self.now = timezone.now() - dt.timedelta(days=days)
        self.firm = firm or factories.organisation("示例·乌江电器有限公司", division_code="520602")
        self.people: dict[Any, User] = {"applicant": factories.person()}
        factories.member(self.people["applicant"], self.firm)
        Matter.objects.filter(code=code, effective_from__gt=today(self.now)).update(effective_from=today(self.now))
        self.certificate: Certificate | None = None
        if code == "record_correction":
            self.certificate = factories.certificate(self.firm, scope="茶叶的加工")
        self.case: MatterCase = open_case(**self.by("applicant"), organisation=self.firm, code=code)

    @property
    def file(self) -> File:
        return File.objects.get(pk=self.case.file_id)

    @property
    def id(self) -> dict[str, int]:
        return {"case_id": self.case.pk}

    @property
    def row(self) -> MatterCase:
        return MatterCase.objects.select_related("matter", "file", "certificate").get(pk=self.case.pk)

    def person(self, who: Any) -> User:
        """The applicant, or somebody of a role."""
        if who not in self.people:
            self.people[who] = factories.staff(who)
        return self.people[who]

    def by(self, who: Any) -> dict[str, Any]:
        return {"actor": actor_for(self.person(who)), "now": self.now}

    def take(self, who: Any, step: str, **more: Any) -> Transition:
        file = self.file
        return advance(**self.by(who), file_id=file.pk, version=file.version, step=step, **more)

    def answers(self) -> dict[str, Any]:
        if self.certificate is not None:
            right = {"right": "茶叶的种植和加工", "why": "证书原件如此"}
            return {"certificate": str(self.certificate.pk), "place": "scope", **right}
        return EXEMPTION

    def write(self, values: dict[str, Any] | None = None, **basics: str) -> MatterCase:
        ground = "research" if self.case.matter.grounds else ""
        given = {"ground": ground, **BASICS, **basics}
        version = self.row.version
        return write_case(**self.by("applicant"), **self.id, version=version, values=values or self.answers(), **given)

    def fill(self) -> None:
        self.write()
        for each in self.row.matter.documents:
            if each["required"]:
                self.paper(each["code"])

    def paper(self, kind: str) -> None:
        add_document(**self.by("applicant"), **self.id, kind=kind, upload=upload(name=f"{kind}.pdf"))

    def point(self, who: Any = Role.WINDOW_CLERK) -> Point:
        return list_point(**self.by(who), **self.id, **POINT)

    def answer_all(self) -> None:
        for each in self.row.points.filter(told_at__isnull=False, answered_at=None):
            told = {"point_id": each.pk, "version": each.version, "answer": "已改正"}
            answer_point(**self.by("applicant"), **self.id, **told)

    def show_all(self) -> None:
        """Say of every duty that it was done, with a paper."""
        for duty in self.row.duties.all():
            told = {"done_on": today(self.now), "statement": "样品已全部销毁", "version": duty.version}
            write_duty(**self.by("applicant"), **self.id, duty_id=duty.pk, **told)
            self.paper(f"duty_{duty.code}")

    def later(self, days: int) -> None:
        """Let days go by: the clock's sweep runs on each of them."""
        self.now += dt.timedelta(days=days)
        sweep(actor=SYSTEM, now=self.now)

    def due(self, code: str) -> Deadline:
        return Deadline.objects.get(subject_kind=SUBJECT, subject_id=self.case.file_id, code=code)

    def to(self, status: str) -> "Case":
        """On to a status, by the shortest way."""
        for reached, go in WAY:
            if reached == "granted" and self.row.matter.duties:
                continue
            if reached == "duties" and not self.row.matter.duties:
                continue
            go(self)
            if reached == status:
                return self
        raise ValueError(status)


def _submit(case: Case) -> None:
    case.fill()
    case.take("applicant", "submit")


def _propose(case: Case) -> None:
    if case.row.matter.consults:
        case.take(Role.REVIEWER, "consult")
        inputs = {"body_answer": "agrees", "answered_on": today(case.now).isoformat()}
        case.take(Role.REVIEWER, "record_answer", inputs=inputs, reason="机构来函同意")
    case.take(Role.REVIEWER, "propose", inputs={"proposal": "grant"}, reason="符合要求")


WAY = [
    ("draft", lambda case: None),
    ("submitted", _submit),
    ("accepted", lambda case: case.take(Role.WINDOW_CLERK, "accept")),
    ("proposed", _propose),
    ("granted", lambda case: case.take(Role.APPROVER, "grant", reason="符合要求")),
    ("duties", lambda case: case.take(Role.APPROVER, "grant_on_duties", reason="用途和数量有试验方案佐证。")),
]
