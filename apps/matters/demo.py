"""One case in each state that is worth a look, brought there by the services that real ones go through.

Everything happens now: the demo people hold their roles since today. So nothing is overdue yet.
"""

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.demo import ENTERPRISE_MANAGER
from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.certifications.selectors.held import catalogue_on, certificates_held
from apps.core.calendar import today
from apps.documents.services import render_due
from apps.matters.models import MatterCase
from apps.matters.selectors.cases import paper_kind
from apps.matters.services.cases import add_document, open_case, write_case
from apps.matters.services.duties import write_duty
from apps.matters.services.points import list_point
from apps.parties.models import Organisation
from apps.parties.selectors.memberships import organisations_of
from apps.workflow.models import File
from apps.workflow.services import advance

PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
ENDS = ("shown", "duties", "refused", "proposed", "correction", "submitted", "draft")  # the draft last: one at a time
NEEDED = (ENTERPRISE_MANAGER, "window_clerk", "reviewer", "approver")


def cases_are_loaded() -> bool:
    return MatterCase.objects.exists()


def load_cases(*, now: dt.datetime) -> int:
    """One exemption in each state, and a correction that awaits the body. None without the demo people."""
    people = {user.username: user for user in get_user_model().objects.filter(demo=True)}
    manager = people.get(ENTERPRISE_MANAGER)
    firm = organisations_of(manager, today(now)).order_by("pk").first() if manager else None
    if firm is None or set(NEEDED) - set(people) or not catalogue_on(today(now)):
        return 0
    for end in ENDS:
        Story(firm, people, now, "ccc_exemption").tell(end)
    if certificates_held(firm.pk).exists():
        Story(firm, people, now, "record_correction").tell("consulting")
    render_due()
    return MatterCase.objects.count()


class Story:
    """One case on its way."""

    def __init__(self, firm: Organisation, people: dict[str, User], now: dt.datetime, code: str) -> None:
        self.firm, self.people, self.now = firm, people, now
        self.case = open_case(**self._by(ENTERPRISE_MANAGER), organisation=firm, code=code)

    def tell(self, end: str) -> None:
        """As far as the state `end`."""
        if end == "draft":
            return
        self._write()
        self._take(ENTERPRISE_MANAGER, "submit")
        if end == "correction":
            point: dict[str, Any] = {
                "about": "责任担保书",
                "problem": "没有写明产品数量。",
                "remedy": "写明数量后重新提交。",
            }
            list_point(**self._by("window_clerk"), case_id=self.case.pk, **point)
            self._take("window_clerk", "correct")
        if end in ("submitted", "correction"):
            return
        self._take("window_clerk", "accept")
        if end == "consulting":
            self._take("reviewer", "consult")
            return
        proposal = "refuse" if end == "refused" else "grant"
        self._take("reviewer", "propose", inputs={"proposal": proposal}, reason="材料和用途已经核对。")
        self._decide(end)

    def _decide(self, end: str) -> None:
        if end == "refused":
            self._take("approver", "refuse", reason="申报数量明显超过试验所需，没有说明理由。")
        if end in ("duties", "shown"):
            self._take("approver", "grant_on_duties", reason="用途和数量有试验方案佐证，符合免办情形。")
        if end == "shown":
            self._show()

    def _show(self) -> None:
        for duty in self.case.duties.order_by("pk"):
            told: dict[str, Any] = {"done_on": today(self.now), "statement": "样品试验后全部销毁。", "version": 1}
            write_duty(**self._by(ENTERPRISE_MANAGER), case_id=self.case.pk, duty_id=duty.pk, **told)
            self._paper(paper_kind(duty.code), "销毁证明.pdf")
        self._take(ENTERPRISE_MANAGER, "show")

    def _write(self) -> None:
        write_case(
            **self._by(ENTERPRISE_MANAGER),
            case_id=self.case.pk,
            version=self.case.version,
            values=self._values(),
            ground="research" if self.case.matter.grounds else "",
            contact_name="示例·联系人",
            contact_phone="0856-0000000",
        )
        for asked in self.case.matter.documents:
            if asked["required"]:
                self._paper(asked["code"], f"{asked['label']}.pdf")

    def _values(self) -> dict[str, Any]:
        if self.case.matter.consults:
            held = certificates_held(self.firm.pk)[0]
            wanted = {"place": "standard_text", "right": "示例·更正后的认证依据", "why": "证书原件如此记载。"}
            return {"certificate": str(held.pk), **wanted}
        code, name = catalogue_on(today(self.now))[0]
        line = {"code": code, "name": name, "model": "示例 SL-20", "quantity": "20", "unit": "件"}
        place = "贵州省铜仁市示例路1号试验室"
        return {"products": [line], "lot": "示例提单 SL-2026-07", "purpose": "型式试验前的摸底测试", "place": place}

    def _paper(self, kind: str, name: str) -> None:
        upload = SimpleUploadedFile(name, PAPER)
        add_document(**self._by(ENTERPRISE_MANAGER), case_id=self.case.pk, kind=kind, upload=upload)

    def _by(self, who: str) -> dict[str, Any]:
        return {"actor": actor_for(self.people[who]), "now": self.now}

    def _take(self, who: str, step: str, **more: Any) -> None:
        file = File.objects.get(pk=self.case.file_id)
        advance(**self._by(who), file_id=file.pk, version=file.version, step=step, **more)
