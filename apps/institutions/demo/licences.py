"""Applications of the demo labs in different states, brought there by the services that real ones go through."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from apps.accounts.demo import INSTITUTION_MANAGER
from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.documents.services import render_due
from apps.institutions.constants import DEMO_SOURCE
from apps.institutions.demo.lives import LIVES, load_lives
from apps.institutions.demo.papers import PAPER
from apps.institutions.models import Application, Institution, Item
from apps.institutions.selectors.scopes import lines_of, scope_in_force
from apps.institutions.services.applications import add_material, open_application, write_application
from apps.institutions.services.demands import list_demand
from apps.institutions.services.reviews import name_member, plan_review, sign_opinion
from apps.institutions.services.scopes import make_draft
from apps.parties.constants import MembershipRole
from apps.parties.services.memberships import begin_membership
from apps.workflow.models import File
from apps.workflow.services import advance

# How far each application goes; the first lab's stays with the demo manager as a draft.
ENDS = ("draft", "submitted", "correct", "accept", "plan", "propose", "seal")


def applications_are_loaded() -> bool:
    return Application.objects.exists()


def demo_people() -> dict[str, User]:
    return {user.username: user for user in get_user_model().objects.filter(demo=True)}


def load_applications(*, now: dt.datetime) -> int:
    """One application for each of the first labs, a licence with a past for each of the next. Returns how many labs;
    none without the demo people.
    """
    people = demo_people()
    needed = {INSTITUTION_MANAGER, "window_clerk", "reviewer", "review_expert", "review_leader", "approver"}
    found = Institution.objects.filter(organisation__source=DEMO_SOURCE).select_related("organisation").order_by("pk")
    labs = list(found[: len(ENDS) + len(LIVES)])
    if {*needed, "supervisor"} - set(people):
        return 0
    for lab, end in zip(labs, ENDS, strict=False):
        Story(lab, people, now).tell(end)
    load_lives(labs[len(ENDS) :], people, now)
    render_due()
    for file in File.objects.filter(process="cma", status="decided"):
        _advance(people["seal_keeper"], now, file, "seal")
    return len(labs)


class Story:
    """One application on its way. Everything happens now: the demo people hold their roles since today."""

    def __init__(self, lab: Institution, people: dict[str, User], now: dt.datetime) -> None:
        self.lab, self.people, self.now = lab, people, now

    def tell(self, end: str) -> None:
        """As far as the step `end`."""
        self._begin()
        if end == "draft":
            return
        self._fill()
        acts: tuple[tuple[str, Callable[[], None]], ...] = (
            ("submitted", lambda: self._take(INSTITUTION_MANAGER, "submit")),
            ("correct", self._correct),
            ("accept", lambda: self._take("window_clerk", "accept")),
            ("plan", self._plan),
            ("propose", self._propose),
            ("seal", lambda: self._take("approver", "grant", reason="申请材料和评审结论符合许可条件。")),
        )
        for step, act in acts:
            if step == "correct" and end != "correct":
                continue
            act()
            if step == end:
                return

    def _by(self, who: str) -> dict[str, Any]:
        return {"actor": actor_for(self.people[who]), "now": self.now}

    def _begin(self) -> None:
        member: dict[str, Any] = {"user": self.people[INSTITUTION_MANAGER], "organisation": self.lab.organisation}
        role: dict[str, Any] = {"role": MembershipRole.MANAGER, "ends_on": None, "cause": "demo"}
        with suppress(Refused), transaction.atomic():  # a member already
            begin_membership(actor=Actor.system("demo"), now=self.now, **member, **role)
        if (scope := scope_in_force(self.lab.pk)) is not None:
            with transaction.atomic():
                make_draft(
                    actor=Actor.system("demo"), now=self.now, institution=self.lab, lines=lines_of(scope), told="示例"
                )
        item = Item.objects.get(pk="first")
        organisation = self.lab.organisation
        self.application = open_application(**self._by(INSTITUTION_MANAGER), organisation=organisation, item=item)
        self.id: dict[str, Any] = {"application_id": self.application.pk}

    def _fill(self) -> None:
        values = {
            "contact_name": "示例·联系人",
            "contact_phone": "0856-0000000",
            "address": self.lab.organisation.address or "贵州省铜仁市示例路1号",
            "field": "12",
            "legal_representative": "示例·负责人",
            "statement": "首次申请检验检测机构资质认定。",
        }
        write_application(**self._by(INSTITUTION_MANAGER), **self.id, version=1, values=values)
        for material in self.application.item.materials.filter(required=True):
            upload = SimpleUploadedFile(f"{material.name}.pdf", PAPER)
            add_material(**self._by(INSTITUTION_MANAGER), **self.id, kind=material.kind, upload=upload)

    def _correct(self) -> None:
        for about in ("仪器设备一览表", "从事检验检测人员一览表"):
            point: dict[str, Any] = {
                "about": about,
                "problem": "缺少最近一年的校准或者培训记录。",
                "remedy": "补充记录后重新提交。",
            }
            list_demand(**self._by("window_clerk"), **self.id, **point)
        self._take("window_clerk", "correct")

    def _plan(self) -> None:
        plan: dict[str, Any] = {"mode": "on_site", "review_from": today(self.now), "review_days": 5}
        plan_review(**self._by("reviewer"), **self.id, **plan)
        for who, duty in (("review_leader", "leader"), ("review_expert", "expert")):
            member: dict[str, Any] = {"user_id": self.people[who].pk, "duty": duty, "field": "生态环境"}
            name_member(**self._by("reviewer"), **self.id, **member)
        self._take("reviewer", "plan")

    def _propose(self) -> None:
        for who in ("review_expert", "review_leader"):
            sign_opinion(**self._by(who), **self.id, conclusion="conforms", text="经现场评审，符合评审准则的要求。")
        self._take("review_leader", "conclude")
        self._take("reviewer", "propose", inputs={"proposal": "grant"}, reason="评审结论为符合，建议准予许可。")

    def _take(self, who: str, step: str, **more: Any) -> None:
        _advance(self.people[who], self.now, File.objects.get(pk=self.application.file_id), step, **more)


def _advance(person: User, now: dt.datetime, file: File, step: str, **more: Any) -> None:
    advance(actor=actor_for(person), now=now, file_id=file.pk, version=file.version, step=step, **more)
