"""Demo labs on the informed-commitment route: one at each state that is worth a look, by the services of real ones."""

import datetime as dt
from typing import Any

from apps.accounts.demo import INSTITUTION_MANAGER
from apps.core.calendar import today
from apps.documents.services import render_due
from apps.institutions.constants import DEMO_SOURCE
from apps.institutions.demo.licences import ENDS as GENERAL_ENDS
from apps.institutions.demo.licences import Story, demo_people
from apps.institutions.demo.lives import LIVES
from apps.institutions.licence_constants import Criterion, Route
from apps.institutions.models import Application, Institution, PostCheck
from apps.institutions.selectors.commitment_check import findings_of, seal_of_findings
from apps.institutions.selectors.commitment_route import refusals_of, seal_of, statement_of, text_on
from apps.institutions.services.commitment_check import name_checker, set_visit
from apps.institutions.services.commitment_findings import sign_findings, write_finding
from apps.institutions.services.commitment_route import choose_route, sign_informed
from apps.workflow.models import File
from apps.workflow.services import advance

ENDS = ("signed", "promised", "to_plan", "to_visit", "found", "rectification", "handed_over")
NEEDED = frozenset({INSTITUTION_MANAGER, "window_clerk", "approver", "seal_keeper", "supervisor", "leader", "reviewer"})
OFFICERS = ("officer", "second_officer")
FAULTS = {"rectification": "defect", "handed_over": "false"}
TEXTS = {
    "true": "现场查看与承诺一致。",
    "defect": "两台天平的校准证书已过期，其余与承诺一致。",
    "false": "承诺的主要仪器设备不存在，场所为空置库房。",
}


def load_commitments(*, now: dt.datetime) -> int:
    """One application for each end, of labs to which the route is open. Returns how many."""
    people = demo_people()
    if (NEEDED | {*OFFICERS}) - set(people):
        return 0
    labs = Institution.objects.filter(organisation__source=DEMO_SOURCE).order_by("pk")[len(GENERAL_ENDS) + len(LIVES) :]
    told = 0
    for lab in labs.iterator(chunk_size=20):
        if told == len(ENDS):
            break
        story = Promise(lab, people, now)
        if story.begin():
            story.tell_until(ENDS[told])
            told += 1
    return told


class Promise(Story):
    """One application on the commitment route, and the check that follows."""

    def begin(self) -> bool:
        """A complete draft; False if the route is closed to this lab, whose draft then stays general."""
        self._begin()
        self._fill()
        application = Application.objects.get(pk=self.application.pk)
        if refusals_of(application, today(self.now)):
            self._take(INSTITUTION_MANAGER, "discard")
            return False
        choose: dict[str, Any] = {"version": application.version, "route": Route.COMMITMENT}
        choose_route(**self._by(INSTITUTION_MANAGER), **self.id, **choose)
        return True

    def tell_until(self, end: str) -> None:
        """As far as the state `end`."""
        self._sign()
        if end == "signed":
            return
        self._take(INSTITUTION_MANAGER, "submit")
        render_due()
        self._take("window_clerk", "accept_informed")
        if end == "promised":
            return
        self._take("approver", "grant_informed", reason="告知承诺书齐全，形式符合要求。")
        render_due()
        self._take("seal_keeper", "seal")
        self.check = PostCheck.objects.get(application=self.application)
        if end != "to_plan":
            self._visit(end)

    def _sign(self) -> None:
        application = Application.objects.select_related("file__organisation", "item").get(pk=self.application.pk)
        seen = seal_of(text_on(today(self.now)).sha256, statement_of(application))
        signed: dict[str, Any] = {"signer": application.legal_representative, "capacity": "representative"}
        sign_informed(**self._by(INSTITUTION_MANAGER), **self.id, seen=seen, **signed)

    def _visit(self, end: str) -> None:
        set_visit(**self._by("supervisor"), check_id=self.check.pk, visit_on=today(self.now))
        for officer in OFFICERS:
            name_checker(**self._by("supervisor"), check_id=self.check.pk, user_id=self.people[officer].pk)
        self._step("supervisor", "plan")
        if end == "to_visit":
            return
        for criterion in Criterion:
            verdict = FAULTS.get(end, "true") if criterion == Criterion.EQUIPMENT else "true"
            found: dict[str, Any] = {"criterion": criterion, "verdict": verdict, "text": TEXTS[verdict]}
            write_finding(**self._by(OFFICERS[0]), check_id=self.check.pk, **found)
        for officer in OFFICERS:
            seen = seal_of_findings(findings_of(self.check))
            sign_findings(**self._by(officer), check_id=self.check.pk, seen=seen)
        self._step(OFFICERS[0], "report")
        if end == "rectification":
            self._step("leader", "order", reason="设备校准证书过期，其余与承诺一致。")
        elif end == "handed_over":
            self._step("leader", "hand_over", reason="主要仪器设备不存在，承诺严重不实。")
            self._step("reviewer", "start_revocation")

    def _step(self, who: str, step: str, **more: Any) -> None:
        file = File.objects.get(pk=self.check.file_id)
        advance(**self._by(who), file_id=file.pk, version=file.version, step=step, **more)
