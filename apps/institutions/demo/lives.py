"""Licences of the demo labs after issue, one in each stage of its life, brought there by the services of real ones."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from apps.accounts.demo import INSTITUTION_MANAGER
from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.core.actors import Actor
from apps.core.calendar import add_months, today
from apps.core.problems import Refused
from apps.core.services import next_number
from apps.core.tokens import new_token
from apps.institutions.demo.papers import PAPER
from apps.institutions.licence_constants import AUTHORITY, Change
from apps.institutions.models import Institution, Licence
from apps.institutions.rules.licence import ONE_DAY, number_of
from apps.institutions.services.licence_life import expire_due, note, publish_status
from apps.institutions.services.life_cases import add_evidence, open_life_case
from apps.institutions.services.renewals import draft_renewal
from apps.parties.constants import MembershipRole
from apps.parties.services.memberships import begin_membership
from apps.workflow.models import File
from apps.workflow.services import advance

TERM = 72  # months
# Days until expiry, and what becomes of the licence. The first belongs to the demo manager, ready to be renewed.
LIVES = (
    (150, "renewing"),
    (900, "noticed"),
    (1_100, "revoked"),
    (700, "ordered"),
    (600, "lifted"),
    (400, "cancelled"),
    (-20, "expired"),
)
SYSTEM = Actor.system("demo")
GOOD = "事实清楚，依据充分。"


def load_lives(labs: list[Institution], people: dict[str, User], now: dt.datetime) -> int:
    """A licence for each of the labs. Returns how many."""
    for lab, (days, end) in zip(labs, LIVES, strict=False):
        Story(lab, people, now, days).tell(end)
    expire_due(actor=SYSTEM, now=now)
    return min(len(labs), len(LIVES))


class Story:
    """One licence and what happened to it."""

    def __init__(self, lab: Institution, people: dict[str, User], now: dt.datetime, days: int) -> None:
        self.lab, self.people, self.now = lab, people, now
        self.licence = self._issue(today(now) + ONE_DAY * days)

    def tell(self, end: str) -> None:
        acts: dict[str, Callable[[], None]] = {
            "renewing": self._renew,
            "noticed": lambda: self._revoke("notify"),
            "revoked": lambda: self._revoke("revoke"),
            "ordered": lambda: self._rectify("order"),
            "lifted": lambda: self._rectify("lift"),
            "cancelled": self._cancel,
        }
        if end in acts:  # an expired one only waits for the sweep
            acts[end]()

    def _issue(self, last: dt.date) -> Licence:
        """As it was issued years ago, before this portal: numbered in the series of its year."""
        first = add_months(last, -TERM) + ONE_DAY
        with transaction.atomic():
            number = number_of(first.year, AUTHORITY, "12", "05", next_number(f"cma:{first.year}:{AUTHORITY}"))
            made = Licence.objects.create(
                number=str(number),
                organisation=self.lab.organisation,
                authority=settings.BUREAU_NAME,
                holder_name=self.lab.organisation.name,
                address=self.lab.organisation.address or "贵州省铜仁市示例路1号",
                field="12",
                issued_on=first,
                valid_from=first,
                valid_to=last,
                status_since=first,
                sealed_at=self.now,
                token=new_token(),
            )
            note(actor=SYSTEM, now=self.now, licence=made, kind=Change.GRANTED, on=first, summary="首次申请")
            publish_status(licence=made, now=self.now)
        return made

    def _renew(self) -> None:
        self._belong()
        draft_renewal(**self._by(INSTITUTION_MANAGER), licence_id=self.licence.pk)

    def _revoke(self, end: str) -> None:
        self._open("reviewer", "cma_revoke", "fraud", "申请时提交的三台气相色谱仪校准证书，经出具机构核实均非其出具。")
        self._take("reviewer", "notify")
        if end == "notify":
            return
        self._belong()
        self._take(INSTITUTION_MANAGER, "defend", reason="证书由代理机构提供，本单位未能核实。")
        self._take("reviewer", "propose", reason=GOOD, inputs={"proposal": "do"})
        self._take("approver", "revoke", reason="使用虚假校准证书，属于以欺骗手段取得许可。")

    def _rectify(self, end: str) -> None:
        found = "一台原子吸收分光光度计超过校准有效期仍在使用。"
        self._open(
            "second_officer",
            "cma_rectify",
            "conditions",
            found,
            requirements="停用并重新校准超期设备。\n追溯核查报告。",
        )
        self._take("approver", "order", reason=GOOD)
        if end == "order":
            return
        self._belong()
        upload = SimpleUploadedFile("校准证书.pdf", PAPER)
        add_evidence(**self._by(INSTITUTION_MANAGER), case_id=self.case.pk, upload=upload)
        self._take(INSTITUTION_MANAGER, "answer", reason="设备已重新校准，追溯的报告结果有效。")
        self._take("supervisor", "recheck", reason="校准证书有效，追溯核查完整。", inputs={"proposal": "do"})
        self._take("approver", "lift", reason=GOOD)

    def _cancel(self) -> None:
        self._belong()
        self._open(INSTITUTION_MANAGER, "cma_cancel", "wish", "业务调整，不再开展检验检测活动。")
        self._take("reviewer", "propose", reason=GOOD, inputs={"proposal": "do"})
        self._take("approver", "cancel", reason="机构申请注销，符合规定。")

    def _open(self, who: str, process: str, cause: str, facts: str, **more: Any) -> None:
        given: dict[str, Any] = {"process": process, "cause": cause, "facts": facts, **more}
        self.case = open_life_case(**self._by(who), licence_id=self.licence.pk, **given)

    def _take(self, who: str, step: str, **more: Any) -> None:
        file = File.objects.get(pk=self.case.file_id)
        advance(**self._by(who), file_id=file.pk, version=file.version, step=step, **more)

    def _by(self, who: str) -> dict[str, Any]:
        return {"actor": actor_for(self.people[who]), "now": self.now}

    def _belong(self) -> None:
        member: dict[str, Any] = {"user": self.people[INSTITUTION_MANAGER], "organisation": self.lab.organisation}
        role: dict[str, Any] = {"role": MembershipRole.MANAGER, "ends_on": None, "cause": "demo"}
        with suppress(Refused), transaction.atomic():  # a member already
            begin_membership(actor=SYSTEM, now=self.now, **member, **role)
