"""Certificates of the demo body after issue, one in each state of life, brought there by the services of real ones."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from apps.accounts.demo import BODY_AUDITOR, BODY_DECIDER, BODY_PLANNER, BODY_USER, ENTERPRISE_MANAGER
from apps.accounts.models import Unit, User
from apps.accounts.selectors import actor_for
from apps.certifications.constants import DEMO_SOURCE, Shape
from apps.certifications.models import Certificate, Project
from apps.certifications.rules import next_validity
from apps.certifications.services.records import CertificateData, DetailData, record_certificate
from apps.certifying.models import CertificateCase
from apps.certifying.rules.life_terms import AUDIT
from apps.certifying.services.life_cases import add_evidence, open_case
from apps.certifying.services.life_findings import add_finding
from apps.certifying.services.life_round import daily_round
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.institutions.demo.papers import PAPER
from apps.parties.constants import BodyDuty, MembershipRole, OrganisationKind
from apps.parties.models import Membership, Organisation
from apps.parties.services.duties import grant_duty
from apps.parties.services.memberships import begin_membership
from apps.workflow.models import File
from apps.workflow.services import advance, name_person

SYSTEM = Actor.system("demo")
DUTIES = {BODY_PLANNER: BodyDuty.PLANNING, BODY_AUDITOR: BodyDuty.AUDIT, BODY_DECIDER: BodyDuty.DECISION}
TOYS = DetailData(product_code="2202", product_name="塑胶玩具", models_text="示例 A1、A2")
CCC, QMS = "B0101", "A010101"
# What becomes of each, of which kind it is, and how many days ago it was issued.
LIVES = (
    ("noticed", CCC, 300),
    ("suspended", CCC, 310),
    ("resuming", CCC, 320),
    ("resumed", CCC, 330),
    ("seasonal", CCC, 340),
    ("cancelled", CCC, 350),
    ("revoked", QMS, 200),
    ("releasing", QMS, 210),
    ("audited", QMS, 320),
    ("missed", QMS, 400),
)


def lives_are_loaded() -> bool:
    return CertificateCase.objects.exists()


def load_lives(*, now: dt.datetime, unit: Unit) -> int:
    """Returns how many certificates; none without the demo city and its people."""
    people = {each.username: each for each in User.objects.filter(demo=True)}
    body, holder = _acts_for(people.get(BODY_USER)), _acts_for(people.get(ENTERPRISE_MANAGER))
    if body is None or holder is None or not {*DUTIES} <= {*people}:
        return 0
    _staff_the_body(people, body, now)
    for n, (end, project, ago) in enumerate(LIVES, start=1):
        Story(people, body, holder, unit, now).tell(end, project, ago, n)
    daily_round(now=now, unit=unit)  # what was missed is begun of office
    return len(LIVES)


def _acts_for(user: User | None) -> Organisation | None:
    found = Membership.objects.filter(user=user, ended_at=None).select_related("organisation").order_by("pk").first()
    return found.organisation if found is not None and user is not None else None


def _staff_the_body(people: dict[str, User], body: Organisation, now: dt.datetime) -> None:
    """A planner, an auditor, and one who decides."""
    manager = actor_for(people[BODY_USER])
    for username, duty in DUTIES.items():
        member: dict[str, Any] = {"user": people[username], "organisation": body, "role": MembershipRole.MEMBER}
        with suppress(Refused), transaction.atomic():  # a member already
            begin_membership(actor=SYSTEM, now=now, **member, ends_on=None, cause="demo")
        with suppress(Refused), transaction.atomic():
            grant_duty(actor=manager, now=now, organisation_id=body.pk, user_id=people[username].pk, duty=duty)


class Story:
    """One certificate and what happened to it."""

    def __init__(
        self, people: dict[str, User], body: Organisation, holder: Organisation, unit: Unit, now: dt.datetime
    ) -> None:
        self.people, self.body, self.holder, self.unit, self.now = people, body, holder, unit, now

    def tell(self, end: str, project: str, ago: int, n: int) -> None:
        self.certificate = self._issue(project, ago, n)
        acts: dict[str, Callable[[], None]] = {
            "noticed": self._notice,
            "suspended": self._suspend,
            "resuming": self._ask_back,
            "resumed": self._resume,
            "seasonal": self._rest,
            "cancelled": self._cancel,
            "revoked": self._revoke,
            "releasing": self._release,
            "audited": self._audit,
        }
        if end in acts:  # a missed surveillance only waits for the daily round
            acts[end]()

    def _issue(self, code: str, ago: int, n: int) -> Certificate:
        project = Project.objects.get(pk=code)
        first = today(self.now) - dt.timedelta(days=ago)
        ccc = project.shape == Shape.CCC
        data = CertificateData(
            body=self.body,
            holder=self.holder,
            number=f"{first.year}012202{n:06d}" if ccc else f"901{first.year % 100}Q{n:05d}R0M",
            project=project,
            issued_on=first,
            valid_from=first,
            valid_to=next_validity(first, 60 if ccc else 36),
            scope="" if ccc else "塑胶玩具的设计、生产和服务",
            products="塑胶玩具" if ccc else "",
            detail=TOYS if ccc else DetailData(headcount=60),
        )
        return record_certificate(actor=SYSTEM, now=self.now, data=data, source_code=DEMO_SOURCE)

    def _notice(self) -> None:
        self._open(BODY_PLANNER, "cert_suspend", "spot_check_failed", "省级监督抽查的样品小零件项目不合格。")

    def _suspend(self) -> None:
        self._notice()
        self._take(ENTERPRISE_MANAGER, "state", "不合格的是旧批次，新批次的模具已经修改。")
        self._take(BODY_PLANNER, "propose", "抽查报告有效。", proposal="do", until=self._in(120))
        self._take(BODY_DECIDER, "suspend", "不再符合认证要求。")

    def _ask_back(self) -> None:
        self._suspend()
        self._open(ENTERPRISE_MANAGER, "cert_resume", "corrected", "模具已经修改，产品已经复检。")
        upload = SimpleUploadedFile("复检报告.pdf", PAPER)
        add_evidence(**self._by(ENTERPRISE_MANAGER), case_id=self.case.pk, upload=upload)
        self._take(ENTERPRISE_MANAGER, "ask", "请恢复证书。")

    def _resume(self) -> None:
        self._ask_back()
        self._take(BODY_PLANNER, "verify", "复检合格，工厂已追溯不合格批次。", proposal="do")
        self._take(BODY_DECIDER, "resume", "整改有效。")

    def _rest(self) -> None:
        self._open(ENTERPRISE_MANAGER, "cert_suspend", "holder_request", "按订单生产，本年度没有订单。")
        self._take(BODY_PLANNER, "propose", "持证人申请。", proposal="do", until=self._in(300), seasonal="yes")
        self._take(BODY_DECIDER, "suspend", "符合季节性暂停的条件。")

    def _cancel(self) -> None:
        self._open(ENTERPRISE_MANAGER, "cert_cancel", "holder_request", "不再生产该型号。")
        self._take(BODY_PLANNER, "propose", "持证人申请。", proposal="do")
        self._take(BODY_DECIDER, "cancel", "持证人申请注销，符合规定。")

    def _revoke(self) -> None:
        self._open(BODY_PLANNER, "cert_revoke", "nonconformity", "现场检查发现管理体系已经停止运行。")
        self._take(ENTERPRISE_MANAGER, "state", "正在搬迁。")
        self._take(BODY_PLANNER, "propose", "体系文件和记录均已停用。", proposal="do")
        self._take(BODY_DECIDER, "revoke", "严重不符合认证要求。")

    def _release(self) -> None:
        others = Organisation.objects.filter(kind=OrganisationKind.BODY, merged_into=None).exclude(pk=self.body.pk)
        receiving = others.order_by("pk").first()
        if receiving is not None:
            more = {"receiving_id": receiving.pk, "consent": True}
            self._open(ENTERPRISE_MANAGER, "cert_release", "transfer", "合并到同一家机构认证。", **more)

    def _audit(self) -> None:
        self._open(BODY_PLANNER, "cert_watch", "surveillance", "第一次监督审核。")
        auditor = self.people[BODY_AUDITOR]
        name_person(**self._by(BODY_PLANNER), file_id=self.case.file_id, user_id=auditor.pk, role=AUDIT)
        self._take(BODY_PLANNER, "plan", "", planned_on=self._in(0))
        text = "作业指导书 WI-03 现场使用的版本未受控。"
        correct_by = today(self.now) + dt.timedelta(days=30)
        found: dict[str, Any] = {"grade": "minor", "clause": "7.5.3", "text": text, "correct_by": correct_by}
        add_finding(**self._by(BODY_AUDITOR), case_id=self.case.pk, **found)
        self._take(BODY_AUDITOR, "report", "体系运行有效，有一项轻微不符合。", held_on=self._in(0), result="minor")

    def _open(self, who: str, process: str, reason: str, facts: str, **more: Any) -> None:
        given: dict[str, Any] = {"process": process, "reason": reason, "facts": facts, "unit": self.unit, **more}
        self.case = open_case(**self._by(who), certificate_id=self.certificate.pk, **given)

    def _take(self, who: str, step: str, reason: str, **inputs: str) -> None:
        file = File.objects.get(pk=self.case.file_id)
        advance(**self._by(who), file_id=file.pk, version=file.version, step=step, reason=reason, inputs=inputs or None)

    def _in(self, days: int) -> str:
        return (today(self.now) + dt.timedelta(days=days)).isoformat()

    def _by(self, who: str) -> dict[str, Any]:
        return {"actor": actor_for(self.people[who]), "now": self.now}
