"""Applications on the informed-commitment route, and what follows on site, with fresh people at each desk."""

import datetime as dt
import itertools
from typing import Any

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.documents.services import render_due
from apps.institutions.licence_constants import Criterion, Route
from apps.institutions.models import Application, InformedCommitment, Licence, PostCheck, RouteRecord
from apps.institutions.selectors.commitment_check import findings_of, seal_of_findings
from apps.institutions.selectors.commitment_route import seal_of, statement_of, text_on
from apps.institutions.services.commitment_check import name_checker, set_visit
from apps.institutions.services.commitment_findings import (
    answer_finding,
    find_lacking,
    settle_finding,
    sign_findings,
    write_finding,
)
from apps.institutions.services.commitment_route import choose_route, load_informed_texts, sign_informed
from apps.institutions.services.route_records import enter_record
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from apps.workflow.models import File, Transition
from apps.workflow.services import advance
from tests import factories
from tests.institutions import casework
from tests.institutions.casework import ADDRESS, BASICS, Case, fresh
from tests.reference import once

SIGNED = {"signer": BASICS["legal_representative"], "capacity": "representative"}
_codes = itertools.count(1)


def prepare() -> None:
    """As every application needs it, and the text of the commitment."""
    once("promising", _load)
    factories.unit("bureau", division_code="520600")


def _load() -> None:
    casework.load()
    load_informed_texts(actor=Actor.system("test"), now=casework.timezone.now())


def lab() -> Organisation:
    """A testing institution with a code, as whoever signs must have one."""
    code = f"MA{next(_codes):06d}"
    return factories.organisation(
        kind=OrganisationKind.INSTITUTION,
        division_code="520602",
        address=ADDRESS,
        uscc=f"91520602{code}XY",
        org_code=f"{code}X",
    )


class Promise(Case):
    """One application on the commitment route."""

    def __init__(self, item: str = "first", *, of: Organisation | None = None, **more: object) -> None:
        super().__init__(item, lab=of or lab(), **more)  # type: ignore[arg-type]

    @property
    def fresh(self) -> Application:
        return Application.objects.select_related("file__organisation", "item", "scope").get(pk=self.application.pk)

    def choose(self, route: str = Route.COMMITMENT) -> None:
        choose_route(**self.by("applicant"), **self.id, version=self.fresh.version, route=route)

    def seen(self) -> str:
        """The hash that the second look shows now."""
        return seal_of(text_on(today(self.now)).sha256, statement_of(self.fresh))

    def sign(self, *_whom: str, **given: str) -> InformedCommitment:  # type: ignore[override]
        return sign_informed(**self.by("applicant"), **self.id, **{"seen": self.seen(), **SIGNED, **given})

    def on(self, status: str) -> "Promise":
        """On to a status of this route, by the shortest way."""
        for reached, go in ROAD:
            go(self)
            if reached == status:
                return self
        raise ValueError(status)


def record(case: Promise, **given: Any) -> RouteRecord:
    """A decision against the institution, entered by a supervisor."""
    facts = {
        "kind": "penalty",
        "decision_number": "示市监罚〔2026〕9号",
        "authority": "示例·市场监督管理局",
        "decided_on": today(case.now) - dt.timedelta(days=10),
        "summary": "出具不实检验检测报告",
        "source": "移送函 示移〔2026〕1号",
    }
    return enter_record(**case.by(Role.SUPERVISOR), organisation_id=case.lab.pk, **{**facts, **given})


class OnSite:
    """The check on site of an issued licence, with its own people; `case` is the application."""

    def __init__(self, case: Promise | None = None) -> None:
        self.case = case or Promise().on("issued")
        self.check = PostCheck.objects.select_related("file").get(application=self.case.application)
        self.people: dict[Any, User] = {"applicant": self.case.person("applicant")}

    @property
    def file(self) -> File:
        return File.objects.get(pk=self.check.file_id)

    @property
    def id(self) -> dict[str, int]:
        return {"check_id": self.check.pk}

    def person(self, who: Any) -> User:
        """The applicant, an officer by name ("one", "two"), or somebody of a role."""
        if who not in self.people:
            self.people[who] = factories.staff(who if isinstance(who, Role) else Role.OFFICER)
        return self.people[who]

    def by(self, who: Any) -> dict[str, Any]:
        return {"actor": actor_for(self.person(who)), "now": self.case.now}

    def take(self, who: Any, step: str, **more: Any) -> Transition:
        file = self.file
        return advance(**self.by(who), file_id=file.pk, version=file.version, step=step, **more)

    def plan(self) -> "OnSite":
        set_visit(**self.by(Role.SUPERVISOR), **self.id, visit_on=today(self.case.now))
        for who in ("one", "two"):
            name_checker(**self.by(Role.SUPERVISOR), **self.id, user_id=self.person(who).pk)
        self.take(Role.SUPERVISOR, "plan")
        return self

    def find(self, **verdicts: str) -> "OnSite":
        """A finding for every chapter; signed by both; reported."""
        self.note(**verdicts)
        for who in ("one", "two"):
            self.sign(who)
        self.take("one", "report")
        return self

    def note(self, **verdicts: str) -> "OnSite":
        """A finding for every chapter, true unless said otherwise."""
        for criterion in Criterion:
            verdict = verdicts.get(str(criterion), "true")
            write_finding(
                **self.by("one"), **self.id, criterion=criterion, verdict=verdict, text=f"现场所见：{verdict}"
            )
        return self

    def seen(self, criterion: str = "") -> str:
        """The hash that an officer's page shows now: of all findings, or of one chapter's."""
        shown = [each for each in findings_of(self.check) if criterion in ("", each.criterion)]
        return seal_of_findings(shown)

    def sign(self, who: str) -> None:
        sign_findings(**self.by(who), **self.id, seen=self.seen())

    def order(self) -> "OnSite":
        self.take(Role.LEADER, "order", reason="设备校准记录不全")
        return self

    def rectify(self) -> "OnSite":
        for each in self.check.findings.filter(verdict="defect", answered_at=None):
            told = {"finding_id": each.pk, "version": each.version, "answer": "已补充校准记录"}
            answer_finding(**self.by("applicant"), **self.id, **told)
        self.take("applicant", "rectify")
        return self

    def settle(self) -> "OnSite":
        for each in self.check.findings.filter(verdict="defect", settled_at=None):
            settle_finding(**self.by("two"), **self.id, finding_id=each.pk, version=fresh(each))
        return self

    def miss(self, lacking: str = "缺少证书原件") -> "OnSite":
        for each in self.check.findings.filter(verdict="defect", settled_at=None):
            find_lacking(**self.by("two"), **self.id, finding_id=each.pk, lacking=lacking, version=each.version)
        return self

    @property
    def licence(self) -> Licence:
        return Licence.objects.get(pk=self.check.licence_id)


def _submit(case: Promise) -> None:
    case.fill()
    case.choose()
    case.sign()
    case.take("applicant", "submit")


def _accept(case: Promise) -> None:
    render_due()
    case.take(Role.WINDOW_CLERK, "accept_informed")


def _seal(case: Promise) -> None:
    render_due()
    case.take(Role.SEAL_KEEPER, "seal")


ROAD = [
    ("submitted", _submit),
    ("promised", _accept),
    ("decided", lambda case: case.take(Role.APPROVER, "grant_informed", reason="承诺书齐全，形式符合要求")),
    ("issued", _seal),
]
